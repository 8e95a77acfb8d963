"""Elements that NiceGUI does not have: each a small script and its wrapper."""
