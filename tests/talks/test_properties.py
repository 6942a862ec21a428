"""What must hold of any record whatever: every property that the model names, on random records of every kind."""

from __future__ import annotations

import itertools
import json
from datetime import date, datetime, time, timedelta, timezone

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from diplostate.ledger.codec import status_from_dict, status_to_dict
from diplostate.talks.events import MOVES, Responded, Retracted
from diplostate.talks.fold import allowed, answerable, continues, evolve, fold, reduce, walk
from diplostate.talks.machine import Phase, Symbol
from diplostate.talks.record import Fate, read
from diplostate.talks.rules import errors, faults
from diplostate.talks.status import Status
from diplostate.talks.words import Answer
from diplostate.testing.scenario import says
from diplostate.testing.strategies import CODES, TRACK, days, events, illegal_logs, legal_logs, logs, placed

from . import reference

EVIDENCE = st.sampled_from(["official", "official", "reported", "B2", "C3", "A1", "E5"])
INSTANTS = st.builds(
    lambda day, hour, ahead: datetime.combine(day, time(hour, 0), tzinfo=timezone(timedelta(hours=ahead))),
    days(),
    st.integers(0, 23),
    st.sampled_from([0, 3, -5]),
)
CUTS = st.one_of(st.none(), st.none(), days(), INSTANTS)


# The second reading.


@settings(max_examples=4 * settings.default.max_examples)
@given(logs(), CUTS, CUTS, EVIDENCE)
def test_the_fold_is_what_the_page_says(log, as_of, known_at, evidence):
    """Two readings of the model, one written from its page alone, agree on every record, cut and evidence."""
    status = reduce(log, as_of=as_of, known_at=known_at, evidence=evidence)
    expected = reference.fold(log, as_of=as_of, known_at=known_at, evidence=evidence)

    assert reference.summary_of(status) == reference.summary(expected)


@given(logs(), CUTS, CUTS, EVIDENCE)
def test_every_way_to_fold_gives_the_same(log, as_of, known_at, evidence):
    """At once, by way of a reading, and step by step."""
    question = {"as_of": as_of, "known_at": known_at, "evidence": evidence}
    reading = read(log, **question)
    steps = list(walk(reading))

    assert fold(reading) == reduce(log, **question)
    assert (steps[-1].after if steps else fold(reading)) == fold(reading)
    assert all(before.after == after.before for before, after in itertools.pairwise(steps))


# Total and deterministic.


@given(st.lists(events() | events(details=False), max_size=8), CUTS, CUTS, EVIDENCE)
def test_the_fold_is_total(record, as_of, known_at, evidence):
    """It never raises, whatever well-formed events follow each other, with or without ids."""
    status = reduce(record, as_of=as_of, known_at=known_at, evidence=evidence)

    assert status.headline(as_of)
    assert status.phase in Phase


@given(logs(), CUTS, CUTS, EVIDENCE)
def test_the_fold_is_deterministic(log, as_of, known_at, evidence):
    """The same record, the same status: however it is handed in, and however often."""
    question = {"as_of": as_of, "known_at": known_at, "evidence": evidence}
    once = reduce(log, **question)

    assert once == reduce(list(log), **question) == reduce(iter(log), **question)
    assert hash(once) == hash(reduce(tuple(map(attrs.evolve, log)), **question))


@given(logs(max_size=4, details=True))
def test_generated_records_are_well_formed(log):
    """The strategies keep their promise, so that the other properties speak of well-formed records."""
    kinds: dict[str, str] = {}
    for event in log:
        assert errors(faults(event, earlier=kinds)) == []
        kinds[str(event.id)] = event.kind


@given(legal_logs())
def test_legal_records_have_no_anomaly(log):
    assert reduce(log).anomalies == ()


@given(illegal_logs())
def test_illegal_records_end_in_one(log):
    status, before = reduce(log), reduce(log[:-1])

    assert [anomaly.event_id for anomaly in status.anomalies] == [log[-1].id]
    assert attrs.evolve(status, anomalies=(), moved=before.moved) == before


# What is allowed is what is applied.


@given(logs(), EVIDENCE, st.sampled_from(CODES), st.sampled_from([None, *CODES]), st.sampled_from(Answer))
def test_allowed_equals_execution(log, evidence, by, to, answer):
    assume(by != to)
    status = reduce(log, evidence=evidence)
    event = _answer(by, to, answer, date(2031, 1, 1))
    after = evolve(status, event, evidence=evidence)
    applied = after.anomalies == status.anomalies

    assert allowed(status, Symbol(answer), by, to) == applied == ((by, to) in answerable(status))
    if not applied:
        assert attrs.evolve(after, anomalies=status.anomalies, moved=status.moved) == status


