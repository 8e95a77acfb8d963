"""Reports: figures over the desk's cases, each with its n and its period."""
