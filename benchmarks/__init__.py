"""Benchmarks: what is measured, and the baselines it is held to."""
