"""Where the look of these pages is written."""

from pathlib import Path
from typing import Final

STYLE: Final = Path(__file__).parents[1] / "static" / "cameras.css"
