"""The embedded case desk."""
