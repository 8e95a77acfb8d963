"""Plots of a detector's accuracy: precision-recall, reliability, confusion. Needs `plots`."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from streetwatch.benchmarks.accuracy import Accuracy, Judged, merged
from streetwatch.benchmarks.confusion import NOTHING, Confusion
from streetwatch.models.calibrate import TARGET_PRECISION
from streetwatch.models.errors import extra_missing

_BINS = 10
_LEAST_IN_A_BIN = 5


def write_plots(
    out: Path,
    figures: Sequence[Accuracy],
    judged: Mapping[str, Sequence[Judged]],
    confusion: Confusion,
) -> Path:
    """Write `precision-recall.png`, `reliability.png`, `confusion.png` and a page that shows them.

    Raises:
        ExtraMissingError: matplotlib is not installed.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415
    except ImportError as error:
        raise extra_missing("plots", "drawing plots") from error
    mpl.use("agg")
    out.mkdir(parents=True, exist_ok=True)
    _precision_recall(out / "precision-recall.png", figures, judged)
    _reliability(out / "reliability.png", judged)
    _confusion(out / "confusion.png", confusion)
    page = out / "index.html"
    page.write_text(_page(figures), encoding="utf-8")
    return page


def _axes(columns: int) -> tuple[Any, Any]:
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(4.2 * columns, 4.2), layout="constrained")
    return figure, figure.subplots(1, columns, squeeze=False)[0]


def _precision_recall(
    path: Path, figures: Sequence[Accuracy], judged: Mapping[str, Sequence[Judged]]
) -> None:
    drawing, (axes,) = _axes(1)
    for one in figures:
        whole = merged(judged[one.label])
        if not one.n or not len(whole.confidence):
            continue
        hits = np.cumsum(whole.right[0])
        precision = hits / np.arange(1, len(hits) + 1)
        (line,) = axes.plot(hits / one.n, precision, label=f"{one.label} (n={one.n})")
        if one.tp:
            point = one.tp / one.n, one.tp / (one.tp + one.fp)
            axes.plot(*point, "o", color=line.get_color())
    axes.axhline(TARGET_PRECISION, linestyle=":", color="grey")
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
    axes.set_title("dots: operating thresholds; dotted: 0.92")
    axes.legend(loc="lower left")
    drawing.savefig(path, dpi=110)


def _reliability(path: Path, judged: Mapping[str, Sequence[Judged]]) -> None:
    """Draw the share of right ones among detections of about one confidence."""
    drawing, (axes,) = _axes(1)
    axes.plot((0, 1), (0, 1), linestyle=":", color="grey")
    for label, parts in judged.items():
        whole = merged(parts)
        bins = np.minimum((whole.confidence * _BINS).astype(int), _BINS - 1)
        n = np.bincount(bins, minlength=_BINS)
        right = np.bincount(bins, weights=whole.right[0], minlength=_BINS)
        enough = n >= _LEAST_IN_A_BIN
        middles = (np.arange(_BINS) + 0.5) / _BINS
        axes.plot(middles[enough], right[enough] / n[enough], "o-", label=label)
    axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="upper left")
    drawing.savefig(path, dpi=110)


def _confusion(path: Path, confusion: Confusion) -> None:
    names = [*sorted({label for pair in confusion for label in pair if label}), NOTHING]
    table = np.array([[confusion.get((true, seen), 0) for seen in names] for true in names])
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    drawing, (axes,) = _axes(1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    shown = [name or "(nothing)" for name in names]
    axes.set_xticks(range(len(names)), shown, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), shown)
    axes.set(xlabel="seen as", ylabel="is")
    for (row, column), count in np.ndenumerate(table):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(count), ha="center", va="center", color=colour)
    drawing.savefig(path, dpi=110)


def _page(figures: Sequence[Accuracy]) -> str:
    lines = [one.line() for one in figures]
    names = list(lines[0]) if lines else []
    head = "".join(f"<th>{escape(name)}" for name in names)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(line[name]))}" for name in names) for line in lines
    )
    images = "".join(
        f"<p><img src={name}.png alt='{name}'>"
        for name in ("precision-recall", "reliability", "confusion")
    )
    return (
        "<!doctype html><meta charset=utf-8><title>Accuracy</title>"
        "<style>body{font:15px system-ui;margin:2rem}"
        "td,th{padding:.2rem .6rem;text-align:right}</style>"
        f"<h1>检测准确度 Detector accuracy</h1><table><tr>{head}{rows}</table>{images}\n"
    )
