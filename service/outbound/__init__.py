"""Where the service connects to when somebody names a host: the one place of that rule."""
