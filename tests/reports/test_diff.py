"""What is different: on the axis of what happened, and in hindsight on the axis of what was known."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diplostate.errors import Invalid, TrackNotFound
from diplostate.ledger.memory import MemoryLedger
from diplostate.reports.diff import MOST_TRIED, Change, Diff, happened, hindsight
from diplostate.reports.diff_page import MOST_SPANS, data, view
from diplostate.reports.differences import FACTS, Difference, differences
from diplostate.reports.render import render
from diplostate.talks.events import Concluded, Described, Event, Held, Link, Noted, Party, Retracted, Scheduled, Stalled
from diplostate.talks.fold import reduce
from diplostate.talks.record import is_known
from diplostate.talks.status import Status
from diplostate.testing import strategies
from diplostate.testing.scenario import answered, proposed, rumour, says, told

A, B, M = "AAA", "BBB", "MED"
T = "a-track"
HEAD = Described(
    track=T,
    occurred="2025-04-01",
    title="Talks of A and B",
    parties=[Party(code=A, name="A-land"), Party(code=B), Party(code=M, role="mediator")],
)


def at(recorded: str, name: str, event: Event) -> Event:
    """The event with its name, recorded in the morning of that day."""
    return attrs.evolve(event, id=name, track=T, recorded=datetime.fromisoformat(f"{recorded}T09:00:00Z"))


HISTORY = (
    at("2025-04-01", "head", HEAD),
    at("2025-04-01", "offer", proposed("2025-04-01", A, B)),
    at("2025-04-08", "yes", answered("2025-04-07", B, "accepted")),
    at("2025-04-27", "rome", told(Scheduled, "2025-04-27", on="2025-05-03", venue="Rome")),
)
PUT_OFF = at("2025-05-04", "put-off", told(Stalled, "2025-05-01", reason="postponed", by=M, sources=says(M)))


@attrs.frozen
class Kept:
    """A ledger of one record, as far as reports ask."""

    record: Sequence[Event]

    def tracks(self) -> tuple[str, ...]:
        return (strategies.TRACK,)

    def events(self, track: str) -> Sequence[Event]:
        return self.record


def ledger(*events: Event) -> MemoryLedger:
    kept = MemoryLedger()
    kept.append(events, strict=False)
    return kept


def said(change: Change) -> dict[str, tuple[str, str]]:
    return {one.name: (one.before, one.after) for one in change.differences}


def names(change: Change) -> list[str | None]:
    return [cause.event.id for cause in change.causes]


# What happened.


def test_what_happened_is_told_with_the_events_that_moved_it():
    """The status before, the status after, and what lies between, each with its effect."""
    (change,) = happened(ledger(*HISTORY), start="2025-04-05", end="2025-04-30").changes

    assert (change.before.phase, change.after.phase) == ("PENDING", "SCHEDULED")
    assert names(change) == ["yes", "rome"]
    assert said(change)["status"] == ("Proposal pending official response", "Talks scheduled")
    assert said(change)["awaited"] == ("BBB", "nobody")
    assert said(change)["next meeting"][1].startswith("3\N{NO-BREAK SPACE}May")


def test_nothing_is_told_of_a_track_on_which_nothing_happened():
    """Also where something happened that does not count on the evidence asked for."""
    kept = ledger(*HISTORY, at("2025-04-29", "rumour", told(Stalled, "2025-04-29", sources=rumour())))

    assert happened(kept, start="2025-04-27", end="2025-04-30").changes == ()
    assert happened(kept, start="2025-04-27", end="2025-04-30", evidence="reported").changed == (T,)


def test_without_an_end_everything_since_is_told():
    """To this day; ``now`` says which."""
    (change,) = happened(ledger(*HISTORY), start="2025-04-07", now="2025-05-02").changes

    assert names(change) == ["rome"]
    assert "From 7 April 2025 to 2 May 2025" in render(view(happened(ledger(*HISTORY), start="2025-04-07", now="2025-05-02")))


def test_what_happened_can_be_asked_as_it_was_known():
    """What was recorded later is left out on both sides."""
    kept = ledger(*HISTORY, PUT_OFF)

    assert happened(kept, start="2025-04-28", end="2025-05-03", known_at="2025-05-03").changes == ()
    assert happened(kept, start="2025-04-28", end="2025-05-03", known_at="2025-05-04").changed == (T,)


# Hindsight.


def test_hindsight_tells_what_we_showed_what_we_know_and_because_of_what():
    """On 3 May we told the minister that talks are scheduled; they had been put off, which was recorded on 4 May."""
    change, *others = hindsight(ledger(*HISTORY, PUT_OFF), known_from="2025-05-03", known_to="2025-05-10").changes

    assert (change.before.phase, change.after.phase) == ("SCHEDULED", "STALLED")
    assert (change.since, change.later.as_of) == (date(2025, 5, 1), date(2025, 5, 3))
    assert names(change) == ["put-off"]
    assert others == []
    page = render(view(hindsight(ledger(*HISTORY, PUT_OFF), known_from="2025-05-03", known_to="2025-05-10")), width=100)
    for line in (
        "As shown on 3 May 2025, and as known on 10 May 2025, on official evidence: shown otherwise",
        "As of 1–3 May 2025",
        "We showed  Talks scheduled, since 27 April 2025",
        "We know    Talks stalled (postponed), since 1 May 2025",
        "next meeting: 3 May 2025, Rome → none",
        "Because    1 May 2025: Talks stalled: postponed, by MED",
        "Recorded on 4 May 2025, 09:00 UTC, 1 day after what we showed",
        "official, for MED: Press service",
    ):
        assert line in page


def test_what_was_recorded_late_but_happened_later_revises_nothing():
    """What we showed was right: it had not happened yet."""
    kept = ledger(*HISTORY, at("2025-05-21", "held", told(Held, "2025-05-20")))

    assert hindsight(kept, known_from="2025-05-03").changes == ()


@pytest.mark.parametrize(
    ("event", "before", "after"),
    [
        (Retracted(track=T, occurred="2025-05-06", retracts="rome"), "SCHEDULED", "ACCEPTED"),
        (Noted(track=T, occurred="2025-05-02", denies="rome", by=B, sources=says(B)), "SCHEDULED", "ACCEPTED"),
        (Noted(track=T, occurred="2025-05-02", confirms="leak", by=B, sources=says(B)), "SCHEDULED", "STALLED"),
        (Described(track=T, occurred="2025-04-28", title="Another title"), "SCHEDULED", "SCHEDULED"),
    ],
    ids=["retraction", "denial", "confirmation", "description"],
)
def test_whatever_revises_a_status_is_named(event, before, after):
    """A late retraction, denial, confirmation or description, with what it is about."""
    leak = at("2025-04-30", "leak", told(Stalled, "2025-04-29", by=B, sources=rumour()))
    kept = ledger(*HISTORY, leak, at("2025-05-06", "late", event))
    change = hindsight(kept, known_from="2025-05-03").changes[0]

    assert (change.before.phase, change.after.phase) == (before, after)
    assert names(change) == ["late"]
    about = change.causes[0].about
    assert (about and about.id) == (
        getattr(event, "retracts", None) or getattr(event, "denies", None) or getattr(event, "confirms", None)
    )
    if about is not None:
        assert "That event: " in render(view(hindsight(kept, known_from="2025-05-03")))


def test_a_retraction_revises_from_the_day_of_what_it_takes_out():
    """Every span of days has its own pair of statuses; the latest comes first."""
    kept = ledger(*HISTORY, at("2025-05-06", "undo", Retracted(track=T, occurred="2025-05-06", retracts="yes")))
    found = hindsight(kept, known_from="2025-05-03").changes

    assert [(change.since.isoformat(), str(change.later.as_of)) for change in found] == [
        ("2025-04-27", "2025-05-03"),
        ("2025-04-07", "2025-04-26"),
    ]
    assert [change.after.phase for change in found] == ["SCHEDULED", "PENDING"]


def test_only_those_events_are_blamed_without_which_the_status_would_be_the_same():
    """What was learned, and what has been overtaken since, is not the reason; nor what was recorded and taken back."""
    kept = ledger(
        *HISTORY,
        PUT_OFF,
        at("2025-05-05", "again", told(Stalled, "2025-05-01", reason="postponed", by=M, sources=says(M))),
        at("2025-05-06", "wrong", told(Held, "2025-05-02")),
        at("2025-05-07", "undo", Retracted(track=T, occurred="2025-05-07", retracts="wrong")),
    )
    (change,) = hindsight(kept, known_from="2025-05-03", as_of="2025-05-03").changes

    assert names(change) == ["again"], "the last word is the status; the first stall adds nothing to it"


def test_hindsight_can_ask_for_one_day():
    """Also for one that was still ahead."""
    kept = ledger(*HISTORY, PUT_OFF, at("2025-05-21", "held", told(Held, "2025-05-20")))
    (change,) = hindsight(kept, known_from="2025-05-03", as_of="2025-05-20").changes

    assert (change.before.phase, change.after.phase) == ("SCHEDULED", "HELD")
    assert "As of 20 May 2025, as shown on 3 May 2025, and as known on" in render(
        view(hindsight(kept, known_from="2025-05-03", as_of="2025-05-20"))
    )


def test_hindsight_knows_the_hour():
    """What was recorded in the morning was known at noon."""
    kept = ledger(*HISTORY, PUT_OFF)

    assert hindsight(kept, known_from="2025-05-04T08:00Z", known_to="2025-05-04T12:00Z").changed == (T,)
    assert hindsight(kept, known_from="2025-05-04T10:00Z", known_to="2025-05-04T12:00Z").changes == ()


def test_of_a_record_that_came_in_at_once_all_that_is_in_force_is_told():
    """Nobody waits for thousands of trials to find the smallest reason."""
    many = [at("2025-05-04", f"e{number}", told(Held, "2025-05-01")) for number in range(MOST_TRIED + 1)]
    gone = at("2025-05-04", "gone", Retracted(track=T, occurred="2025-05-04", retracts="e0"))
    change = hindsight(ledger(*HISTORY, *many, gone), known_from="2025-05-03").changes[0]

    assert names(change) == [*(f"e{number}" for number in range(1, MOST_TRIED + 1)), "gone"]


# What is asked.


def test_all_tracks_are_looked_at_where_none_is_named():
    """And only those that differ are told."""
    other = attrs.evolve(
        told(Held, "2025-04-20"), track="other", id="x", recorded=datetime.fromisoformat("2025-04-20T09:00:00Z")
    )
    kept = ledger(*HISTORY, other)
    found = happened(kept, start="2025-04-25", end="2025-04-30")

    assert (found.tracks, found.changed) == ((T, "other"), (T,))
    assert "1 of 2 tracks moved" in render(view(found))
    assert happened(kept, ["other"], start="2025-04-25", end="2025-04-30").changes == ()


def test_a_track_that_is_not_there_is_refused():
    """As everywhere."""
    for ask in (partial(happened, start="2025-04-25"), partial(hindsight, known_from="2025-04-25")):
        with pytest.raises(TrackNotFound):
            ask(ledger(*HISTORY), ["nowhere"])


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (partial(happened, start="2025-05-02", end="2025-05-01"), "--from 2025-05-02 is after --to 2025-05-01: swap them"),
        (
            partial(hindsight, known_from="2025-05-02T10:00Z", known_to="2025-05-02T09:00Z"),
            "--known-from 2025-05-02T10:00:00Z is after --known-to 2025-05-02T09:00:00Z: swap them",
        ),
        (
            partial(hindsight, known_from="2025-05-02T10:00Z", known_to="2025-05-01"),
            "--known-from 2025-05-02T10:00:00Z is after --known-to 2025-05-01: swap them",
        ),
    ],
)
def test_what_ends_before_it_begins_is_refused(ask, message):
    """With what to do."""
    with pytest.raises(Invalid) as refused:
        ask(ledger(*HISTORY))

    assert str(refused.value) == message


# Its shapes.


def test_tracks_that_were_only_described_or_noted_stand_behind_the_others():
    """Talks did not move there."""
    noted = Noted(track="quiet", occurred="2025-04-28", text="A remark", id="n")
    kept = ledger(*HISTORY, attrs.evolve(noted, recorded=datetime.fromisoformat("2025-04-28T09:00:00Z")))
    page = render(view(happened(kept, start="2025-04-25", end="2025-04-30")))

    assert "1 of 2 tracks moved" in page
    assert page.index("Only described or noted") > page.index("Talks of A and B (a-track)")
    assert "quiet  latest note: – → 28 April 2025" in page


def test_earlier_days_are_told_in_brief():
    """What was shown at the time comes first, in full; a reason is told where it first matters."""
    kept = ledger(
        *HISTORY,
        at("2025-05-04", "put-off", told(Stalled, "2025-05-01", reason="postponed", by=M, sources=says(M))),
        at("2025-05-06", "undo", Retracted(track=T, occurred="2025-05-06", retracts="rome")),
    )
    page = render(view(hindsight(kept, known_from="2025-05-03", known_to="2025-05-10")), width=100)
    first, earlier = page.split("Earlier days")

    assert "As of 1–3 May 2025" in first
    assert "put-off" in first
    assert "undo" not in first, "the stall would stand without it"
    assert "27–30 April 2025  Talks scheduled → proposal accepted, date not set" in earlier
    assert "because 6 May 2025: Event rome was retracted (recorded on 6 May 2025, 09:00 UTC;" in earlier


def test_of_very_many_earlier_days_the_latest_are_told():
    """The data tell all."""
    first = date(2025, 4, 2)
    rounds = [at("2025-04-30", f"r{day}", told(Held, first + timedelta(days=day))) for day in range(MOST_SPANS + 5)]
    kept = ledger(*rounds, at("2025-06-01", "late", told(Held, "2025-04-01")))
    found = hindsight(kept, known_from="2025-05-01")

    assert len(found.changes) == MOST_SPANS + 6
    assert "rounds held: 2 → 3" not in render(view(found))
    assert "and 5 earlier spans of days" in render(view(found))
    assert len(data(found)["changes"]) == MOST_SPANS + 6


def test_the_rows_tell_each_difference():
    """One for each thing that is said differently, with the ids of the events."""
    found = hindsight(ledger(*HISTORY, PUT_OFF), known_from="2025-05-03", known_to="2025-05-10")
    rows = list(csv.DictReader(io.StringIO(render(view(found), "csv"))))

    assert {row["what"] for row in rows} >= {"status", "since", "next meeting", "stalled", "latest event"}
    assert {(row["track"], row["since"], row["until"], row["because"]) for row in rows} == {
        (T, "2025-05-01", "2025-05-03", "put-off")
    }
    assert "talks scheduled  talks stalled (postponed)  Talks stalled: postponed, by MED" in render(view(found), "table")


def test_the_data_hold_both_statuses_and_every_reason():
    """In an envelope that names both cuts."""
    kept = ledger(*HISTORY, PUT_OFF)
    told = json.loads(render(view(hindsight(kept, known_from="2025-05-03", known_to="2025-05-10")), "json"))
    (change,) = told["changes"]

    assert (told["schema"], told["axis"]) == ("diplostate.diff/1", "known")
    assert told["from"] == {"as_of": None, "known_at": "2025-05-03"}
    assert told["to"] == {"as_of": None, "known_at": "2025-05-10"}
    assert (change["before"]["phase"], change["after"]["phase"]) == ("SCHEDULED", "STALLED")
    assert [(cause["event"]["id"], cause["known"]) for cause in change["because"]] == [("put-off", "2025-05-04T09:00:00Z")]
    assert {"what": "awaited", "before": "nobody", "after": "nobody"} not in change["differences"]
    assert data(happened(kept, start="2025-04-05", end="2025-04-06"))["changes"] == []


def test_no_difference_is_said_too():
    """A page without tracks says that it has looked."""
    kept = ledger(*HISTORY)

    assert render(view(happened(kept, start="2025-04-05", end="2025-04-06"))) == (
        "From 5 April 2025 to 6 April 2025, on official evidence: not moved\n"
    )
    assert render(view(Diff(earlier=_asked(), later=_asked(), axis="known", tracks=("a", "b"), changes=()))).endswith(
        "none of 2 tracks shown otherwise\n"
    )


def _asked():
    return happened(ledger(*HISTORY), start="2025-04-05", end="2025-04-06").later


# Proof.

cuts = st.none() | strategies.days()
records = strategies.logs(max_size=10)
evidences = st.sampled_from(["official", "reported", "B2"])


instants = st.builds(lambda day, hour: datetime.combine(day, time(hour), tzinfo=UTC), strategies.days(), st.integers(0, 23))


@given(records, strategies.days(), strategies.days(), instants)
def test_hindsight_of_one_moment_tells_whether_it_was_shown_otherwise(record, one, other, as_of):
    """Also of an hour."""
    start, end = sorted((one, other))
    found = hindsight(Kept(record), known_from=start, known_to=end, as_of=as_of).changes
    before, after = (reduce(record, as_of=as_of, known_at=known) for known in (start, end))

    assert bool(found) == (before != after)
    assert all((change.before, change.after) == (before, after) for change in found)


@given(records, cuts, cuts, cuts, cuts, evidences)
def test_nothing_is_said_only_where_statuses_are_equal(record, as_of, known_at, other_day, other_known, evidence):
    """Whatever differs in two statuses, something is said that differs."""
    before = reduce(record, as_of=as_of, known_at=known_at, evidence=evidence)
    after = reduce(record, as_of=other_day, known_at=other_known, evidence=evidence)
    found = differences(before, after, strategies.FIRST_DAY, strategies.FIRST_DAY)

    assert (found == ()) == (before == after)
    assert all(one.before != one.after for one in found)


def test_statuses_that_say_the_same_by_other_events_differ():
    """A correction that corrects nothing."""
    before = reduce([at("2025-04-01", "one", told(Held, "2025-04-01"))])
    after = reduce([at("2025-04-01", "two", told(Held, "2025-04-01"))])

    assert differences(before, after, date(2025, 4, 1), date(2025, 4, 1)) == (
        Difference("told by", "event one", "event two: the same, by other events or sources"),
    )


def test_every_field_of_a_status_is_told():
    """Each alone makes a difference of its own name."""
    blank, link = Status(), Link("prepares", "another")
    leak = reduce([proposed("2025-04-01", A, B, sources=rumour())])
    full = reduce([*HISTORY, at("2025-04-28", "other", proposed("2025-04-28", B, A, sources=says(B)))])
    anomalous = reduce([answered("2025-04-01", B, "accepted")])
    denied = reduce([*HISTORY, at("2025-04-29", "no", Noted(track=T, occurred="2025-04-29", denies="rome"))])
    closed = reduce([*HISTORY, PUT_OFF, at("2025-05-05", "held", told(Held, "2025-05-05"))])
    linked = reduce([Described(track=T, occurred="2025-04-01", links=[link])])
    found = {
        one.name
        for status in (leak, full, anomalous, denied, closed, linked, reduce([*HISTORY, PUT_OFF]), _concluded(), _declined())
        for one in differences(blank, status, date(2025, 5, 5), date(2025, 5, 5))
    }

    assert found == FACTS.keys()


def _concluded() -> Status:
    return reduce([told(Concluded, "2025-04-01", outcome="agreement")])


def _declined() -> Status:
    return reduce([proposed("2025-04-01", A, B), answered("2025-04-02", B, "declined")])


@given(records, strategies.days(), strategies.days(), evidences)
def test_a_change_is_told_exactly_where_something_happened(record, one, other, evidence):
    """And with at least one event that came into force between the two days."""
    start, end = sorted((one, other))
    found = happened(Kept(record), start=start, end=end, evidence=evidence).changes
    before, after = (reduce(record, as_of=day, evidence=evidence) for day in (start, end))

    assert bool(found) == (before != after)
    for change in found:
        assert (change.before, change.after) == (before, after)
        assert any(start < cause.told.entry.day for cause in change.causes), "and what it confirms may be older"
        assert all(cause.told.entry.day <= end for cause in change.causes)


@given(records, strategies.days(), strategies.days(), evidences)
def test_hindsight_tells_every_day_that_was_shown_otherwise(record, one, other, evidence):
    """Exactly those days up to the day of showing on which the two statuses differ, with both of them."""
    start, end = sorted((one, other))
    found = hindsight(Kept(record), known_from=start, known_to=end, evidence=evidence).changes
    first = min((event.day for event in record), default=start)
    day = max(min(first, start), strategies.FIRST_DAY - timedelta(days=9))
    while day <= start:
        before, after = (reduce(record, as_of=day, known_at=known, evidence=evidence) for known in (start, end))
        covering = [change for change in found if change.since <= day <= change.later.as_of]

        assert len(covering) == (before != after)
        assert all((change.before, change.after) == (before, after) for change in covering)
        day += timedelta(days=1)


@given(records, strategies.days(), strategies.days(), evidences, st.none() | strategies.days() | instants)
def test_the_events_told_are_enough_and_none_is_too_many(record, one, other, evidence, as_of):
    """What was known then, and they: that is the status of now; without any one of them it is another."""
    start, end = sorted((one, other))
    for change in hindsight(Kept(record), known_from=start, known_to=end, evidence=evidence, as_of=as_of).changes:
        reduced = partial(reduce, as_of=change.later.as_of, known_at=end, evidence=evidence)
        causes = [cause.event for cause in change.causes]

        assert reduced(_with(record, causes, start)) == change.after
        for left_out in causes:
            rest = [event for event in causes if event is not left_out]
            assert reduced(_with(record, rest, start)) != change.after


def _with(record: Sequence[Event], chosen: Sequence[Event], known: date) -> list[Event]:
    """What was known at the end of a day, and some of what was not."""
    return [event for event in record if is_known(event, known) or any(event is one for one in chosen)]


@given(records, strategies.days(), strategies.days(), evidences)
def test_every_shape_is_rendered_for_every_record(record, one, other, evidence):
    """Never a fault, whatever the record holds."""
    start, end = sorted((one, other))
    for found in (
        happened(Kept(record), start=start, end=end, evidence=evidence),
        hindsight(Kept(record), known_from=start, known_to=end, evidence=evidence),
    ):
        assert all(render(view(found), name).endswith("\n") for name in view(found).formats)
