"""Signing in at the city's own identity provider: OpenID Connect, by the authorization code."""
