"""How far stalls made use of permitted places before, during and after a campaign."""

from dataclasses import dataclass

from streetwatch.service.desk.foresight.campaigns import Campaign
from streetwatch.service.desk.foresight.crowds import Crowds, Place
from streetwatch.service.foresight.occupancy import Occupancy


@dataclass(frozen=True, slots=True)
class Stages:
    """A permitted place around a campaign. None: nobody looked, or the counts are not kept.

    Attributes:
        before: In the eight weeks before it.
        during: In its days.
        after: In the eight weeks after it, as far as they have passed.
    """

    place: Place
    before: Occupancy | None
    during: Occupancy | None
    after: Occupancy | None


def around(campaign: Campaign, crowds: Crowds) -> tuple[Stages, ...]:
    """Return the use of the permitted places that lie where a campaign was.

    Raises:
        StorageError: the database refused.
    """
    places = crowds.permitted(campaign.where)
    before, during, after = (crowds.use(places, period) for period in campaign.stages)
    return tuple(
        Stages(one, before.get(one.name), during.get(one.name), after.get(one.name))
        for one in places
    )
