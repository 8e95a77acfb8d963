"""The review page's own parts: what it shows of a case, and how a session goes."""
