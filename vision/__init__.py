"""Vision: frames and detections, capture, detection."""
