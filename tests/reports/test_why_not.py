"""Why not: the nearest events that would bring a track to a phase, and the proof that none are nearer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from diplostate.errors import Invalid
from diplostate.ledger.memory import MemoryLedger
from diplostate.reports.question import Question
from diplostate.reports.render import NoSuchFormat, render
from diplostate.reports.why_not import LONGEST, STRANGERS, WhyNot, phase_of, steps_to, why_not, why_not_of
from diplostate.reports.why_not_page import data, says, verdict, view
from diplostate.talks.events import Concluded, Described, Event, Held, Noted, Party, Scheduled, Stalled
from diplostate.talks.fold import evolve, reduce
from diplostate.talks.machine import TALKS, Phase
from diplostate.talks.status import Status
from diplostate.talks.words import Answer, StallReason
from diplostate.testing import strategies
from diplostate.testing.scenario import TRACK, answered, proposed, rumour, told
from diplostate.testing.scenario import says as said
from diplostate.testing.strategies import placed

A, B, C, M = "AAA", "BBB", "CCC", "MED"
DAY = date(2025, 7, 1)
LATER = date(2031, 1, 1)
"""Behind every day of generated records, which may say ``202X``."""
TWO = Described(track=TRACK, occurred=DAY, parties=[Party(code=A), Party(code=B), Party(code=M, role="mediator")])
THREE = Described(track=TRACK, occurred=DAY, parties=[Party(code=A), Party(code=B), Party(code=C)])


def ask(phase: Phase, *record: Event, **question: object) -> WhyNot:
    return why_not_of(TRACK, placed(record), phase, Question.of(**({"now": LATER} | question)))


def told_ways(found: WhyNot) -> list[list[str]]:
    """Each way as the clauses that people read."""
    return [[says(event, str) for event in way.events] for way in found.ways]


# Examples.


def test_a_pending_proposal_lacks_the_answer_of_the_awaited():
    """One event, by the one who owes it, with the rule that applies."""
    found = ask(Phase.ACCEPTED, TWO, proposed(DAY, A, B))
    (way,) = found.ways
    (step,) = way.steps

    assert told_ways(found) == [["BBB accepts the proposal of AAA"]]
    assert (step.row.rule, step.after.phase) == ("an answer to the open proposal counts", Phase.ACCEPTED)
    assert (found.distance, found.is_there, way.others) == (1, False, ())


def test_every_addressee_has_to_accept():
    """Two are awaited: both have to act, and in which order does not matter; or a proposal to one of them does."""
    found = ask(Phase.ACCEPTED, THREE, proposed(DAY, A, B, C))

    assert found.distance == 2
    assert told_ways(found)[0] == ["BBB accepts the proposal of AAA", "CCC accepts the proposal of AAA"]
    assert ["CCC accepts the proposal of AAA", "BBB accepts the proposal of AAA"] not in told_ways(found)
    assert found.ways[0].others == ()


def test_the_same_by_others_is_told_with_it():
    """Anybody may propose, mediators too: that is one way, not three."""
    found = ask(Phase.PENDING, TWO)

    assert told_ways(found) == [["AAA makes a proposal to BBB"]]
    assert [[says(event, str) for event in other] for other in found.ways[0].others] == [
        ["BBB makes a proposal to AAA"],
        ["MED makes a proposal to AAA and BBB"],
    ]


def test_a_meeting_that_is_set_has_to_go_first():
    """In SCHEDULED no answer decides anything."""
    found = ask(Phase.DECLINED, TWO, proposed(DAY, A, B), told(Scheduled, DAY))

    assert found.distance == 2
    assert ["the talks stall", "BBB declines the proposal of AAA"] in told_ways(found)
    assert {way.steps[0].event.kind for way in found.ways} <= {"held", "stalled"}


def test_a_track_that_is_there_needs_nothing():
    """And says since when."""
    found = ask(Phase.PENDING, TWO, proposed(DAY, A, B))

    assert (found.is_there, found.distance, found.ways) == (True, 0, ())
    assert "It is there already: proposal pending official response, since 1 July 2025" in render(view(found))


def test_nothing_leads_back_to_idle():
    """What has happened cannot be undone by what happens next."""
    found = ask(Phase.IDLE, TWO, proposed(DAY, A, B))

    assert (found.distance, found.ways, found.statements) == (None, (), ())
    assert verdict(found) == "No event leads back to IDLE (no talks proposed)"


def test_where_nobody_is_known_strangers_act():
    """A track without parties still has a next event."""
    (way,) = ask(Phase.ACCEPTED).ways

    assert [event.by for event in way.events] == list(STRANGERS)


def test_a_leak_can_be_answered():
    """An official answer adopts it: one event, where an official proposal and its answer would be two."""
    found = ask(Phase.DECLINED, TWO, proposed(DAY, A, B, sources=rumour()))

    assert told_ways(found) == [["BBB declines the proposal of AAA"]]
    assert found.ways[0].steps[0].adopted


def test_a_leak_behind_an_older_proposal_is_answered_without_a_name():
    """Naming the proposer would mean what lies on the table; that one is declined already."""
    record = (
        THREE,
        proposed(DAY, A, B, C),
        answered(DAY, C, "declined"),
        told(Held, DAY),
        proposed(DAY, A, B, sources=rumour()),
    )
    found = ask(Phase.ACCEPTED, *record)

    assert told_ways(found) == [["BBB accepts what has leaked of a proposal"]]


def test_when_the_track_was_in_the_phase_before_is_told():
    """With the event that took it out."""
    found = ask(Phase.ACCEPTED, TWO, proposed(DAY, A, B), answered(DAY, B, "accepted"), told(Stalled, DAY, reason="suspended"))

    assert found.left.event.kind == "stalled"
    assert "ACCEPTED until 1 July 2025: Talks stalled: suspended" in render(view(found))


# One official word.


def test_what_was_only_reported_needs_a_confirmation():
    """The answer is on record, but nobody has said so officially: that party could."""
    found = ask(Phase.ACCEPTED, TWO, proposed(DAY, A, B), answered(DAY, B, "accepted", sources=rumour()))
    (statement,) = found.statements

    assert (statement.note.confirms, statement.speakers, statement.after.phase) == ("e3", (B,), Phase.ACCEPTED)
    assert "it does not count: no official source" in render(view(found), width=100)


def test_a_denial_can_bring_back_what_was():
    """One side announced talks: the other could deny it."""
    found = ask(Phase.PENDING, TWO, proposed(DAY, A, B), told(Scheduled, DAY, sources=said(A)))
    (statement,) = found.statements

    assert (statement.note.denies, statement.speakers) == ("e3", (B,))
    assert found.distance == 2, "without such a word, it takes two events"


def test_a_denial_is_all_that_leads_back_to_idle():
    """No event does, and so it is told."""
    found = ask(Phase.IDLE, TWO, told(Scheduled, DAY, sources=said(A)))

    assert found.ways == ()
    assert [statement.note.denies for statement in found.statements] == ["e2"]
    assert verdict(found).endswith("only a word on what is on record already does")


@pytest.mark.parametrize(
    "cuts",
    [{}, {"as_of": DAY}, {"known_at": DAY}, {"as_of": LATER, "known_at": DAY}, {"as_of": DAY, "known_at": LATER},
     {"known_at": f"{DAY}T23:59:59Z"}],
)  # fmt: skip
def test_a_word_would_be_said_within_the_cuts(cuts):
    """What is asked about the past is answered for the past."""
    found = ask(Phase.ACCEPTED, TWO, proposed(DAY, A, B), answered(DAY, B, "accepted", sources=rumour()), **cuts)

    assert len(found.statements) == 1


def test_on_all_reports_anybody_can_tell_it():
    """Then nothing needs a confirmation, and no way an official source."""
    record = (TWO, proposed(DAY, A, B), answered(DAY, B, "accepted", sources=rumour()))
    found = ask(Phase.DECLINED, *record, evidence="reported")

    assert found.status.phase is Phase.ACCEPTED
    assert data(found)["ways"][0]["steps"][0]["who"] == "BBB, as told by anybody"
    assert found.statements == ()


# The command's twin, and the shapes.


def test_a_ledger_is_asked_by_the_name_of_the_phase_in_any_case():
    """A word that is no phase is refused with the nearest."""
    ledger = MemoryLedger()
    ledger.append([TWO, proposed(DAY, A, B)])

    assert why_not(ledger, TRACK, "accepted").distance == 1
    with pytest.raises(Invalid, match=r"'acepted' is none of IDLE, .*; did you mean 'ACCEPTED'\?"):
        phase_of("acepted")


def test_the_page_says_what_would_have_to_happen_who_and_why():
    """A step: the event, who acts, the rule, and where the talks stand then."""
    page = render(view(ask(Phase.SCHEDULED, TWO, proposed(DAY, A, B))), "plain")

    assert "To SCHEDULED (talks scheduled): one event away" in page
    assert "A meeting is set" in page
    assert "Who: any official source can tell it" in page
    assert "Rule: PENDING, scheduled → SCHEDULED: a meeting is set" in page
    assert "Then: talks scheduled" in page


def test_the_data_can_be_recorded_once_it_has_happened():
    """Each event comes in its wire form, without date and sources: those have to be told."""
    told = json.loads(render(view(ask(Phase.ACCEPTED, TWO, proposed(DAY, A, B))), "json"))
    (step,) = told["ways"][0]["steps"]

    assert told["schema"] == "diplostate.why-not/1"
    assert step["event"] == {"kind": "responded", "by": B, "to": A, "answer": "accepted"}
    assert (told["phase"], told["distance"], step["after"]["phase"]) == ("ACCEPTED", 1, "ACCEPTED")
    assert step["row"]["match"] == "into the open one"


def test_many_others_are_counted_on_the_page_and_listed_in_the_data():
    """A page is to be read."""
    parties = [Party(code=f"P{number:02}") for number in range(12)]
    found = ask(Phase.PENDING, Described(track=TRACK, occurred=DAY, parties=parties))

    assert "and 5 more like it" in render(view(found))
    assert len(data(found)["ways"][0]["others"]) == 11


def test_a_table_is_refused():
    """There is none."""
    with pytest.raises(NoSuchFormat):
        render(view(ask(Phase.ACCEPTED)), "table")


# Proof.


def alphabet(codes: Sequence[str], day: date) -> list[Event]:
    """Everything that could happen among these parties, whether it makes sense or not."""
    found: list[Event] = []
    for by in codes:
        others = [code for code in codes if code != by]
        sets = [to for size in {1, 2, len(others)} for to in combinations(others, size)]
        found += [proposed(day, by, *to) for to in sets]
        found += [answered(day, by, answer, to=to) for answer in Answer for to in (None, *others)]
        found.append(told(Scheduled, day, sources=said(by)))
        found.append(told(Stalled, day, by=by, reason=StallReason.WITHDRAWN, sources=said(by)))
    return [*found, *(told(kind, day) for kind in (Scheduled, Held, Stalled, Concluded))]


def reached(status: Status, events: Sequence[Event], length: int, evidence: str) -> Iterator[tuple[tuple[Event, ...], Status]]:
    """Every sequence of this length, with where it leads."""
    if length == 0:
        yield (), status
        return
    for event in events:
        after = evolve(status, event, evidence=evidence)
        if len(after.anomalies) == len(status.anomalies):
            yield from (((event, *rest), end) for rest, end in reached(after, events, length - 1, evidence))


records = strategies.logs(max_size=8)
phases = st.sampled_from(Phase)
evidences = st.sampled_from(["official", "reported", "B2"])


def parties_of(record: Sequence[Event]) -> list[str]:
    """Those whom the events name, at most three, and never fewer than two."""
    named = {code for event in record for code in (getattr(event, "by", None), *(getattr(event, "to", None) or ()))}
    return sorted(code for code in named if code in strategies.CODES)[:3] or [A, B]


@given(records, phases, evidences)
def test_the_events_really_lead_there(record, phase, evidence):
    """Appended to the record, they bring the track to the phase, without an anomaly; and none of them can be left out."""
    found = why_not_of(strategies.TRACK, record, phase, Question.of(now=LATER, evidence=evidence))
    anomalies = len(found.status.anomalies)
    for events in (sequence for way in found.ways for sequence in (way.events, *way.others)):
        status = reduce([*record, *placed(events, behind=len(record))], evidence=evidence)

        assert status.phase is phase
        assert len(status.anomalies) == anomalies
        for left_out in range(len(events)):
            rest = [event for place, event in enumerate(events) if place != left_out]
            assert reduce([*record, *placed(rest, behind=len(record))], evidence=evidence).phase is not phase


@given(records, phases, evidences)
def test_the_steps_are_those_of_the_fold(record, phase, evidence):
    """Each step goes on where the one before it ended, from the present status to the phase."""
    found = why_not_of(strategies.TRACK, record, phase, Question.of(now=LATER, evidence=evidence))
    for way in found.ways:
        assert way.steps[0].before == found.status
        assert all(one.after == other.before for one, other in zip(way.steps, way.steps[1:], strict=False))
        assert way.steps[-1].after.phase is phase


@given(records, phases, evidences)
def test_no_shorter_sequence_leads_there(record, phase, evidence):
    """An exhaustive look at all shorter sequences finds none."""
    found = why_not_of(strategies.TRACK, record, phase, Question.of(now=LATER, evidence=evidence))
    assume(found.distance)
    events = alphabet(parties_of(record), LATER)

    for length in range(found.distance):
        assert all(end.phase is not phase for _, end in reached(found.status, events, length, evidence))


@given(records, phases, evidences)
def test_no_way_of_the_same_length_is_forgotten(record, phase, evidence):
    """Whatever an exhaustive look finds is told, in one order or another."""
    found = why_not_of(strategies.TRACK, record, phase, Question.of(now=LATER, evidence=evidence))
    assume(found.distance in (1, 2) and not found.more)
    events = alphabet(parties_of(record)[:2], LATER)
    paths = {
        tuple(sorted(event.symbol for event in sequence))
        for sequence, end in reached(found.status, events, found.distance, evidence)
        if end.phase is phase
    }

    assert paths <= {tuple(sorted(event.symbol for event in way.events)) for way in found.ways}


@given(records, phases, evidences)
def test_a_way_is_found_wherever_the_table_knows_one(record, phase, evidence):
    """Nothing leads back to IDLE; everything else can be reached, in a few events."""
    found = why_not_of(strategies.TRACK, record, phase, Question.of(now=LATER, evidence=evidence))

    assert (found.distance is not None) == (phase in TALKS.reachable(found.status.phase) or found.is_there)
    assert (found.distance or 0) < LONGEST


@given(records, phases)
def test_a_word_really_leads_there(record, phase):
    """Each statement, appended to the record, brings the track to the phase."""
    for statement in why_not_of(strategies.TRACK, record, phase, Question.of(now=LATER)).statements:
        for by in statement.speakers:
            note = attrs.evolve(statement.note, by=by, sources=said(by), id="word")
            assert reduce([*record, note]).phase is phase
            assert isinstance(note, Noted)


@given(records, phases, evidences)
def test_every_shape_is_rendered_for_every_record(record, phase, evidence):
    """Never a fault, whatever the record holds."""
    found = why_not_of(strategies.TRACK, record, phase, Question.of(now=LATER, evidence=evidence))
    assert all(render(view(found), name).endswith("\n") for name in view(found).formats)


def test_the_table_says_how_many_symbols_it_takes_at_least():
    """Hand-counted: a verdict is one answer away, but not from a meeting that is set."""
    assert steps_to(Phase.ACCEPTED) == {phase: 2 if phase is Phase.SCHEDULED else 1 for phase in Phase} | {Phase.ACCEPTED: 0}
    assert steps_to(Phase.IDLE) == {Phase.IDLE: 0}
    assert set(steps_to(Phase.HELD).values()) == {0, 1}
