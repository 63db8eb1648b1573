"""Hints: what somebody says a file is, whatever they call the columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors import tables
from collectors.hints import file_stem, read_hints
from mapping_service.errors import Problem
from mapping_service.records import Claim


def test_columns_are_known_by_their_synonyms() -> None:
    claims, notices = read_hints("File;Ref;Sens;Surveyor;Peak\nrides/a.gpx;716;A;S06;oui\n".encode())
    assert claims == {"a": Claim(line="716", direction="A", contributor="S06", peak=True)} and not notices


def test_what_nobody_said_is_none() -> None:
    claims, _ = read_hints(b"run,line,direction\nrun-1,,?\n")
    assert claims == {"run-1": Claim()}


def test_rows_that_cannot_be_used_are_named_by_line() -> None:
    claims, notices = read_hints(b"run,line,peak\na,1,0\n,2,0\na,3,0\nb,4,maybe\nc,5\n")
    assert claims == {"a": Claim(line="1", peak=False), "b": Claim(line="4")}
    assert [(notice.code, notice.details["line"]) for notice in notices] == [
        ("hint_without_file", 3), ("repeated_file", 4), ("peak_not_understood", 5), ("wrong_column_count", 6)]


def test_notices_beyond_the_most_are_only_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_NOTICES", 2)
    _, notices = read_hints(b"run,line,peak\nc\na,1,0\n,2,0\na,3,0\nd\nb,4,1\n")
    assert [(notice.code, dict(notice.details)) for notice in notices] == [
        ("wrong_column_count", {"line": 2, "columns": 3, "cells": 1}),
        ("wrong_column_count", {"line": 6, "columns": 3, "cells": 1}), ("more_notices", {"count": 2})]


@pytest.mark.parametrize("row", [b"a,1", b"a", b"=======", b'"' + b"a" * 100_001 + b'"'])
def test_every_row_counts_whatever_is_wrong_with_it(row: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    read_hints(b"run,line\n" + b"\n".join([row] * 3))
    with pytest.raises(Problem) as caught:
        read_hints(b"run,line\n" + b"\n".join([row] * 4))
    assert caught.value.code == "too_many_rows"


def test_a_stray_nul_costs_nothing_but_itself() -> None:
    assert read_hints(b"run,line\na\0,7\0\nb,8\n") == ({"a": Claim(line="7"), "b": Claim(line="8")}, [])


@pytest.mark.parametrize("data", [b"line,direction\n1,A\n", b"", b"run\x00,line\n"])
def test_a_table_that_names_no_file_is_a_problem(data: bytes) -> None:
    with pytest.raises(Problem) as caught:
        read_hints(data)
    assert caught.value.code in ("no_file_column", "file_empty", "not_a_table")


@pytest.mark.parametrize("name", ["Run-1", "Run-1.gpx", "runs.zip/Run-1.gpx", "x\\Run-1.gpx.gz"])
def test_a_file_is_known_by_its_stem_with_its_case(name: str) -> None:
    assert file_stem(name) == "Run-1"


def test_the_real_manifest_has_a_claim_for_every_run() -> None:
    path = Path(__file__).parents[2] / "../shared/data/abidjan/manifest.csv"
    if not path.exists():
        pytest.skip("the Abidjan manifest is not at ../shared/data")
    claims, notices = read_hints(path.read_bytes())
    assert len(claims) == 393 and not notices
    assert {claim.direction for claim in claims.values()} == {"A", "B", None}
