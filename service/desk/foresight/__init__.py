"""What the desk's cases say about tomorrow: read here, judged by `service.foresight`."""
