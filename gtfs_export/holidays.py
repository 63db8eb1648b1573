"""Public holidays on which vehicles run as on Sundays: an assumption that a person made for the city."""

from __future__ import annotations

import holidays
from sqlalchemy import Connection

from spatial_sql.loader import feed_statements


def holidays_of(connection: Connection) -> list[dict[str, str]]:
    """Return ``day`` and ``name`` of the public holidays within the validity of the feed whose tables are prepared.

    Empty where nobody settled that they are as Sundays. The days are those of the package *holidays*.
    """
    found = connection.execute(feed_statements("naming")["holiday_years"]).first()
    if found is None or found.holidays != "as_sunday":
        return []
    known = holidays.country_holidays(found.country, years=range(found.first_year, found.last_year + 1))
    return [{"day": day.isoformat(), "name": name} for day, name in sorted(known.items())]
