"""A simulated city: what happens on its streets, what its cameras see of it, who complains."""
