"""Soak: the service as a process on cameras that fail at random, for as long as one likes."""
