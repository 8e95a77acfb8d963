"""What stands before all that the service answers: headers, limits, and patience that ends."""
