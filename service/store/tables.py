"""Every table there is: whoever asks `metadata` here misses none, whatever else is imported."""

from streetwatch.service.store import (
    access_schema,
    audit_schema,
    campaign_schema,
    chain_schema,
    cluster_schema,
    crowd_schema,
    looked_schema,
    month_schema,
    reference_schema,
)
from streetwatch.service.store.schema import metadata

__all__ = [
    "access_schema",
    "audit_schema",
    "campaign_schema",
    "chain_schema",
    "cluster_schema",
    "crowd_schema",
    "looked_schema",
    "metadata",
    "month_schema",
    "reference_schema",
]
