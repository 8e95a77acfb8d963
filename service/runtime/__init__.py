"""Runtime: cameras, detector loop, supervision."""
