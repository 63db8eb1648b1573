"""Every tunable number tells a person what to know before changing it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from mapping_service.parameters import Parameters, table


@pytest.mark.parametrize("row", table(), ids=lambda row: row["name"])
def test_every_default_lies_in_its_range_and_has_a_unit_and_a_source(row: dict[str, object]) -> None:
    low, default, high = row["low"], row["default"], row["high"]
    assert isinstance(low, int | float) and isinstance(default, int | float) and isinstance(high, int | float)
    assert low <= default <= high and low < high
    assert row["unit"]
    assert len(str(row["source"])) > 10


def test_the_table_lists_every_parameter_once_with_the_value_that_is_used() -> None:
    assert [row["name"] for row in table()] == [f.name for f in fields(Parameters)]
    assert all(row["default"] == getattr(Parameters(), row["name"]) for row in table())


def test_names_end_in_their_unit() -> None:
    endings = {"m": "_m", "s": "_s", "m/s": "_mps", "degrees": "_deg"}
    for row in table():
        if row["unit"] in endings:
            assert row["name"].endswith(endings[row["unit"]])


def test_another_set_is_made_beside_the_defaults() -> None:
    assert replace(Parameters(), min_run_m=300.0).min_run_m == 300.0
    with pytest.raises(FrozenInstanceError):
        Parameters().min_run_m = 300.0  # type: ignore[misc]
