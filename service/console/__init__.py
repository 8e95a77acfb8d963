"""The console: pages in a browser for those who attach cameras and review what was found."""
