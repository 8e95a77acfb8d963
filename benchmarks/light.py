"""Subsets of pictures by their light: a model that is good by day may be blind by night."""

from enum import StrEnum

#: Mean brightness, of 255. Looked at: of 225 street pictures the 13 below were taken at night or in
#: deep shade, those just above mostly by day.
DARK_BELOW = 75.0


class Light(StrEnum):
    """How light a picture is."""

    DARK = "dark"
    LIGHT = "light"


def light_of(brightness: float) -> Light:
    """Tell a picture's light by its mean brightness, 0..255."""
    return Light.DARK if brightness < DARK_BELOW else Light.LIGHT
