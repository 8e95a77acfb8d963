"""The month in words and tables, Chinese and English."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from streetwatch.service.desk.reports.figures import Figures, Share, Times
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.desk.reports.table import By, Row
from streetwatch.vision.types import Seconds
from streetwatch.zones.naming import NAMES

#: Both languages of every figure that the month tells.
SHARES = MappingProxyType(
    {
        "precision": ("准确率", "event precision"),
        "review_coverage": ("复核覆盖率", "review coverage"),
        "closure": ("结案率", "closure rate"),
        "overdue": ("超期率", "overdue"),
        "recurrence_7d": ("7 日反弹率", "recurrence in 7 days"),
        "recurrence_30d": ("30 日反弹率", "recurrence in 30 days"),
        "recurrence_90d": ("90 日反弹率", "recurrence in 90 days"),
        "self_corrected": ("自行改正率", "self-corrected after a warning"),
        "service": ("服务", "service (70 %)"),
        "management": ("管理", "management (20 %)"),
        "enforcement": ("执法", "enforcement (10 %)"),
    }
)

TIMES = MappingProxyType(
    {
        "discover": ("发现用时", "time to discover"),
        "delay": ("上报延迟", "delay of the report"),
        "dispatch": ("派遣用时", "time to dispatch"),
        "handle": ("处置用时", "time to handle"),
        "close": ("结案用时", "time to close"),
    }
)

_KINDS = MappingProxyType(
    {
        By.TYPE: ("分类型", "By type"),
        By.GRID: ("分网格", "By grid"),
        By.CAMERA: ("分摄像机", "By camera"),
    }
)

#: What a group's line tells beside its number of cases.
_IN_BRIEF = ("precision", "closure", "overdue", "recurrence_30d")

#: Groups that a table shows, those with the most cases first; CSV and JSON have all.
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the desk.

    Attributes:
        period: The month.
        grid: What it is limited to, None for all.
        rows: One for all cases, then one for each type, grid and camera.
    """

    period: Period
    grid: str | None
    rows: Sequence[Row]

    @property
    def whole(self) -> Figures:
        """Over all its cases."""
        return next(row.figures for row in self.rows if row.by is By.ALL)

    def of(self, kind: By) -> list[Row]:
        """The rows of one kind of group."""
        return [row for row in self.rows if row.by is kind]


def summary(month: Month) -> dict[str, str]:
    """Return the month in a paragraph, by language."""
    return {"zh": _chinese(month), "en": _english(month)}


def _chinese(month: Month) -> str:
    shares, times, n = month.whole.shares, month.whole.times, month.whole.cases
    where = f"网格 {month.grid} " if month.grid else ""
    kinds = "、".join(
        f"{_type_name(row.group)[0]} {row.figures.cases} 件" for row in _busiest(month.of(By.TYPE))
    )
    return (
        f"{month.period.name} {where}共上报 {n} 件{f'（{kinds}）' if kinds else ''}。"
        f"准确率 {_share(shares['precision'], zh=True)}，"
        f"复核覆盖率 {_share(shares['review_coverage'], zh=True)}；"
        f"结案率 {_share(shares['closure'], zh=True)}；"
        f"超期率 {_share(shares['overdue'], zh=True)}；"
        f"发现用时中位数 {_median(times['discover'], zh=True)}，"
        f"处置用时中位数 {_median(times['handle'], zh=True)}；"
        f"30 日反弹率 {_share(shares['recurrence_30d'], zh=True)}；"
        f"预警后自行改正 {_share(shares['self_corrected'], zh=True)}。"
    )


