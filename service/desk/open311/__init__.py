"""Open311 GeoReport v2: other tools file cases here and read how they stand."""
