"""Models: cards, weights, ONNX Runtime sessions, training, export."""

import os

# It counts for its makers how it is used, and what a city's cameras do is nobody's business. Told
# before it is loaded, it begins no thread for that and writes no identity of this machine.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
