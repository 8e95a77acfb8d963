"""Which node watches which camera. Pure: no clock, no database."""
