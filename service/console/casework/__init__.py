"""What the pages of cases show and do, as values."""
