"""Upkeep: what keeps a store in order over years. Retention, backup, and the check of it all."""
