"""Reading a record: which events count, on which day, on what standing, on which evidence, in which order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import attrs
import pytest

from diplostate.errors import Invalid, InvalidDate, InvalidEvent
from diplostate.talks.events import (
    Concluded,
    Described,
    Event,
    Held,
    Link,
    Noted,
    Party,
    Proposed,
    Responded,
    Retracted,
    Scheduled,
    Stalled,
)
from diplostate.talks.fold import reduce
from diplostate.talks.record import Description, Entry, Fate, read
from diplostate.talks.sources import Source, Standing
from diplostate.testing.scenario import answered, given, proposed, rumour, says, told

CAST = told(
    Described,
    "2025-06-01",
    id="cast",
    title="A track",
    parties=(
        Party(code="AAA", name="Alpha"),
        Party(code="BBB"),
        Party(code="MED", role="mediator"),
        Party(code="HOS", role="host"),
        Party(code="GUA", role="guarantor"),
        Party(code="OBS", role="observer"),
    ),
    sources=(),
)


def entries(*events: Event, **question: object) -> dict[str | None, Entry]:
    """How a record is read: every event's entry by its id."""
    return {entry.event.id: entry for entry in read(given(*events).events, **question).entries}


def standing(event: Event, *later: Event) -> Standing:
    """The standing of an event called ``it`` among the declared parties."""
    return entries(CAST, attrs.evolve(event, id="it"), *later)["it"].standing


# Standing.

SPEAKERS = ("AAA", "BBB", "MED", "HOS", "GUA", "OBS", "ZZZ", None)
TOLD = {
    "proposed": proposed("2025-07-01", "AAA", "BBB"),
    "responded": answered("2025-07-01", "AAA", "accepted"),
    "stalled by a party": told(Stalled, "2025-07-01", by="AAA"),
    "stalled": told(Stalled, "2025-07-01"),
    "scheduled": told(Scheduled, "2025-07-01"),
    "held": told(Held, "2025-07-01"),
    "concluded": told(Concluded, "2025-07-01"),
}
LENDS_STANDING = {
    "proposed": {"AAA", "MED", "HOS", None},
    "responded": {"AAA"},
    "stalled by a party": {"AAA", "MED", "HOS", None},
    "stalled": set(SPEAKERS),
    "scheduled": set(SPEAKERS),
    "held": set(SPEAKERS),
    "concluded": set(SPEAKERS),
}


@pytest.mark.parametrize("speaker", SPEAKERS)
@pytest.mark.parametrize("what", TOLD)
def test_who_makes_an_event_official(what, speaker):
    """Every kind, and whoever speaks for it: AAA is the party whose word it is."""
    official = speaker in LENDS_STANDING[what]

    assert standing(attrs.evolve(TOLD[what], sources=says(speaker))) == ("official" if official else "reported")


@pytest.mark.parametrize("attribution", ["state_media", "media", "anonymous", "inferred"])
@pytest.mark.parametrize("what", TOLD)
def test_only_an_official_source_makes_an_event_official(what, attribution):
    """Even where it says that it speaks for the right party, and has the best of grades."""
    source = Source(attribution=attribution, outlet="A paper", speaks_for="AAA", reliability="A", credibility=1)

    assert standing(attrs.evolve(TOLD[what], sources=(source,))) == "reported"


@pytest.mark.parametrize("what", TOLD)
def test_one_official_source_among_others_is_enough(what):
    assert standing(attrs.evolve(TOLD[what], sources=(*rumour(), *says("BBB"), *says("AAA")))) == "official"


def test_a_government_saying_that_they_agreed_is_not_the_official_answer_of_the_other_side():
    """An official response comes from the party that owes it."""
    given(proposed("2025-07-01", "AAA", "BBB"), answered("2025-07-02", "BBB", "accepted", sources=says("AAA"))).then(
        phase="PENDING", awaiting=("BBB",)
    ).when(evidence="reported").then(phase="ACCEPTED")


@pytest.mark.parametrize("speaker", ["MED", "HOS"])
def test_even_a_mediator_cannot_answer_for_a_party(speaker):
    assert standing(attrs.evolve(TOLD["responded"], sources=says(speaker))) == "reported"


def test_a_role_counts_as_it_was_described_last():
    first = given(attrs.evolve(TOLD["proposed"], id="it", sources=says("TUR")), CAST)
    named = told(Described, "2025-07-09", parties=(Party(code="TUR", role="host"),), sources=())

    assert entries(*first.events)["it"].standing == "reported"
    assert entries(*first.events, named)["it"].standing == "official"
    assert entries(*first.events, named, as_of="2025-07-08")["it"].standing == "reported"


