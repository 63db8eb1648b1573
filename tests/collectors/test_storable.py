"""Whatever a file says, what is handed on can be held by a database."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from collectors.storable import MAX_NESTING, storable, storable_text

texts = st.text(alphabet=st.characters() | st.sampled_from("\0\ud800\udfff"))
values = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | texts,
                      lambda inner: st.lists(inner) | st.dictionaries(texts, inner))


@given(values)
def test_every_value_becomes_strict_json_without_nul(value: Any) -> None:
    text = json.dumps(storable(value), allow_nan=False, ensure_ascii=False)
    assert text.encode() and "\\u0000" not in text.replace("\\\\", "")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_text_without_fault_stays_as_it_is(text: str) -> None:
    assert storable_text(text) == storable(text) == text


def test_what_nests_too_deep_is_cut_and_the_rest_stays() -> None:
    deep: list[Any] = []
    for _ in range(MAX_NESTING):
        deep = [deep]
    assert storable({"a": deep, "b": 1})["b"] == 1
    assert json.dumps(storable(deep)) == "[" * MAX_NESTING + "null" + "]" * MAX_NESTING
