"""Lengths of time and shares of a price, in words."""

from datetime import timedelta

import pytest

from services.templatetags.catalogue import share, span


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=24), "24 hours"),
        (timedelta(hours=48), "48 hours"),
        (timedelta(days=3), "3 days"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(days=3, hours=1), "73 hours"),
        (timedelta(0), "0 minutes"),
    ],
)
def test_a_length_is_told_in_its_largest_whole_unit(length, words):
    assert span(length) == words


@pytest.mark.parametrize(
    ("percent", "words"), [(50, "half the price"), (100, "the full price"), (30, "30 % of the price")]
)
def test_a_share_is_told_in_words_where_there_is_one(percent, words):
    assert share(percent) == words
