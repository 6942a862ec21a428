"""Stretches of days: a few readings tell of many days what a reading of each would."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from diplostate.reports.question import Question
from diplostate.reports.stretch import stretches
from diplostate.talks.events import Noted
from diplostate.talks.fold import reduce
from diplostate.testing import strategies
from diplostate.testing.scenario import given as record_of
from diplostate.testing.scenario import proposed

DAYS = [strategies.FIRST_DAY + timedelta(days=ahead) for ahead in range(-3, 32)]


@given(strategies.logs(max_size=10), st.none() | strategies.days(), st.sampled_from(["official", "reported", "B2"]))
def test_every_day_has_the_status_of_a_fold_of_its_own(record, known_at, evidence):
    """With everything that a status holds."""
    question = Question.of(known_at=known_at, evidence=evidence, now=DAYS[-1])
    for day, stretch in zip(DAYS, stretches(record, question, DAYS), strict=True):
        assert stretch.status(day) == reduce(record, as_of=day, known_at=known_at, evidence=evidence)


@given(strategies.logs(max_size=10), strategies.days(), st.sampled_from([0, 8, 12, 23]))
def test_an_instant_is_cut_by_the_hour(record, day, hour):
    """As a fold does."""
    noon = datetime.combine(day, time(hour), tzinfo=UTC)
    (stretch,) = stretches(record, Question.of(now=noon), [noon])

    assert stretch.status(noon) == reduce(record, as_of=noon)


def test_one_reading_serves_until_the_next_note():
    """A new one begins where a note or a description comes into force."""
    note = Noted(track="scenario", occurred="2025-07-05", text="A remark")
    record = record_of(proposed("2025-07-01", "AAA", "BBB"), note, proposed("2025-07-08", "BBB", "AAA")).events
    days = [day for day in DAYS if day.month == 7 and day.day <= 9]
    found = list(stretches(record, Question.of(now=days[-1]), days))

    assert [id(one) == id(other) for one, other in pairwise(found)] == [day.day != 4 for day in days[:-1]]
