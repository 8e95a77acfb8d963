"""Capture: streams and files to frames, on the capture clock."""