# Confirmations.


def confirms(day: str = "2025-07-05", **fields: object) -> Noted:
    return told(Noted, day, confirms="it", **fields)


@pytest.mark.parametrize("speaker", SPEAKERS)
@pytest.mark.parametrize("what", TOLD)
def test_a_confirmation_adds_its_sources_to_the_event(what, speaker):
    """The same sources, the same standing, whether the event came with them or they were added later."""
    reported = attrs.evolve(TOLD[what], sources=rumour())
    official = speaker in LENDS_STANDING[what]

    assert standing(reported, confirms(sources=says(speaker))) == ("official" if official else "reported")


@pytest.mark.parametrize("speaker", [code for code in SPEAKERS if code])
@pytest.mark.parametrize("what", TOLD)
def test_a_source_that_does_not_say_for_whom_it_speaks_speaks_for_the_notes_by(what, speaker):
    reported = attrs.evolve(TOLD[what], sources=rumour())
    official = speaker in LENDS_STANDING[what]

    assert standing(reported, confirms(by=speaker, sources=says())) == ("official" if official else "reported")


def test_what_a_source_says_goes_before_the_by_of_its_note():
    reported = attrs.evolve(TOLD["responded"], sources=rumour())

    assert standing(reported, confirms(by="AAA", sources=says("BBB"))) == "reported"
    assert standing(reported, confirms(by="BBB", sources=says("AAA"))) == "official"


def test_any_of_several_confirmations_is_enough():
    reported = attrs.evolve(TOLD["responded"], sources=rumour())
    by_it, by_another = confirms(by="AAA"), confirms(by="BBB")

    assert standing(reported, by_it, by_another) == standing(reported, by_another, by_it) == "official"
    assert standing(reported, by_another, by_another) == "reported"


def test_a_confirmation_by_unnamed_sources_confirms_nothing():
    assert standing(attrs.evolve(TOLD["scheduled"], sources=rumour()), confirms(by="AAA", sources=rumour())) == "reported"


def test_a_confirmation_is_not_handed_on_to_another_note():
    """A note that is confirmed says no more than it said."""
    log = (
        attrs.evolve(TOLD["responded"], id="it", sources=rumour()),
        confirms(by="AAA", id="first", sources=rumour()),
        told(Noted, "2025-07-06", confirms="first", by="AAA"),
    )

    assert entries(*log)["it"].standing == "reported"
    assert entries(*log)["first"].sources == rumour()


def test_a_confirmation_counts_from_its_own_day_on_and_the_event_on_its_own():
    """As of a day between them the event is not official yet; afterwards it was so from its day on."""
    log = given(
        proposed("2025-07-01", "AAA", "BBB"),
        answered("2025-07-03", "BBB", "accepted", sources=rumour(), id="it"),
        confirms("2025-07-09", by="BBB"),
    )

    log.when(as_of="2025-07-08").then(phase="PENDING", since="2025-07-01")
    log.when(as_of="2025-07-09").then(phase="ACCEPTED", since="2025-07-03")
    log.when(known_at="2025-07-08").then(phase="PENDING")


def test_a_confirmation_that_is_retracted_confirms_nothing():
    log = (attrs.evolve(TOLD["scheduled"], id="it", sources=rumour()), confirms(id="note"))

    assert entries(*log)["it"].standing == "official"
    assert entries(*log, told(Retracted, "2025-07-06", retracts="note"))["it"].standing == "reported"


def test_the_sources_of_a_confirmation_are_shown_with_the_event():
    entry = entries(attrs.evolve(TOLD["scheduled"], id="it", sources=rumour()), confirms(by="BBB"))["it"]

    assert entry.sources == (*rumour(), *says())
    assert entry.speakers == {"BBB"}


# Denials.


def denies(day: str = "2025-07-05", **fields: object) -> Noted:
    return told(Noted, day, denies="it", **fields)


@pytest.mark.parametrize("speaker", SPEAKERS)
@pytest.mark.parametrize("what", TOLD)
def test_a_principal_takes_official_standing_from_what_happened_between_the_parties(what, speaker):
    """From a meeting, a stall and an end, but not from an offer or an answer, whose word is their party's own."""
    struck = what not in ("proposed", "responded") and speaker in ("AAA", "BBB", "ZZZ")
    event = attrs.evolve(TOLD[what], sources=says("AAA"))

    assert standing(event, denies(sources=says(speaker))) == ("reported" if struck else "official")
    assert standing(event, denies(by=speaker, sources=says())) == ("reported" if struck else "official")


