"""The one command that runs all benchmarks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import __main__ as every


def test_every_benchmark_is_found_and_says_what_it_measures() -> None:
    found = {one.name: one for one in every.benchmarks()}
    assert {"chain", "simulated", "survey", "notes_check"} <= set(found)
    assert not {"report", "scoring", "truth", "__main__"} & set(found)
    assert [one.name for one in found.values() if len(one.subject) < 20] == []


def test_what_a_benchmark_reads_is_known_before_it_runs() -> None:
    simulated = next(one for one in every.benchmarks() if one.name == "simulated")
    assert simulated.needs == (Path("../shared/data"),)


def test_a_benchmark_without_its_data_is_left_out_and_says_so() -> None:
    one = every.Benchmark("gone", "Nothing at all.", (Path("../nowhere/at/all"),))
    assert every._run(one) == ("left out: ../nowhere/at/all is not here", 0.0, "")


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SystemExit, match="No such benchmark: nope. There are .*simulated"):
        every._chosen(["nope"])
