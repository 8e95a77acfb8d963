"""What the cases say about tomorrow, over HTTP."""