def test_an_undeclared_party_is_a_principal():
    log = (attrs.evolve(TOLD["scheduled"], id="it"), denies(by="BBB"))

    assert entries(*log)["it"].standing == "reported"
    assert entries(*log)["it"].denied_by == ("e2",)


def test_a_denial_needs_an_official_source():
    assert standing(TOLD["scheduled"], denies(by="BBB", sources=rumour())) == "official"


def test_a_denial_by_nobody_strikes_nothing():
    """An official source that does not say for whom it speaks, in a note that does not either."""
    assert standing(TOLD["scheduled"], denies(sources=says())) == "official"


def test_every_official_denial_is_told_and_any_is_enough():
    """Whether it has an id or not."""
    by_it, by_a_mediator = denies(by="BBB", id="no"), denies(by="MED", id="hardly")
    log = [attrs.evolve(TOLD["scheduled"], id="it"), by_it, by_a_mediator, denies(by="AAA", id="nor")]
    denied = [entry.denied_by for entry in read([CAST, *log, denies(by="BBB")]).entries if entry.event.id == "it"]

    assert standing(TOLD["scheduled"], by_it, by_a_mediator) == "reported"
    assert denied == [("no", "nor", "")]


def test_a_denial_outweighs_confirmations():
    assert standing(TOLD["scheduled"], confirms(by="AAA"), denies(by="BBB"), confirms("2025-07-09", by="AAA")) == "reported"


def test_a_denial_holds_until_it_is_retracted():
    back = told(Retracted, "2025-07-06", retracts="no")

    assert standing(TOLD["scheduled"], denies(by="BBB", id="no")) == "reported"
    assert standing(TOLD["scheduled"], denies(by="BBB", id="no"), back) == "official"


def test_a_denial_counts_from_its_own_day_on():
    """June 2025: one side announced talks for next week, the other denied it on the day after."""
    log = given(
        told(Scheduled, "2025-06-25", on="2025-06-30/2025-07-06", id="it", sources=says("USA")), denies("2025-06-26", by="IRN")
    )

    log.when(as_of="2025-06-25").then(phase="SCHEDULED")
    log.when(as_of="2025-06-26").then(phase="IDLE", since=None)
    log.when(evidence="reported").then(phase="SCHEDULED", since="2025-06-25")


def test_every_denial_is_shown_whatever_it_denies():
    status = given(attrs.evolve(TOLD["proposed"], id="it"), denies(by="BBB", id="no", sources=rumour())).status

    assert status.phase == "PENDING"
    assert [(d.event_id, d.note_id, d.by, d.day) for d in status.denials] == [("it", "no", "BBB", date(2025, 7, 5))]


def test_what_is_denied_still_reaches_a_grade():
    """A denial takes official standing, not what else is known."""
    source = attrs.evolve(says("AAA")[0], reliability="B", credibility=2)
    log = given(told(Scheduled, "2025-07-01", id="it", sources=(source,)), denies(by="BBB"))

    log.then(phase="IDLE").when(evidence="B2").then(phase="SCHEDULED").when(evidence="B1").then(phase="IDLE")


# The day on which an event counts.


@pytest.mark.parametrize(
    ("occurred", "recorded", "day"),
    [
        ("2025-07-10", None, "2025-07-10"),
        ("2025-07-10", "2025-07-20T12:00Z", "2025-07-10"),
        ("2025-07", None, "2025-07-31"),
        ("2025-07", "2025-07-20T12:00Z", "2025-07-20"),
        ("2025-07", "2025-08-20T12:00Z", "2025-07-31"),
        ("2025-07", "2025-06-30T12:00Z", "2025-07-01"),
        ("2025-07-10/2025-07-15", "2025-07-12T00:00Z", "2025-07-12"),
        ("2025-07-10/..", "2025-07-20T12:00Z", "2025-07-20"),
        ("2025-07-10/", "2025-07-09T12:00Z", "2025-07-10"),
        ("../2025-07-10", "2025-07-05T12:00Z", "2025-07-05"),
        ("../2025-07-10", "2025-07-20T12:00Z", "2025-07-10"),
        ("2025-07-10?", "2025-07-20T12:00Z", "2025-07-10"),
        ("2025-07-XX", "2025-07-20T12:00Z", "2025-07-20"),
        ("2025-07-10", "2025-07-09T23:00Z", "2025-07-10"),
        ("2025-07-10T01:00+03:00", "2025-07-09T22:00Z", "2025-07-10"),
        ("2025-07", "2025-07-20T23:30-05:00", "2025-07-21"),
    ],
)
def test_the_day_on_which_an_event_counts(occurred, recorded, day):
    """The latest that its date allows, not after the UTC day of recording, not before its earliest."""
    event = told(Held, occurred, recorded=recorded and datetime.fromisoformat(recorded))

    assert event.day == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("published", "known"),
    [
        ((), "2025-07-31"),
        (("2025-08-04",), "2025-08-04"),
        (("2025-08-09", "2025-08-04", None), "2025-08-04"),
        (("2025-08",), "2025-08-31"),
        (("2025-08-04T22:00-05:00",), "2025-08-04"),
        (("2025-08-04/..",), "2025-07-31"),
    ],
)
def test_when_an_event_counts_as_recorded(published, known):
    """Where nobody wrote it down: at the end of the earliest day of publication, else of the latest that its date allows."""
    sources = tuple(says(published=day)[0] for day in published) or says()
    event = told(Held, "2025-07", sources=sources)

    assert event.known == datetime.fromisoformat(f"{known}T23:59:59Z")


