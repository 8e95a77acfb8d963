"""Models: cards, weights, ONNX Runtime sessions, training, export."""
