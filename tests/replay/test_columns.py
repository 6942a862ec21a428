"""A record as columns: what engines fold of them is what the reference makes of the record, at every moment."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_replay import EPOCH, LINES, as_told, folded, is_read

from diplostate.replay.columns import track_rows
from diplostate.replay.reference import status_of
from diplostate.replay.step import NEVER, START, fold_rows
from diplostate.talks.events import Held, Noted, Proposed, Responded, Scheduled
from diplostate.talks.fold import reduce
from diplostate.talks.sources import Source
from diplostate.testing.strategies import FIRST_DAY, TRACK, logs

CUTS = st.none() | st.integers(-1, 40).map(lambda ahead: FIRST_DAY + timedelta(days=ahead))
EVIDENCE = st.sampled_from(["official", "reported"])


@given(logs(max_size=16), CUTS, EVIDENCE)
def test_the_columns_of_any_record_fold_to_its_status(record, as_of, evidence):
    """With notes that confirm and deny, late recordings, leaks, answers to nothing: on any day, on both evidences."""
    found = track_rows(TRACK, record)

    assert found.unfolded or folded(found, as_of, evidence) == as_told(reduce(record, as_of=as_of, evidence=evidence))


@given(logs(max_size=16), CUTS, EVIDENCE)
def test_the_symbols_of_a_track_stand_for_events_that_the_reference_folds_alike(record, as_of, evidence):
    """So the reference can be an engine too, though it is given symbols alone."""
    found = track_rows(TRACK, record)
    if found.unfolded:
        return
    rows = [((row.day - EPOCH).days, getattr(row, evidence)) for row in found.rows if is_read(row, as_of)]

    assert as_told(status_of(rows, " ".join(found.parties).split(" "))) == folded(found, as_of, evidence)


@given(st.lists(logs(max_size=8), max_size=5), st.lists(st.integers(0, 40), max_size=6))
def test_a_track_may_span_batches(records, cuts):
    """However the rows are cut, the statuses are the same."""
    found = [one for one in (track_rows(TRACK, record) for record in records) if one.rows and not one.unfolded]
    symbols = [row.official if row.until is None else 0 for one in found for row in one.rows]
    days = [(row.day - EPOCH).days for one in found for row in one.rows]
    counts = [len(one.rows) for one in found]

    assert fold_in_batches(counts, symbols, days, cuts) == fold_in_batches(counts, symbols, days, [])


def fold_in_batches(counts, symbols, days, cuts):
    """What `fold_rows` tells of tracks whose rows come in several batches, cut at these places."""
    carried, track = [*START, NEVER, -1], 0
    told = [[None] * len(counts) for _ in range(6)]
    bounds = [0, *sorted(min(cut, len(days)) for cut in cuts), len(days)]
    for begin, end in pairwise(bounds):
        row, track, astray = fold_rows(LINES, counts, symbols[begin:end], days[begin:end], 0, track, carried, told)
        assert (row, astray) == (end - begin, -1)
    assert track == len(counts)
    return told


def proposed(by, to):
    source = Source(attribution="official", outlet="Press", speaks_for=by)
    return Proposed(track=TRACK, occurred="2025-07-01", by=by, to=to, sources=[source])


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ([proposed("AAA", [f"P{number}" for number in range(16)])], "more than 16 parties"),
        ([Held(track=TRACK, occurred="2025-07-01", round=1 << 23)], "a round above number 8388605"),
    ],
)
def test_what_does_not_fit_into_a_symbol_is_kept_event_by_event(record, why):
    """With the reason."""
    found = track_rows(TRACK, record)

    assert found.unfolded == why
    assert [(row.official, row.reported) for row in found.rows] == [(None, None)]
    assert all(row.event for row in found.rows)


def test_sixteen_parties_fit():
    """All awaited but the one who proposes."""
    found = track_rows(TRACK, [proposed("AAA", [f"P{number:02}" for number in range(15)])])

    assert folded(found)["awaited"] == tuple(f"P{number:02}" for number in range(15))


def test_a_name_that_makes_no_difference_does_not_keep_a_track_from_being_folded():
    """An answer that names the open proposal says nothing new."""
    source = Source(attribution="official", outlet="Press", speaks_for="BBB")
    answer = Responded(track=TRACK, occurred="2025-07-02", by="BBB", to="AAA", answer="accepted", sources=[source])

    assert track_rows(TRACK, [proposed("AAA", ["BBB"]), answer]).unfolded is None


def test_a_denial_gives_an_event_two_rows():
    """It counts until the day of the denial, and no more from then on; what is reported stays."""
    source = Source(attribution="official", outlet="Press", speaks_for="AAA")
    record = [
        Scheduled(track=TRACK, id="e1", occurred="2025-07-01", sources=[source]),
        Noted(
            track=TRACK,
            id="e2",
            occurred="2025-07-05",
            by="BBB",
            denies="e1",
            text="No.",
            sources=[attrs.evolve(source, speaks_for="BBB")],
        ),
    ]
    rows = track_rows(TRACK, record).rows

    assert [(row.appears, row.until, bool(row.official), bool(row.reported)) for row in rows] == [
        (None, date(2025, 7, 5), True, True),
        (date(2025, 7, 5), None, False, True),
    ]
