"""Other programs on the same streams: what they take of this machine. Never part of the product."""
