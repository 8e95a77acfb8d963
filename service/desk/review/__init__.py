"""Reviewing: what waits for a verdict, who looks at it, and what they found."""
