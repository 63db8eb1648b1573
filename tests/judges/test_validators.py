"""Three validators by three authors find nothing in the feeds of the sample city, today and three weeks on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.judges.conftest import COUNTRY, PLANNED, VARIANTS, Feeds
from tests.judges.validators import analyzer, canonical, guru

FEATURES = {
    "Shapes", "Frequencies", "Headsigns", "Feed Information", "Attributions", "Translations", "Fares V1",
    "Fare Products", "Route-Based Fares", "Fare Media", "Rider Categories", "Continuous Stops", "Transfers",
    "Location Types",
}
DAYS = (0, 21)


@pytest.mark.parametrize("days", DAYS)
@pytest.mark.parametrize("name", VARIANTS)
def test_the_canonical_rules_find_no_error_and_no_warning(sample: Feeds, name: str, days: int) -> None:
    assert canonical(sample[name], sample.first_day + timedelta(days), COUNTRY).complaints == {}


@pytest.mark.parametrize("days", DAYS)
@pytest.mark.parametrize("name", PLANNED)  # of booked services it knows nothing: test_judges.py
def test_the_second_opinion_finds_no_error_and_no_warning(sample: Feeds, name: str, days: int) -> None:
    assert guru(sample[name], sample.first_day + timedelta(days), COUNTRY).complaints == {}


@pytest.mark.parametrize("name", VARIANTS)
def test_rules_of_quality_find_nothing_critical_and_call_it_publishable(sample: Feeds, name: str) -> None:
    assert analyzer(sample[name], sample.first_day).complaints == {}


def test_the_feed_has_every_feature_that_its_evidence_supports(sample: Feeds) -> None:
    assert FEATURES <= canonical(sample["gtfs.zip"], sample.first_day, COUNTRY).features
