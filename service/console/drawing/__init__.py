"""What the zone editor edits and shows: values and pure functions, without a browser."""
