"""The headway of a feed, for those who state it outside of the feed."""

from __future__ import annotations

import math

from gtfs_export.records import Headway

# Consumers round headways to whole minutes in ways of their own, so the feed does it first: half a minute goes up.
HEADWAY_STEP_S = 60


def published_headway_s(headway: Headway) -> int:
    """The headway as published: whole minutes, at least one, and no longer than its band.

    A headway beyond the band means one departure in it, which is what the band's own length says.
    """
    rounded_s = math.floor(headway.headway_s / HEADWAY_STEP_S + 0.5) * HEADWAY_STEP_S
    return min(max(rounded_s, HEADWAY_STEP_S), headway.band_end_s - headway.band_start_s)