@given(logs(), st.sampled_from(["proposed", "scheduled", "held", "stalled", "concluded"]))
def test_only_answers_can_be_refused(log, word):
    assert allowed(reduce(log), Symbol(word))


# Continuing.


@given(logs(), events(details=False), EVIDENCE)
def test_continuing_equals_folding_anew(log, event, evidence):
    """fold(a + b) = evolve(fold(a), b), where b moves the machine and sorts last; else it says so."""
    (event,) = placed([attrs.evolve(event, id=None)], behind=len(log))
    status = reduce(log, evidence=evidence)
    days_taken = [entry.day for entry in read(log, evidence=evidence).moves]
    if not continues(status, event):
        with pytest.raises(ValueError, match=rf"^event {event.id} does not sort last in its track or moves nothing: reduce"):
            evolve(status, event, evidence=evidence)
        return

    assert isinstance(event, MOVES)
    assert evolve(status, event, evidence=evidence) == reduce((*log, event), evidence=evidence)
    assert all(event.day >= day for day in days_taken)


@given(logs(), events(details=False), EVIDENCE)
def test_what_moves_the_machine_and_sorts_last_continues(log, event, evidence):
    taken = [entry.day for entry in read(log, evidence=evidence).moves]
    last = isinstance(event, MOVES) and event.day >= max(taken, default=date.min)

    assert continues(reduce(log, evidence=evidence), event) or not last


@given(logs(), EVIDENCE)
def test_a_snapshot_and_its_tail_equal_the_full_fold(log, evidence):
    """Through serialisation, at every place where the rest of the record continues it."""
    for place in range(len(log) + 1):
        status = _revived(reduce(log[:place], evidence=evidence))
        for event in log[place:]:
            if not continues(status, event):
                break
            status = _revived(evolve(status, event, evidence=evidence))
        else:
            assert status == reduce(log, evidence=evidence)


def _revived(status: Status) -> Status:
    return status_from_dict(json.loads(json.dumps(status_to_dict(status))))


# Duplicates.


@given(logs(), st.data(), CUTS, CUTS, EVIDENCE)
def test_duplicates_change_nothing(log, data, as_of, known_at, evidence):
    assume(log)
    question = {"as_of": as_of, "known_at": known_at, "evidence": evidence}
    place = data.draw(st.integers(0, len(log) - 1))
    again = data.draw(st.integers(place + 1, len(log)))
    doubled = (*log[:again], log[place], *log[again:])

    assert reduce(doubled, **question) == reduce(log, **question) == reduce((*log, *log), **question)


# Evidence.


@given(logs(), CUTS, CUTS, EVIDENCE)
def test_what_lies_below_the_evidence_never_changes_the_fold(log, as_of, known_at, evidence):
    """All that moves the machine but proposals: with or without it, the status is the same."""
    question = {"as_of": as_of, "known_at": known_at, "evidence": evidence}
    reading = read(log, **question)
    rest = [entry.event for entry in reading.entries if entry.fate is not Fate.BELOW_EVIDENCE]

    assert reduce(rest, **question) == reduce(log, **question)


@given(logs(), CUTS, EVIDENCE)
def test_a_leak_changes_nothing_until_an_answer_adopts_it(log, as_of, evidence):
    """But which leak is remembered."""
    reading = read(log, as_of=as_of, evidence=evidence)
    steps = list(walk(reading))
    adopted = {step.proposal.id for step in steps if step.adopted}
    idle = {entry.event.id for entry in reading.entries if entry.fate is Fate.REMEMBERED} - adopted
    for step in steps:
        if step.entry.fate is Fate.REMEMBERED:
            assert attrs.evolve(step.after, leak=step.before.leak) == step.before
            assert step.after.leak.event is step.event
    without = reduce([event for event in log if event.id not in idle], as_of=as_of, evidence=evidence)
    if not adopted:
        assert attrs.evolve(fold(reading), leak=None) == without


@given(logs(), CUTS, CUTS)
def test_more_evidence_never_counts_less(log, as_of, known_at):
    """What counts officially counts at every grade, what counts at a grade counts at a lower one, and all of it is reported."""
    counted = [
        {
            entry.event.id
            for entry in read(log, as_of=as_of, known_at=known_at, evidence=evidence).entries
            if entry.fate is Fate.COUNTED
        }
        for evidence in ("official", "A1", "B2", "C3", "E5", "reported")
    ]

    assert all(fewer <= more for fewer, more in itertools.pairwise(counted))


# Both axes of time.


