"""Zones: polygons, schedules, presence and rules. Pure: no clock, no disk, no socket."""
