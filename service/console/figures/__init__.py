"""What the page of numbers shows, as values."""
