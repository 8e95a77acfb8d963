"""Delivery: outbox relay, retry policy, case sinks."""