def test_what_was_written_down_goes_before_all_else():
    moment = datetime(2025, 8, 1, 12, tzinfo=timezone(timedelta(hours=3)))
    event = told(Held, "2025-07", recorded=moment, sources=says(published="2025-07-04"))

    assert event.known == moment
    assert event.known.tzinfo is UTC


def test_an_open_ended_date_needs_one_of_the_two():
    with pytest.raises(InvalidEvent) as caught:
        told(Held, "2025-07-10/..").known  # noqa: B018

    assert str(caught.value) == ("recorded: 2025-07-10/.. has no end: say when it was recorded, or when a source was published")
    assert told(Held, "2025-07-10/..", sources=says(published="2025-07-12")).day == date(2025, 7, 12)


# Which events count.


def test_every_event_has_its_fate():
    log = (
        CAST,
        told(Held, "2025-07-01", id="counted"),
        proposed("2025-07-02", "AAA", "BBB", id="leak", sources=rumour()),
        told(Held, "2025-07-03", id="below", sources=rumour()),
        told(Held, "2025-07-03", id="wrong"),
        told(Retracted, "2025-07-04", id="gone", retracts="wrong"),
        told(Held, "2025-07-01", id="counted"),
        told(Held, "2025-08-02", id="later", recorded=datetime(2025, 8, 1, tzinfo=UTC)),
        told(Held, "2025-07-01", id="unknown", recorded=datetime(2025, 9, 1, tzinfo=UTC)),
        told(Noted, "2025-07-05", id="note", text="A remark"),
    )
    found = read(given(*log).events, as_of="2025-08-01", known_at="2025-08-31").entries

    assert [(entry.event.id, entry.fate, entry.because) for entry in found] == [
        ("cast", Fate.CONTEXT, None),
        ("counted", Fate.COUNTED, None),
        ("leak", Fate.REMEMBERED, None),
        ("below", Fate.BELOW_EVIDENCE, None),
        ("wrong", Fate.RETRACTED, "gone"),
        ("gone", Fate.CONTEXT, None),
        ("counted", Fate.REPEATED, "counted"),
        ("later", Fate.NOT_YET_OCCURRED, None),
        ("unknown", Fate.NOT_YET_KNOWN, None),
        ("note", Fate.CONTEXT, None),
    ]


def test_events_without_an_id_never_repeat_each_other():
    held = told(Held, "2025-07-01")

    assert reduce([held, held]).rounds == 2


@pytest.mark.parametrize(
    ("known_at", "rounds"),
    [
        (date(2025, 7, 9), 0),
        (date(2025, 7, 10), 1),
        ("2025-07-10", 1),
        ("2025-07-10T11:59Z", 0),
        ("2025-07-10T12:00Z", 1),
        ("2025-07-10T14:59+03:00", 0),
        ("2025-07-10T15:00+03:00", 1),
        ("9999-12-31", 1),
    ],
)
def test_known_at_is_a_bare_date_that_includes_its_day_or_an_instant(known_at, rounds):
    log = given(told(Held, "2025-07-01", recorded=datetime(2025, 7, 10, 12, tzinfo=UTC)))

    log.when(known_at=known_at).then(rounds=rounds)


