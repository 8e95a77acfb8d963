"""What people write in YAML: read with its lines, checked, refused in words that help."""
