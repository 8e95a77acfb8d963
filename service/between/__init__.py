"""What nodes ask each other over HTTP: pictures of cameras, and detections in pictures."""
