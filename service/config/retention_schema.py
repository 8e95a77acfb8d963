"""Settings of how long things are kept."""

from typing import Annotated

from pydantic import Field

from streetwatch.service.config.groups import Group, Number, Whole
from streetwatch.service.incidents.retention import DAY_S, Periods

Days = Annotated[Number, Field(ge=1, le=36_500)]

#: MLPS and the Cybersecurity Law want six months; the database keeps them whatever is set.
AUDIT_AT_LEAST_D = 183


class RetentionSettings(Group):
    """How long things are kept, in days, before the daily job deletes them."""

    candidate_d: Days = Field(
        7,
        title="Candidates",
        description="What never became a case, since it was last seen.",
        examples=[7],
    )
    rejected_d: Days = Field(
        30,
        title="Rejected cases",
        description="Their evidence, since the rejection.",
        examples=[30],
    )
    evidence_d: Days = Field(
        180,
        title="Evidence",
        description="Of other cases, since the violation.",
        examples=[180],
    )
    after_close_d: Days = Field(
        90,
        title="Evidence after the end",
        description="And at least so long after the case has ended.",
        examples=[90],
    )
    delivered_d: Days = Field(
        30,
        title="Messages",
        description="What was delivered about an incident that is over.",
        examples=[30],
    )
    audit_d: Number = Field(
        366,
        ge=AUDIT_AT_LEAST_D,
        le=36_500,
        title="Audit log",
        description="Its entries; six months at least.",
        examples=[366],
    )
    looked_d: Days = Field(
        1100,
        title="Looked-at hours",
        description="How long was looked at each zone: rates of before are counted from it.",
        examples=[1100],
    )
    counts_d: Days = Field(
        120,
        title="Counts of people",
        description="How many people and stalls were seen in each zone, and the crowds warned of.",
        examples=[120],
    )
    hour: Whole = Field(
        3,
        ge=0,
        le=23,
        title="Hour",
        description="When the daily job runs, on China's clock.",
        examples=[3],
    )

    @property
    def periods(self) -> Periods:
        """Return them in seconds."""
        return Periods(
            candidate_s=self.candidate_d * DAY_S,
            rejected_s=self.rejected_d * DAY_S,
            evidence_s=self.evidence_d * DAY_S,
            after_close_s=self.after_close_d * DAY_S,
            delivered_s=self.delivered_d * DAY_S,
            audit_s=self.audit_d * DAY_S,
            looked_s=self.looked_d * DAY_S,
            counts_s=self.counts_d * DAY_S,
        )
