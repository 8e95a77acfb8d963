"""streetwatch: from a street camera to exactly one case per violation."""
