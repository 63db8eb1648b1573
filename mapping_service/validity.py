"""Until when what a release says of a pattern is taken to hold: rolled on only where somebody has been there lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mapping_service.parameters import Parameters


@dataclass(frozen=True)
class Standing:
    """A pattern of a network: what it says (``digest``), its newest ride, and until when it holds if that is set.

    ``runs_until`` is set where it is carried on of an imported feed: on which day the last of its calendars ends.
    """

    pattern_id: str
    digest: str
    last_seen: date
    valid_until: date | None
    runs_until: date | None = None


def last_days(
    now: Sequence[Standing], before: Sequence[Standing], starts: date, p: Parameters, *, vouched: bool = False
) -> Mapping[str, date]:
    """Return the last day of service of each pattern of a release that is valid from ``starts``.

    What is new, or differs from the release before, has just been looked at by a person and holds for
    ``valid_days``; so does what was ridden within ``fresh_days``, and all of it where a person vouches for it. The rest
    keeps the day that it had, which may have passed. What is carried on ends with its calendars, whoever vouches: they
    go out as the feed has them.
    """
    known = {one.pattern_id: one for one in before}
    renewed = starts + timedelta(days=int(p.valid_days))
    oldest = starts - timedelta(days=int(p.fresh_days))

    def last_day(one: Standing) -> date:
        if one.runs_until is not None:
            return one.runs_until
        old = known.get(one.pattern_id)
        if vouched or old is None or old.digest != one.digest or old.valid_until is None or one.last_seen >= oldest:
            return renewed
        return old.valid_until

    return {one.pattern_id: last_day(one) for one in now}


def is_too_late(valid_from: date, day: date, p: Parameters) -> bool:
    """True where all that begins to hold on ``valid_from`` is over on ``day``."""
    return day - valid_from > timedelta(days=int(p.valid_days))


def outlasts(held: Sequence[Standing], renewed: Mapping[str, date], day: date) -> bool:
    """True where all of a release is over on ``day`` and some of it would not be if it were renewed."""
    return all(one.valid_until and one.valid_until < day for one in held) and any(
        last >= day for last in renewed.values()
    )


def may_roll(held: Sequence[Standing], renewed: Mapping[str, date], day: date, p: Parameters) -> bool:
    """True where a pattern ends within ``few_days_left`` of ``day`` and would hold for longer if it were renewed."""
    soon = day + timedelta(days=int(p.few_days_left))
    return any(one.valid_until < soon and renewed[one.pattern_id] > one.valid_until for one in held if one.valid_until)
