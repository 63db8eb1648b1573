"""Limits that keep one small machine alive when a stranger sends a file. All are far above what a real ride needs."""

from __future__ import annotations

MAX_FILE_BYTES = 50_000_000
"""Largest single file that is read, in bytes, unpacked: a day at 1 Hz with every extension is about 20 MB."""

MAX_POINTS = 200_000
"""Most positions in one file: 55 hours at 1 Hz."""

MAX_WAYPOINTS = 20_000
"""Most marks in one file: one every ten seconds for 55 hours."""

MAX_XML_DEPTH = 100
"""Deepest nesting of XML elements; GPX with vendor extensions needs about eight."""

MAX_TEXT_CHARS = 2_000
"""Most characters kept of one waypoint's text."""

MAX_VALUE_CHARS = 4_096
"""Longest value of a feed, in characters: beyond it the canonical validator gives up a table; areas.txt is excepted."""

MAX_TYPED_NAME_CHARS = 200
"""Most characters of the name of a place, a line or an operator."""

MAX_ADDRESS_CHARS = 500
"""Most characters of a web or e-mail address."""

MAX_ROWS = 200_000
"""Most rows, or features, of one table, whatever is wrong with them."""

MAX_NOTICES = 1_000
"""Most notices about the rows of one table; nobody reads more, and each costs more memory than a short row."""

MAX_CELL_CHARS = 100_000
"""Longest single cell of a table: a geometry as text fits, a whole file behind a lost quote does not."""

MAX_MEMBERS = 20_000
"""Most files in one archive, or in one archive's index, junk included."""

MAX_INDEX_BYTES = 5_000_000
"""Longest index of one zip, in bytes: 250 for each of the most files. Reading it costs ten times as much memory."""

MAX_ARCHIVE_BYTES = 5_000_000_000
"""Most bytes that one archive may unpack to, over all its members: 20 times the Abidjan survey of 393 rides."""

MAX_RATIO = 200
"""Highest ratio of unpacked to packed bytes of one member. The Abidjan survey has 9 to 19, a bomb of zeros 1,000."""

RATIO_FREE_BYTES = 1_000_000
"""Unpacked size, in bytes, up to which no ratio is asked: it cannot hurt, and tiny texts can pack oddly well."""

MAX_STREET_FILE_BYTES = 2_000_000_000
"""Largest street map, in bytes, packed and unpacked: the whole of France as .osm.pbf is about 4.5 GB, a city 50 MB."""

MAX_STREET_WAYS = 5_000_000
"""Most drivable ways of one street map: a country of 60 million people has about as many."""
