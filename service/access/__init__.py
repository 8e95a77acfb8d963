"""Who may do what: users, their roles, their sessions."""
