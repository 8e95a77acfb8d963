"""Incidents: the life of one violation. Pure; owns the ports."""
