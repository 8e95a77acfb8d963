"""Composed clips: real streets, objects and traffic, put together so that the truth is known."""
