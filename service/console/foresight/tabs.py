"""The tabs of the page: a name and who draws it. Add yours here."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from streetwatch.service.console.foresight.asked import Asked
from streetwatch.service.console.foresight.campaigns import draw_campaigns
from streetwatch.service.console.foresight.coverage import draw_coverage
from streetwatch.service.console.foresight.crowds import draw_crowds
from streetwatch.service.console.foresight.efficiency import draw_efficiency
from streetwatch.service.console.foresight.fronts import draw_fronts
from streetwatch.service.console.foresight.hotspots import draw_hot_spots
from streetwatch.service.console.foresight.month import draw_month
from streetwatch.service.console.foresight.patrol import draw_patrol
from streetwatch.service.console.language import mark
from streetwatch.service.console.parts import Parts

#: Draws a tab into the element that is open; what it draws is of the part of the city that `Parts`
#: is limited to.
Render: TypeAlias = Callable[[Parts, Asked], Awaitable[None]]

#: `name` stands in the address, the words on the tab.
TABS: Final[tuple[tuple[str, str, Render], ...]] = (
    ("hot-spots", mark("Hot spots"), draw_hot_spots),
    ("coverage", mark("Coverage"), draw_coverage),
    ("crowds", mark("Crowds"), draw_crowds),
    ("patrol", mark("Patrols"), draw_patrol),
    ("campaigns", mark("Campaigns"), draw_campaigns),
    ("fronts", mark("Shop fronts"), draw_fronts),
    ("efficiency", mark("Efficiency"), draw_efficiency),
    ("month", mark("Month"), draw_month),
)
