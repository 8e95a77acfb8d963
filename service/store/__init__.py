"""The store: incidents, presence, outbox and desk cases in one SQL database."""
