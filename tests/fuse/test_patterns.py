"""How a pattern is written down."""

from __future__ import annotations

import numpy as np

from mapping_service.fuse.patterns import drawn
from mapping_service.geo import to_lon_lat
from tests.sketch import NAIROBI


def test_points_that_six_decimals_cannot_tell_apart_are_one() -> None:
    """A vehicle that turns at the end of a street: out, a few centimetres across, and back the same way."""
    middle = np.array([257_000.0, 9_857_000.0])
    shape = middle + [[0.0, 0.0], [100.0, 0.0], [100.02, 0.01], [100.02, 30.0]]
    written = drawn(shape, NAIROBI.srid)
    assert len(written) == 3
    np.testing.assert_allclose(written, to_lon_lat(shape[[0, 1, 3]], NAIROBI.srid), atol=1e-6)
