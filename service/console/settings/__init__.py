"""The sections of the settings page: what is set, where it stands, and trying it."""