def _english(month: Month) -> str:
    whole, shares, times = month.whole, month.whole.shares, month.whole.times
    where = f", grid {month.grid}" if month.grid else ""
    kinds = ", ".join(
        f"{_type_name(row.group)[1]} {row.figures.cases}" for row in _busiest(month.of(By.TYPE))
    )
    return (
        f"{month.period.name}{where}: {whole.cases} cases filed{f' ({kinds})' if kinds else ''}. "
        f"Event precision {_share(shares['precision'])}, "
        f"review coverage {_share(shares['review_coverage'])}; "
        f"closed {_share(shares['closure'])}; overdue {_share(shares['overdue'])}; "
        f"median time to discover {_median(times['discover'])}, "
        f"to handle {_median(times['handle'])}; "
        f"recurrence in 30 days {_share(shares['recurrence_30d'])}; "
        f"self-corrected after a warning {_share(shares['self_corrected'])}."
    )


def as_markdown(month: Month) -> str:
    """Write the month as a page."""
    words = summary(month)
    lines = [f"# {month.period.name} 月报 / monthly report", "", words["zh"], "", words["en"], ""]
    lines += _whole_table(month.whole)
    for kind, (chinese, english) in _KINDS.items():
        if month.of(kind):
            lines += ["", f"## {chinese} / {english}", "", *_group_table(month.of(kind))]
    return "\n".join(lines) + "\n"


def _whole_table(whole: Figures) -> Iterator[str]:
    yield "| 指标 / figure | 值 / value | n |"
    yield "|---|---|---|"
    yield f"| 上报 / cases | {whole.cases} | {whole.cases} |"
    yield f"| 重复 / duplicates | {whole.duplicates} | {whole.duplicates} |"
    yield f"| 预警 / warned | {whole.warned} | {whole.warned} |"
    yield f"| 强制结案 / force-closed | {whole.force_closed} | {whole.force_closed} |"
    for name, (chinese, english) in SHARES.items():
        share = whole.shares[name]
        yield f"| {chinese} / {english} | {_percent(share)} | {share.n} |"
    for name, (chinese, english) in TIMES.items():
        times = whole.times[name]
        yield f"| {chinese} / {english}: 中位数 median, p90 | {_both(times)} | {times.n} |"


def _group_table(rows: Sequence[Row]) -> Iterator[str]:
    names = [" / ".join(SHARES[name]) for name in _IN_BRIEF]
    yield f"| | 上报 / cases | {' | '.join(names)} |"
    yield "|---|---|" + "---|" * len(names)
    for row in _busiest(rows)[:_SHOWN]:
        shares = [_share(row.figures.shares[name]) for name in _IN_BRIEF]
        yield f"| {_group_name(row)} | {row.figures.cases} | {' | '.join(shares)} |"
    left = len(rows) - _SHOWN
    if left > 0:
        yield f"| 其余 {left} 个 / {left} more: CSV, JSON | | {' | '.join('' for _ in names)} |"


def _busiest(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: -row.figures.cases)


def _group_name(row: Row) -> str:
    if row.by is By.TYPE:
        return " / ".join(_type_name(row.group))
    return " ".join(row.group.replace("|", "\\|").split()) or "未知 / unknown"


def _type_name(name: str) -> tuple[str, str]:
    return NAMES.get(name, (name, name))


def _share(share: Share, *, zh: bool = False) -> str:
    """Write a share with its n."""
    if share.value is None:
        return "未测量" if zh else "not measured"
    return f"{_percent(share)}（n={share.n}）" if zh else f"{_percent(share)} (n={share.n})"


def _percent(share: Share) -> str:
    if share.value is None or share.interval is None:
        return "未测量 / not measured"
    low, high = share.interval
    return f"{share.value:.1%} [{low:.1%}, {high:.1%}]"


def _median(times: Times, *, zh: bool = False) -> str:
    if times.median_s is None:
        return "未测量" if zh else "not measured"
    text = duration(times.median_s)
    return f"{text}（n={times.n}）" if zh else f"{text} (n={times.n})"


def _both(times: Times) -> str:
    if times.median_s is None or times.p90_s is None:
        return "未测量 / not measured"
    return f"{duration(times.median_s)}, {duration(times.p90_s)}"


def duration(seconds: Seconds) -> str:
    """Write a duration in the unit that people would use.

    >>> duration(42), duration(5400), duration(200_000)
    ('42 s', '1.5 h', '2.3 d')
    """
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if abs(seconds) >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
