"""Attaching a camera: from a pasted address to a watched street."""
