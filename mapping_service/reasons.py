"""Why a submission was set aside, in words: one sentence for each reason code, filled from the stored values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SENTENCES = {
    "same_bytes": "The same bytes came before as {of}.",
    "same_ride": "The same ride came before as {of}, from another phone or under another name.",
    "continued": "The same recording goes on in {of}, which holds all of it.",
    "no_positions": "It holds no line of positions ({fixes} found). Check that the recorder was running.",
    "no_times": "Its {fixes} positions have no times, so driving cannot be told from standing. Export the recording "
    "with times.",
    "too_few_fixes": "It has {fixes} positions with a time; at least {needed} make a ride.",
    "in_the_future": "It ends {days_ahead} days in the future. Correct the phone's clock, then release it.",
    "long_ago": "It says that it was recorded {years} years ago. Correct its times, or release it if that is right.",
    "unreadable": "Reading it failed in a way that we did not foresee ({failure}). It is kept; please report this.",
    "far_away": "It begins {km} km from where this city's rides are. Import it into its own city, or release it.",
    "no_ride": "Nothing in it moves over {needed_m} m. Release does not help; the recording holds no ride.",
    "copied": "It repeats {of} along {percent} % of its way, at another time and closer than two rides ever are.",
    "too_straight": "On a drawn or snapped line: {percent} % of its positions lie exactly between their neighbours.",
    "too_steady": "It kept to one speed for {percent} % of the time, as hardly a vehicle in traffic does.",
    "too_rough": "Its positions jump from one to the next {times} times as much as receivers' in this city do.",
    "white_noise": "The errors of its positions have no memory (correlation {correlation}); those of receivers do.",
    "impossible_speed": "No vehicle is fast enough to reach {percent} % of its positions.",
    "two_places": "Who recorded it was {km} km away at the same time, by {of}: a wrong clock, or a shared key.",
    "says_nothing": "It holds no position, no place and no answer.",
    "form_unknown": "There is no form “{form}” here. Publish it, then release this.",
    "form_closed": "The form “{form}” is closed. Release this if it is to count all the same.",
    "version_unknown": "The form “{form}” has no version “{version}” here. Publish that version, then release this.",
    "original_unknown": "It corrects a form that has not come here, or that somebody else sent ({original}).",
    "instance_conflict": "Another form came before under its id ({instance}). See which of the two is right, then "
    "release this one if it is.",
    "edit_stale": "It corrects a form that was corrected before ({original}). Release it if it is right as well.",
    "encrypted": "It is encrypted, and Commonway holds no key to it. Publish “{form}” without encryption.",
    "edited": "Its sender corrected it, and the correction counts.",
    "deleted": "It was taken back. It is not taken in again.",
    "no_service_points": "None of its {rows} rows could be read as a service point. It needs a type, a name and a "
    "position in each row.",
}


def sentence(code: str | None, reason: Mapping[str, Any]) -> str:
    """Return the sentence of a reason; empty for none. Reading errors carry their own sentence as ``message``."""
    if code is None:
        return ""
    if "message" in reason:
        return str(reason["message"])
    return SENTENCES[code].format_map(reason)


def remark(code: str, details: Mapping[str, Any]) -> str:
    """Return a notice in words: its row or line first, then what it says with its values."""
    values = dict(details)
    where = [f"{key} {values.pop(key)}" for key in ("row", "line") if key in values]
    rest = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in values.items())
    return ": ".join([*where, code.replace("_", " ")]) + (f" ({rest})" if rest else "")