def test_the_day_of_known_at_is_the_one_in_utc():
    log = given(told(Held, "2025-07-10", recorded=datetime(2025, 7, 10, 1, tzinfo=timezone(timedelta(hours=3)))))

    log.when(known_at="2025-07-09").then(rounds=1)


@pytest.mark.parametrize(
    ("as_of", "rounds"),
    [
        ("2025-07-20", 0),
        ("2025-07-21", 1),
        (date(2025, 7, 21), 1),
        ("2025-07-20T21:59Z", 0),
        ("2025-07-20T22:00Z", 1),
        ("2025-07-21T00:59+03:00", 0),
        ("2025-07-20T17:00-05:00", 1),
    ],
)
def test_a_time_of_day_cuts_only_where_as_of_is_an_instant(as_of, rounds):
    """And then as an instant, not as text; its day is the day as written."""
    given(told(Held, "2025-07-21T01:00+03:00")).when(as_of=as_of).then(rounds=rounds)


@pytest.mark.parametrize(
    ("as_of", "rounds"), [("2025-07-20T23:00Z", 0), ("2025-07-21T00:00Z", 1), ("2025-07-21T01:00+03:00", 1)]
)
def test_an_event_without_a_time_has_come_with_its_day(as_of, rounds):
    """With the day of the instant as it was written."""
    given(told(Held, "2025-07-21")).when(as_of=as_of).then(rounds=rounds)


def test_an_imprecise_event_has_come_when_its_latest_day_has():
    log = given(told(Held, "2025-07"))

    log.when(as_of="2025-07-30").then(rounds=0)
    log.when(as_of="2025-07-31").then(rounds=1, since="2025-07-31")


def test_what_cuts_must_be_one_day_or_instant():
    with pytest.raises(InvalidDate, match=r"^'2025-07' is not one day or instant"):
        reduce((), as_of="2025-07")
    with pytest.raises(InvalidDate, match=r"^'2025-07-21T10:00:00' has no time zone"):
        reduce((), known_at=datetime(2025, 7, 21, 10))  # noqa: DTZ001


# Retractions.


def test_a_retraction_can_itself_be_retracted():
    """Resolved from the last backwards: two retractions leave the event, three do not."""
    log = [told(Held, "2025-07-01", id="held")]
    for place, target in enumerate(["held", "r0", "r1", "r2"]):
        log.append(told(Retracted, "2025-07-02", id=f"r{place}", retracts=target, sources=()))

    assert [reduce(log[:length]).rounds for length in range(1, 6)] == [1, 0, 1, 0, 1]


def test_what_was_retracted_twice_needs_both_to_be_taken_back():
    log = [
        told(Held, "2025-07-01", id="held"),
        told(Retracted, "2025-07-02", id="one", retracts="held"),
        told(Retracted, "2025-07-02", id="two", retracts="held"),
        told(Retracted, "2025-07-03", retracts="one"),
    ]

    assert reduce(log).rounds == 0
    assert reduce([*log, told(Retracted, "2025-07-03", id="end", retracts="two")]).rounds == 1


def test_retractions_are_cut_by_known_at_and_never_by_as_of():
    """An error was one all along, even before anybody said so; but not before anybody knew."""
    log = given(
        told(Held, "2025-07-01", id="held"),
        told(Retracted, "2025-07-20", retracts="held", recorded=datetime(2025, 7, 20, 12, tzinfo=UTC)),
    )

    log.when(as_of="2025-07-02").then(rounds=0)
    log.when(known_at="2025-07-19").then(rounds=1)
    log.when(known_at="2025-07-20").then(rounds=0)


def test_what_takes_back_another_event_does_so_only_once_it_is_known():
    """Beside a retraction that is known, so that the record is read event by event; a repeat is told as one."""
    log = given(
        told(Held, "2025-07-01", id="held"),
        told(Held, "2025-07-02", id="wrong"),
        told(Retracted, "2025-07-03", retracts="wrong"),
        told(Retracted, "2025-07-20", retracts="held", recorded=datetime(2025, 7, 20, 12, tzinfo=UTC)),
        told(Held, "2025-07-02", id="wrong"),
    )

    log.when(known_at="2025-07-19").then(rounds=1)
    assert [entry.fate for entry in read(log.events, known_at="2025-07-19").entries] == [
        Fate.COUNTED,
        Fate.RETRACTED,
        Fate.CONTEXT,
        Fate.NOT_YET_KNOWN,
        Fate.REPEATED,
    ]


