"""The API of foresight: hot spots, coverage, and what is drawn from them."""
