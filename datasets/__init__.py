"""Datasets: readers, self-labels, composed scenes, the demo street."""
