"""What the wall and the map show, as values."""