def test_a_correction_is_a_retraction_and_the_right_event():
    log = given(
        told(Scheduled, "2025-07-01", on="2025-07-10", id="wrong"),
        told(Retracted, "2025-07-03", retracts="wrong", reason="The day was the 11th"),
        told(Scheduled, "2025-07-01", on="2025-07-11", id="right"),
    )

    assert str(log.status.meeting.on) == "2025-07-11"


# In which order.


def test_events_are_folded_by_day_and_then_by_position():
    moves = read(
        given(
            told(Held, "2025-07-03", id="c"),
            told(Held, "2025-07-01", id="a"),
            told(Held, "2025-07-03", id="d"),
            told(Held, "2025-07-02", id="b"),
        ).events
    ).moves

    assert [entry.event.id for entry in moves] == ["a", "b", "c", "d"]


def test_a_fact_that_is_recorded_late_does_not_overturn_what_came_after_it():
    given(told(Concluded, "2025-07-10"), told(Held, "2025-07-01", id="late")).then(phase="CONCLUDED", rounds=1)


def test_a_time_of_day_never_orders():
    """Where two events fall on one day, the record tells which came first."""
    given(told(Held, "2025-07-21T18:00Z"), told(Scheduled, "2025-07-21T08:00Z")).then(phase="SCHEDULED")


# What describes and what is noted.


def test_descriptions_notes_and_retractions_move_nothing():
    note = told(Noted, "2025-07-01", text="A statement of support", id="note")

    given(CAST, note, told(Retracted, "2025-07-02", retracts="note")).then(
        phase="IDLE", since=None, rounds=0, moved=None, noted=None, last_sign=None
    )


def test_the_latest_value_of_every_field_describes_the_track():
    """By day, then by place; what a description does not say stays as it was."""
    link = Link(relation="prepares", track="summit")
    status = given(
        told(Described, "2025-07-02", title="New", links=(link,)),
        told(Described, "2025-07-01", title="Old", parties=(Party(code="AAA"),)),
    ).status

    assert status.description == Description(title="New", parties=(Party(code="AAA"),), links=(link,))


def test_a_description_that_was_retracted_describes_nothing():
    assert given(CAST, told(Retracted, "2025-07-02", retracts="cast")).status.description == Description()


def test_a_party_is_called_by_its_name_where_it_has_one():
    about = given(CAST).status.description

    assert [about.name(code) for code in ("AAA", "BBB", "ZZZ")] == ["Alpha", "BBB", "ZZZ"]
    assert [about.role(code) for code in ("AAA", "MED", "ZZZ")] == ["principal", "mediator", "principal"]
    assert about.principals == {"AAA", "BBB"}


def test_the_last_sign_is_the_latest_day_of_a_move_or_a_note():
    held, note = told(Held, "2025-07-01"), told(Noted, "2025-07-05", text="A remark")

    given(held, note).then(moved="2025-07-01", noted="2025-07-05", last_sign="2025-07-05")
    given(note, told(Held, "2025-07-09")).then(last_sign="2025-07-09")


# On which evidence.


def test_official_folds_what_is_official_and_reported_folds_all():
    log = given(told(Held, "2025-07-01"), told(Held, "2025-07-02", sources=rumour()))

    log.then(rounds=1).when(evidence="official").then(rounds=1).when(evidence="reported").then(rounds=2)


def test_a_grade_may_be_reached_by_a_source_that_confirms():
    log = given(
        told(Held, "2025-07-01", id="it", sources=rumour()),
        told(Noted, "2025-07-02", confirms="it", sources=rumour(reliability="B", credibility=2)),
    )

    log.then(rounds=0).when(evidence="B2").then(rounds=1).when(evidence="A2").then(rounds=0)


def test_a_grade_is_reached_in_one_source():
    """Reliability of one and credibility of another do not add up."""
    sources = (*rumour(reliability="A", credibility=4), *rumour(reliability="D", credibility=1))
    log = given(told(Held, "2025-07-01", sources=sources))

    log.when(evidence="B2").then(rounds=0).when(evidence="A4").then(rounds=1).when(evidence="D1").then(rounds=1)


def test_an_unknown_evidence_is_refused():
    with pytest.raises(Invalid) as caught:
        reduce((), evidence="F6")

    assert str(caught.value) == (
        "'F6' is no evidence: write official, reported, or a grade from A1 to E5 (F and 6 reach nothing)"
    )


def test_only_the_kinds_that_move_the_machine_are_folded():
    kinds = {type(entry.event) for entry in read(given(CAST, *TOLD.values()).events, evidence="reported").moves}

    assert kinds == {Proposed, Responded, Scheduled, Held, Stalled, Concluded}
