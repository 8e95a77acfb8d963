"""Cameras on four machines of a real Ray cluster, and everything that may fail does."""
