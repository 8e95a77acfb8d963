"""The pages, one module each; every one declares its route in `register`."""