@given(logs(), days() | INSTANTS, CUTS, EVIDENCE)
def test_as_of_never_looks_ahead(log, as_of, known_at, evidence):
    """What had not come by then may as well not be in the record; but a retraction counts whenever it is dated."""
    question = {"as_of": as_of, "known_at": known_at, "evidence": evidence}
    past = [event for event in log if isinstance(event, Retracted) or reference.has_come(reference.plain(event), as_of)]

    assert reduce(past, **question) == reduce(log, **question)
    assert reduce(past, known_at=known_at, evidence=evidence) == reduce(log, **question)


@given(logs(), CUTS, days() | INSTANTS, EVIDENCE)
def test_known_at_never_knows_ahead(log, as_of, known_at, evidence):
    """What had not been recorded by then, retractions among it, may as well not be in the record."""
    question = {"as_of": as_of, "evidence": evidence}
    known = [event for event in log if reference.is_known(reference.plain(event), known_at)]

    assert (
        reduce(known, known_at=known_at, **question) == reduce(log, known_at=known_at, **question) == reduce(known, **question)
    )


@given(logs(), EVIDENCE)
def test_the_far_end_of_time_cuts_nothing(log, evidence):
    assert reduce(log, as_of=date.max, known_at=date.max, evidence=evidence) == reduce(log, evidence=evidence)
    assert reduce(log, known_at=date.min, evidence=evidence) == Status()


@given(logs(), st.data(), EVIDENCE)
def test_a_late_event_equals_one_that_stood_last_on_its_day(log, data, evidence):
    """For dates exact to the day: a fact that is recorded late takes its place in history."""
    spoken_of = {getattr(event, verb, None) for event in log for verb in ("retracts", "confirms", "denies")}
    exact = [e for e in log if isinstance(e, MOVES) and e.occurred.is_exact and e.id not in spoken_of]
    assume(exact)
    event = data.draw(st.sampled_from(exact))
    others = [other for other in log if other is not event]
    place = max((index + 1 for index, other in enumerate(others) if other.day == event.day), default=0)
    in_time = [*others[:place], event, *others[place:]]

    assert reduce([*others, event], evidence=evidence) == reduce(in_time, evidence=evidence)


# Retractions.


@given(logs(), st.data(), CUTS, EVIDENCE)
def test_a_retraction_equals_never_having_had_it(log, data, as_of, evidence):
    """Whatever is retracted: a move, a note, a description, or another retraction."""
    assume(log)
    event = data.draw(st.sampled_from(log))
    later = date(2027, 1, 1)
    retraction = Retracted(track=TRACK, id="gone", occurred=later, retracts=str(event.id))
    without = [other for other in log if other is not event]

    assert reduce((*log, retraction), as_of=as_of, evidence=evidence) == reduce(without, as_of=as_of, evidence=evidence)


@given(logs(), st.data(), CUTS, CUTS, EVIDENCE)
def test_a_retracted_retraction_never_was(log, data, as_of, known_at, evidence):
    assume(log)
    event = data.draw(st.sampled_from(log))
    day = date(2025, 6, 1)
    once = Retracted(track=TRACK, id="gone", occurred=day, retracts=str(event.id))
    twice = Retracted(track=TRACK, id="back", occurred=day, retracts="gone")
    question = {"as_of": as_of, "known_at": known_at, "evidence": evidence}

    assert reduce((*log, once, twice), **question) == reduce(log, **question)


# Invariants of any status.


@given(logs(), CUTS, CUTS, EVIDENCE)
def test_a_status_is_consistent(log, as_of, known_at, evidence):
    """What a reader may rely on, whatever the record."""
    status = reduce(log, as_of=as_of, known_at=known_at, evidence=evidence)

    assert (status.since is None) == (status.phase is Phase.IDLE)
    assert (status.asked is not None) == bool(status.awaiting)
    assert (status.opener is None) == (status.open is None)
    assert status.open is None or status.phase not in (Phase.IDLE, Phase.HELD, Phase.CONCLUDED)
    assert status.phase is not Phase.PENDING or status.awaiting
    assert status.phase is not Phase.ACCEPTED or (status.accepted and not status.awaiting and not status.declined)
    assert status.phase is not Phase.DECLINED or status.declined
    assert (status.meeting is not None) == (status.phase is Phase.SCHEDULED)
    assert (status.stall is not None) == (status.phase is Phase.STALLED)
    assert (status.conclusion is not None) == (status.phase is Phase.CONCLUDED)
    assert len({proposal.by for proposal in status.table}) == len(status.table)
    assert all(proposal.by not in proposal.to and proposal.to for proposal in status.table)
    assert all({reply.party for reply in proposal.replies} <= set(proposal.to) for proposal in status.table)


def _answer(by: str, to: str | None, answer: Answer, day: date) -> Responded:
    return Responded(track=TRACK, id="answer", occurred=day, by=by, to=to, answer=answer, sources=says(by))
