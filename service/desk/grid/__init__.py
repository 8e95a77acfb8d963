"""The grid layer: who is in charge of a point on the map."""
