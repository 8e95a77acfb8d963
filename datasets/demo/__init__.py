"""The demo camera: a rendered street in which a car stops, a stall is set up and bags appear."""
