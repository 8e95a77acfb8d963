"""The month's page as PDF: by MuPDF, which has a Chinese font and needs nothing of the system."""

import io
from typing import Final

#: A4, points, and what stays white around the text.
_PAPER: Final = "a4"
_MARGIN: Final = 40


def as_pdf(html: str, title: str) -> bytes:
    """Print a page of HTML."""
    import pymupdf  # noqa: PLC0415 -- large, and most processes print nothing

    story = pymupdf.Story(html)
    paper = pymupdf.paper_rect(_PAPER)
    inside = pymupdf.Rect(_MARGIN, _MARGIN, paper.x1 - _MARGIN, paper.y1 - _MARGIN)
    written = io.BytesIO()
    writer = pymupdf.DocumentWriter(written)
    more = True
    while more:
        device = writer.begin_page(paper)
        more, _ = story.place(inside)
        story.draw(device)
        writer.end_page()
    writer.close()
    return _finished(written.getvalue(), title)


def _finished(written: bytes, title: str) -> bytes:
    """Return a document with its title, and only the letters that it uses."""
    import pymupdf  # noqa: PLC0415

    with pymupdf.open("pdf", written) as document:
        document.set_metadata({"title": title, "producer": "streetwatch"})
        document.subset_fonts()
        finished: bytes = document.tobytes(garbage=4, deflate=True)
    return finished
