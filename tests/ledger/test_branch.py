"""Branches: what might be, on top of any ledger, which stays as it was."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SEEDS
from support_ledgers import ledgers, renamed

import diplostate
from diplostate.errors import DiplostateError, EventNotFound, IdConflict, Invalid, InvalidEvent, NotAllowed, TrackNotFound
from diplostate.ledger.ask import status, statuses
from diplostate.ledger.branch import Branch
from diplostate.ledger.codec import body
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.projector import StatusProjector
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.talks.events import Described, Noted, Retracted
from diplostate.talks.fold import reduce
from diplostate.testing.conformance import NOON, held, proposed, responded
from diplostate.testing.strategies import days, logs

TALKS = "ukr-rus-turkiye"
INSTANTS = st.integers(0, 24 * 60).map(lambda hours: datetime(2025, 7, 1, tzinfo=UTC) + timedelta(hours=hours))


def declined(day="2025-07-25"):
    return responded("RUS", "declined", day, track=TALKS)


# What it shows.


def test_a_branch_shows_its_base_and_what_is_added_to_it(seeds):
    branch = seeds.branch()
    (event,) = branch.append([declined()])

    assert (branch.head, branch.fork, branch.own) == (seeds.head + 1, seeds.head, (event,))
    assert list(branch.read()) == [*seeds.read(), event]
    assert (event.position, event.version) == (seeds.head + 1, seeds.version(TALKS) + 1)
    assert status(branch, TALKS).phase == "DECLINED"
    assert status(seeds, TALKS).phase == "PENDING"
    assert (branch.tracks(), branch.base) == (seeds.tracks(), seeds)


def test_all_that_is_added_is_marked_and_nothing_else(seeds):
    branch = seeds.branch()
    branch.append([declined(), held("2025-09-01", track="new")])

    assert [event.hypothetical for event in branch.read(after=branch.fork)] == [True, True]
    assert not any(event.hypothetical for event in branch.read(limit=branch.fork))
    assert branch.tracks() == (*seeds.tracks(), "new")


def test_what_is_added_may_lie_in_the_future_and_is_known_when_it_happens(seeds):
    branch = seeds.branch()
    branch.append([declined("2035-07-25")])

    assert status(branch, TALKS, as_of="2035-07-24").phase == "PENDING"
    assert status(branch, TALKS, known_at="2035-07-24").phase == "PENDING"
    assert status(branch, TALKS, as_of="2035-07-25", known_at="2035-07-25").phase == "DECLINED"
    with pytest.raises(InvalidEvent, match="say when it was recorded"):
        branch.append([held("2025-07-26/..", track=TALKS)])


def test_the_rules_of_the_record_hold_on_a_branch_too(seeds):
    branch = seeds.branch()

    with pytest.raises(NotAllowed):
        branch.append([responded("TUR", "accepted", "2025-07-25", track=TALKS)])
    with pytest.raises(InvalidEvent, match="not declared"):
        branch.append([proposed("UKR", "XXX", "2025-07-25", track=TALKS)])
    assert branch.own == ()


def test_an_event_of_the_base_is_known_on_the_branch(seeds):
    """Said again it is the same, and no other event can have its id."""
    branch, first = seeds.branch(), next(seeds.read())

    assert branch.append([first]) == (first,)
    assert branch.append([attrs.evolve(first, recorded=NOON)]) == (first,)
    with pytest.raises(IdConflict):
        branch.append([attrs.evolve(first, note="something else")])
    assert branch.own == ()


def test_the_same_appends_make_the_same_branch_to_the_byte(seeds):
    def texts():
        branch = seeds.branch()
        branch.append([declined(), held("2025-07-26", track=TALKS)])
        branch.append([held("2025-07-26", track=TALKS)])
        return [body(event) for event in branch.read()]

    assert texts() == texts()
    assert len(set(texts())) == seeds.head + 3


@given(ledgers(), logs(max_size=6))
@settings(deadline=None)
def test_a_branch_is_what_a_ledger_with_the_same_events_would_be(base, record):
    """Whatever is appended, one by one: the same events, statuses and errors."""
    branch, plain = base.branch(), MemoryLedger(base.read(), projector=StatusProjector(hypothetical=True))
    for event in record:
        new = attrs.evolve(
            event, track="one", id=f"new-{event.id}", hypothetical=True, recorded=event.known, **renamed(event, "one")
        )
        assert _outcome(branch, new) == _outcome(plain, new)
        assert list(statuses(branch)) == list(statuses(plain))
    assert list(branch.read()) == list(plain.read())
    assert branch.tracks() == plain.tracks()


def _outcome(ledger, event):
    try:
        return ledger.append([event], strict=event.position % 2 == 0)
    except DiplostateError as error:
        return type(error), str(error)


# Where it begins.


@given(ledgers(), days() | INSTANTS, st.sampled_from([("happened", "as_of"), ("known", "known_at")]))
@settings(deadline=None)
def test_a_branch_begins_with_what_had_happened_or_was_known(base, moment, axis):
    """What was recorded in error is known to be so, where it is asked what had happened."""
    name, cut = axis
    branch = base.branch(at=moment, axis=name)

    assert [event.position for event in branch.read()] == list(range(1, branch.head + 1))
    for track in base.tracks():
        seen = list(branch.events(track)) if branch.version(track) else []
        assert [event.version for event in seen] == list(range(1, branch.version(track) + 1))
        assert reduce([base.event(event.id) for event in seen]) == reduce(base.events(track), **{cut: moment})
        if seen:
            assert status(branch, track) == reduce(seen)
    assert all(branch.event(event.id) == event for event in branch.read())
    assert [list(branch.read(after=at, limit=2)) for at in range(branch.head)] == [
        list(branch.read())[at : at + 2] for at in range(branch.head)
    ]


@given(ledgers(), st.data())
@settings(deadline=None)
def test_a_branch_begins_behind_a_position(base, data):
    at = data.draw(st.integers(0, base.head))
    branch = base.branch(at=at)
    expected = MemoryLedger(base.read(limit=at))

    assert list(branch.read()) == list(expected.read())
    assert branch.tracks() == expected.tracks()
    assert list(statuses(branch)) == list(statuses(expected))


@pytest.mark.parametrize("at", [-1, 24, "July", "2025-07"])
def test_where_no_branch_can_begin_is_refused(seeds, at):
    with pytest.raises(Invalid):
        seeds.branch(at=at)


def test_an_axis_that_nobody_knows_is_refused(seeds):
    with pytest.raises(Invalid, match="'valid' is no axis of time: happened or known"):
        seeds.branch(at="2025-07-21", axis="valid")


def test_what_is_appended_to_the_base_later_is_not_seen():
    """Neither by what was asked before, nor by what is asked for the first time."""
    base = MemoryLedger(clock=lambda: NOON)
    base.append([proposed("UKR", "RUS", id="a"), held("2025-07-20", track="two")])
    asked, fresh = base.branch(), base.branch()
    before = (list(asked.read()), asked.tracks(), list(asked.projections()))
    base.append([responded("RUS", "accepted", id="b"), held("2025-07-21", track="two"), held("2025-07-21", track="three")])

    for branch in (asked, fresh):
        assert (list(branch.read()), branch.tracks(), list(branch.projections())) == before
        assert (branch.version("one"), branch.version("three"), branch.head) == (1, 0, 2)
        with pytest.raises(EventNotFound):
            branch.event("b")
        with pytest.raises(TrackNotFound):
            branch.events("three")
        branch.append([responded("RUS", "declined", id="b")])
        assert status(branch, "one").phase == "DECLINED"


# Branches of branches.


def test_branches_of_a_branch_go_their_own_ways(seeds):
    first = seeds.branch()
    first.append([declined()])
    one, other = first.branch(), first.branch()
    one.append([proposed("UKR", "RUS", "2025-08-01", track=TALKS)])
    other.append([held("2025-08-01", track=TALKS)])
    first.append([held("2025-07-30", track=TALKS)])

    assert [status(branch, TALKS).phase for branch in (seeds, first, one, other)] == ["PENDING", "HELD", "PENDING", "HELD"]
    assert [len(branch.own) for branch in (first, one, other)] == [2, 1, 1]
    assert [event.hypothetical for event in one.read(after=seeds.head)] == [True, True]


def test_a_branch_can_begin_before_the_end_of_another(seeds):
    first = seeds.branch()
    first.append([declined(), held("2025-08-01", track=TALKS)])

    assert status(first.branch(at="2025-07-31"), TALKS).phase == "DECLINED"
    assert status(first.branch(at=first.fork), TALKS).phase == "PENDING"
    assert status(first.branch(), TALKS).phase == "HELD"


# The base.


class Guarded:
    """A ledger that lets nothing through but reading."""

    ALLOWED = frozenset({"url", "tracks", "version", "head", "events", "read", "event", "projections"})

    def __init__(self, ledger):
        self._ledger = ledger

    def __getattr__(self, name):
        assert name in self.ALLOWED, f"{name} is no way to read"
        return getattr(self._ledger, name)


@given(ledgers(), logs(max_size=6))
@settings(deadline=None)
def test_nothing_but_reading_ever_reaches_the_base(base, record):
    before = list(base.read())
    branch = Branch(Guarded(base))
    for event in record:
        _outcome(branch, attrs.evolve(event, track="one", id=None, **renamed(event, "one")))
    deeper = branch.branch()
    _outcome(deeper, held("2025-09-01", position=1))
    list(statuses(deeper)), list(deeper.read()), deeper.tracks()

    assert list(base.read()) == before


def test_a_base_in_a_file_stays_the_same_to_the_byte(tmp_path):
    """Also where it cannot be written at all."""
    path = tmp_path / "talks.sqlite"
    with SqliteLedger(path) as ledger:
        ledger.append([proposed("UKR", "RUS")])
    content = path.read_bytes()
    with SqliteLedger(path, create=False) as ledger:
        branch = ledger.branch()
        branch.append([responded("RUS", "accepted", "2025-08-01"), held("2025-08-02")])
        assert status(branch, "one").phase == "HELD"
        branch.close()
        assert status(ledger, "one").phase == "PENDING"

    assert path.read_bytes() == content
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (1,)
    connection.close()


def test_closing_a_branch_leaves_its_base_open(tmp_path):
    with SqliteLedger(tmp_path / "talks.sqlite") as ledger:
        with ledger.branch() as branch:
            branch.append([proposed("UKR", "RUS")])
        assert ledger.head == 0
        ledger.append([proposed("UKR", "RUS")])


def test_a_branch_can_retract_confirm_and_describe_what_its_base_holds(seeds):
    """In its own view alone."""
    branch = seeds.branch()
    proposal = next(event for event in seeds.events(TALKS) if event.kind == "proposed")
    branch.append([Described(track=TALKS, occurred="2025-08-01", title="What if")])
    branch.append([Noted(track=TALKS, occurred="2025-08-01", by="RUS", denies=proposal.id, sources=declined().sources)])
    retracted = [
        Retracted(track=TALKS, occurred="2025-08-01", retracts=event.id)
        for event in seeds.events(TALKS)
        if event.kind == "proposed"
    ]
    branch.append(retracted, strict=False)

    assert status(branch, TALKS).phase == "IDLE"
    assert status(branch, TALKS).description.title == "What if"
    assert status(seeds, TALKS).phase == "PENDING"
    assert status(seeds, TALKS).denials == ()


def test_every_ledger_can_be_branched(tmp_path):
    with (
        diplostate.open("memory:") as one,
        diplostate.open(tmp_path / "talks.sqlite") as other,
        diplostate.open(SEEDS) as third,
    ):
        for ledger in (one, other, third):
            assert isinstance(ledger.branch(), diplostate.Branch)
            assert isinstance(ledger.branch(), diplostate.Ledger)
            assert ledger.branch().url == f"branch:{ledger.url}"
