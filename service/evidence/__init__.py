"""Evidence: stills, clip by remux, manifest."""
