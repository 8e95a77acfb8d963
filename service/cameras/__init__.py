"""Cameras: those of `cameras.yaml`, and what was made or changed in the console beside it."""

from streetwatch.service.cameras.camera import Camera, load_cameras

__all__ = ["Camera", "load_cameras"]
