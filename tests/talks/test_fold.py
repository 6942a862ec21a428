"""The fold, sentence by sentence as the model has it: what lies on the table, which proposal an answer means, what follows."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from diplostate.talks.events import Concluded, Described, Event, Held, Noted, Party, Retracted, Scheduled, Stalled, Terms
from diplostate.talks.fold import allowed, answerable, continues, evolve, reduce, walk
from diplostate.talks.machine import Symbol
from diplostate.talks.record import read
from diplostate.testing.scenario import answered, given, proposed, rumour, says, told

A, B, C, D = "AAA", "BBB", "CCC", "DDD"
ASKED = proposed("2025-07-01", A, B)
ASKED_BOTH = proposed("2025-07-01", A, B, C)


def on_the_table(*events: Event, **question: str) -> dict[str, tuple[str, ...]]:
    """Whose proposal lies there, and to whom it is addressed."""
    return {offer.by: offer.to for offer in given(*events).when(**question).status.table}


# On the table.


def test_each_partys_latest_proposal_lies_on_the_table_until_it_makes_another():
    log = (ASKED, proposed("2025-07-02", B, A), proposed("2025-07-03", A, C))

    assert on_the_table(*log) == {B: (A,), A: (C,)}
    given(*log).then(opener=A, awaiting=(C,), asked="2025-07-03")


def test_a_proposal_is_addressed_to_each_party_once_and_not_to_its_proposer():
    assert on_the_table(proposed("2025-07-01", A, B, A, C, B)) == {A: (B, C)}


def test_the_answers_lie_there_with_the_proposal():
    (offer,) = given(
        ASKED_BOTH, answered("2025-07-02", B, "accepted", id="yes"), answered("2025-07-03", C, "acknowledged")
    ).status.table

    assert [(reply.party, reply.answer, reply.day) for reply in offer.replies] == [
        (B, "accepted", date(2025, 7, 2)),
        (C, "acknowledged", date(2025, 7, 3)),
    ]
    assert (offer.accepted, offer.declined, offer.acknowledged, offer.awaiting) == ((B,), (), (C,), (C,))
    assert offer.replies[0].event.id == "yes"


def test_withdrawing_takes_a_proposal_from_the_table():
    withdrawn = told(Stalled, "2025-07-03", by=A, reason="withdrawn")

    assert on_the_table(ASKED, proposed("2025-07-02", B, A), withdrawn) == {B: (A,)}


def test_withdrawing_the_open_one_leaves_none_open():
    given(ASKED, told(Stalled, "2025-07-03", by=A, reason="withdrawn")).then(
        phase="STALLED", opener=None, table=(), awaiting=(), asked=None
    )


def test_withdrawing_another_one_keeps_the_open_one_open():
    log = given(
        proposed("2025-07-01", B, A), proposed("2025-07-02", A, B), told(Stalled, "2025-07-03", by=B, reason="withdrawn")
    )

    log.then(phase="STALLED", opener=A, awaiting=(B,))


@pytest.mark.parametrize(
    "stall",
    [
        told(Stalled, "2025-07-03", reason="withdrawn"),
        told(Stalled, "2025-07-03", by=C, reason="withdrawn"),
        told(Stalled, "2025-07-03", by=A, reason="suspended"),
        told(Stalled, "2025-07-03"),
    ],
)
def test_only_its_proposer_withdraws_a_proposal(stall):
    """Any other stall keeps it open, and leaves the rest of the table alone."""
    given(ASKED, stall).then(
        phase="STALLED", opener=A, awaiting=(B,), asked="2025-07-01", stall=attrs.evolve(stall, **_placed(2))
    )


def test_concluding_clears_the_table():
    given(ASKED, proposed("2025-07-02", B, A), told(Concluded, "2025-07-03")).then(phase="CONCLUDED", table=(), opener=None)


def test_holding_leaves_none_open_and_all_on_the_table():
    log = (ASKED, proposed("2025-07-02", B, A), told(Held, "2025-07-03"))

    given(*log).then(phase="HELD", opener=None, awaiting=(), accepted=(), declined=(), asked=None)
    assert on_the_table(*log) == {A: (B,), B: (A,)}


def test_scheduling_keeps_it_open_so_that_a_later_confirmation_counts():
    log = (ASKED, told(Scheduled, "2025-07-02"), answered("2025-07-03", B, "accepted"))

    given(*log[:2]).then(phase="SCHEDULED", awaiting=(B,), asked="2025-07-01")
    given(*log).then(phase="SCHEDULED", awaiting=(), accepted=(B,), asked=None, since="2025-07-02")


def test_a_late_answer_can_revive_stalled_talks():
    log = (ASKED, told(Stalled, "2025-07-02", reason="suspended"), answered("2025-07-05", B, "accepted"))

    given(*log).then(phase="ACCEPTED", since="2025-07-05", stall=None)


# Which proposal an answer means.


def test_an_answer_that_names_a_party_means_that_partys_proposal():
    """And it becomes the open one."""
    log = given(proposed("2025-07-01", A, B), proposed("2025-07-02", C, B), answered("2025-07-03", B, "accepted", to=A))

    log.then(phase="ACCEPTED", opener=A, accepted=(B,), anomalies=())


def test_an_answer_that_names_nobody_means_the_open_one():
    log = given(proposed("2025-07-01", A, B), proposed("2025-07-02", C, B), answered("2025-07-03", B, "declined"))

    log.then(phase="DECLINED", opener=C, declined=(B,))


@pytest.mark.parametrize(
    "answer",
    [
        answered("2025-07-03", C, "accepted"),
        answered("2025-07-03", C, "accepted", to=A),
        answered("2025-07-03", A, "accepted"),
        answered("2025-07-03", B, "accepted", to=C),
        answered("2025-07-03", B, "accepted", to=D),
    ],
)
def test_an_answer_without_a_proposal_that_addresses_its_party_is_an_anomaly(answer):
    """Kept and shown, never applied: all else stays as it was."""
    before, after = given(ASKED).status, given(ASKED, answer).status

    assert [(a.event_id, a.symbol, a.by, a.to, a.phase, a.day) for a in after.anomalies] == [
        ("e2", "accepted", answer.by, answer.to, "PENDING", date(2025, 7, 3))
    ]
    assert attrs.evolve(after, anomalies=(), moved=before.moved) == before


@pytest.mark.parametrize("phase", ["IDLE", "HELD", "CONCLUDED"])
def test_where_none_is_open_an_answer_must_name_one(phase):
    before = {"IDLE": (), "HELD": (ASKED, told(Held, "2025-07-02")), "CONCLUDED": (ASKED, told(Concluded, "2025-07-02"))}[phase]
    status = given(*before, answered("2025-07-03", B, "accepted")).status

    assert [(anomaly.phase, anomaly.event_id) for anomaly in status.anomalies] == [(phase, f"e{len(before) + 1}")]
    assert status.phase == phase


def test_after_a_meeting_an_answer_can_name_what_is_still_on_the_table():
    """June 2025: after the round, the proposal of before it is answered all the same."""
    log = given(ASKED, told(Held, "2025-07-02"), answered("2025-07-03", B, "accepted", to=A))

    log.then(phase="ACCEPTED", opener=A, since="2025-07-03", anomalies=())


def test_concluded_is_not_for_ever():
    """Agreements are voted down and reopened."""
    ended = (ASKED, told(Concluded, "2025-07-02"))

    given(*ended, proposed("2025-07-03", B, A)).then(phase="PENDING", awaiting=(A,), conclusion=None)
    given(*ended, told(Held, "2025-07-03")).then(phase="HELD", rounds=1)
    given(*ended, told(Scheduled, "2025-07-03")).then(phase="SCHEDULED", awaiting=())
    given(*ended, answered("2025-07-03", B, "accepted", to=A)).then(phase="CONCLUDED", since="2025-07-02")


# The verdict.


def test_the_last_answer_of_each_addressee_counts():
    log = (ASKED, answered("2025-07-02", B, "declined"), answered("2025-07-03", B, "accepted"))

    given(*log).then(phase="ACCEPTED", accepted=(B,), declined=())
    given(*log, answered("2025-07-04", B, "declined")).then(phase="DECLINED", accepted=(), declined=(B,))


@pytest.mark.parametrize(("answer", "phase"), [("accepted", "ACCEPTED"), ("declined", "DECLINED"), ("countered", "PENDING")])
def test_an_acknowledgement_takes_nothing_back(answer, phase):
    before = (ASKED, answered("2025-07-02", B, answer))
    status = given(*before, answered("2025-07-03", B, "acknowledged", to=A)).status
    (offer,) = [offer for offer in status.table if offer.by == A]

    assert [(reply.answer, reply.day) for reply in offer.replies] == [(answer, date(2025, 7, 2))]
    assert status.phase == phase


def test_an_acknowledgement_decides_nothing():
    """Receipt is no response: the proposal pends, since the day on which it was made."""
    given(ASKED, answered("2025-07-02", B, "acknowledged")).then(
        phase="PENDING", awaiting=(B,), since="2025-07-01", asked="2025-07-01"
    )


def test_the_latest_acknowledgement_is_the_one_that_is_shown():
    log = (ASKED, answered("2025-07-02", B, "acknowledged"), answered("2025-07-03", B, "acknowledged"))
    (offer,) = given(*log).status.table

    assert [(reply.party, reply.day) for reply in offer.replies] == [(B, date(2025, 7, 3))]


def test_whoever_accepted_or_declined_is_no_longer_awaited():
    given(ASKED_BOTH, answered("2025-07-02", B, "accepted")).then(phase="PENDING", awaiting=(C,), accepted=(B,))
    given(ASKED_BOTH, answered("2025-07-02", B, "declined")).then(
        phase="DECLINED", awaiting=(C,), declined=(B,), asked="2025-07-01"
    )


def test_any_standing_decline_declines():
    """Also where everybody else accepts, and until it is taken back."""
    log = (ASKED_BOTH, answered("2025-07-02", B, "declined"), answered("2025-07-03", C, "accepted"))

    given(*log).then(phase="DECLINED", accepted=(C,), declined=(B,), since="2025-07-02")
    given(*log, answered("2025-07-04", B, "accepted")).then(phase="ACCEPTED", accepted=(B, C), since="2025-07-04")


def test_who_counters_is_awaited_again():
    """In what it countered: its counter-proposal is the open one meanwhile."""
    log = given(
        ASKED_BOTH,
        answered("2025-07-02", B, "accepted"),
        answered("2025-07-03", B, "countered"),
        answered("2025-07-04", C, "accepted", to=A),
    )

    log.then(phase="PENDING", opener=A, awaiting=(B,), accepted=(C,))


def test_in_scheduled_an_answer_counts_and_moves_nothing():
    """A meeting that is set stays set, whoever proposes, counters or declines."""
    set_ = (ASKED, told(Scheduled, "2025-07-02"))
    for event in (
        answered("2025-07-03", B, "declined"),
        answered("2025-07-03", B, "countered"),
        answered("2025-07-03", B, "acknowledged"),
        proposed("2025-07-03", C, A),
    ):
        given(*set_, event).then(phase="SCHEDULED", since="2025-07-02")
    given(*set_, answered("2025-07-03", B, "declined")).then(declined=(B,), awaiting=())
    given(*set_, proposed("2025-07-03", C, A)).then(opener=C, awaiting=(A,), asked="2025-07-03")


def test_a_decline_from_before_the_meeting_was_set_stands_when_talks_are_revived():
    log = (
        ASKED_BOTH,
        answered("2025-07-02", B, "declined"),
        told(Scheduled, "2025-07-03"),
        told(Stalled, "2025-07-04", reason="cancelled"),
        answered("2025-07-05", C, "accepted"),
    )

    given(*log).then(phase="DECLINED", since="2025-07-05")


# Counter-proposals.


def test_a_counter_opens_a_proposal_by_the_responder_to_the_proposer_and_all_its_other_addressees():
    log = (ASKED_BOTH, answered("2025-07-02", B, "countered", venue="Geneva"))

    given(*log).then(phase="PENDING", opener=B, awaiting=(A, C), asked="2025-07-02", since="2025-07-01")
    assert given(*log).status.open.terms.venue == "Geneva"
    assert given(*log).status.headline() == "counter-proposal pending official response"


def test_a_counter_that_names_a_party_is_addressed_to_that_party():
    given(ASKED_BOTH, answered("2025-07-02", B, "countered", to=A)).then(opener=B, awaiting=(A,))


def test_the_countered_proposal_stays_on_the_table():
    log = (ASKED, answered("2025-07-02", B, "countered"))

    assert on_the_table(*log) == {A: (B,), B: (A,)}
    given(*log, answered("2025-07-03", B, "accepted", to=A)).then(phase="ACCEPTED", opener=A)
    given(*log, answered("2025-07-03", A, "accepted")).then(phase="ACCEPTED", opener=B)


def test_a_counter_can_be_countered():
    log = (ASKED, answered("2025-07-02", B, "countered"), answered("2025-07-03", A, "countered"))

    given(*log).then(phase="PENDING", opener=A, awaiting=(B,), asked="2025-07-03", since="2025-07-01")
    assert given(*log).status.open.is_counter


def test_a_counter_to_a_proposal_on_the_table_replaces_ones_own():
    log = given(
        proposed("2025-07-01", B, C), proposed("2025-07-02", A, B), answered("2025-07-03", B, "countered", window="2025-08")
    )

    log.then(opener=B, awaiting=(A,))
    assert [offer.by for offer in log.status.table] == [A, B]


def test_the_headline_of_a_proposal_is_not_that_of_a_counter():
    assert given(ASKED).status.headline() == "proposal pending official response"


# Restatement.

FIRST = proposed("2025-07-19", A, B, C, window="2025-07-21/2025-07-27", level="leaders")


def test_a_restatement_continues_the_proposal():
    """Fields that it repeats are updated, the others are kept; addressees, answers and the day asked stay."""
    again = proposed("2025-07-22", A, C, venue="Istanbul", level="ministers")
    log = given(FIRST, answered("2025-07-20", B, "accepted"), again)
    offer = log.status.open

    log.then(phase="PENDING", awaiting=(C,), accepted=(B,), asked="2025-07-19", since="2025-07-19")
    assert offer.to == (B, C)
    assert offer.terms == Terms(window=FIRST.window, venue="Istanbul", level="ministers")
    assert (offer.event.id, offer.restated.id) == ("e1", "e3")


def test_an_empty_restatement_keeps_every_term():
    assert given(FIRST, proposed("2025-07-22", A, B)).status.open.terms == FIRST.terms


def test_a_counter_proposal_can_be_restated():
    log = given(ASKED, answered("2025-07-02", B, "countered", venue="Geneva"), proposed("2025-07-05", B, A, round=2))

    log.then(opener=B, asked="2025-07-02", awaiting=(A,))
    assert log.status.open.is_counter
    assert log.status.open.terms == Terms(venue="Geneva", round=2)


def test_a_restatement_revives_stalled_talks():
    log = given(ASKED, told(Stalled, "2025-07-02", reason="suspended"), proposed("2025-07-05", A, B))

    log.then(phase="PENDING", since="2025-07-05", asked="2025-07-01")


@pytest.mark.parametrize(
    ("between", "again"),
    [
        ((), proposed("2025-07-22", A, B, D)),
        ((answered("2025-07-20", B, "accepted"),), proposed("2025-07-22", A, B, C)),
        ((answered("2025-07-20", B, "declined"),), proposed("2025-07-22", A, C)),
        ((proposed("2025-07-20", B, A),), proposed("2025-07-22", A, B, C)),
        ((answered("2025-07-20", B, "countered", to=A),), proposed("2025-07-22", A, B, C)),
        ((told(Held, "2025-07-20"),), proposed("2025-07-22", A, B, C)),
        ((told(Stalled, "2025-07-20", by=A, reason="withdrawn"),), proposed("2025-07-22", A, B, C)),
    ],
    ids=[
        "addressed to somebody new",
        "addressed to one who answered",
        "while a decline stands",
        "while another partys is open",
        "while a counter is open",
        "after a meeting",
        "after it was withdrawn",
    ],
)
def test_anything_else_is_a_new_proposal(between, again):
    log = given(FIRST, *between, again)

    log.then(phase="PENDING", opener=A, asked="2025-07-22", accepted=(), declined=())
    assert log.status.open.terms == Terms()
    assert log.status.open.restated is None


# Scheduled by the awaited.


def test_an_addressee_that_announces_the_meeting_has_thereby_accepted():
    log = given(ASKED_BOTH, told(Scheduled, "2025-07-02", sources=(*says(B), *says(D))))
    (reply,) = log.status.open.replies

    log.then(phase="SCHEDULED", accepted=(B,), awaiting=(C,))
    assert (reply.party, reply.answer, reply.event.id, reply.day) == (B, "accepted", "e2", date(2025, 7, 2))


def test_also_by_a_confirmation_of_the_meeting():
    set_ = (ASKED, told(Scheduled, "2025-07-02", id="set"))
    confirmed = given(*set_, told(Noted, "2025-07-03", confirms="set", by=B))

    given(*set_).then(awaiting=(B,))
    confirmed.then(phase="SCHEDULED", accepted=(B,), awaiting=())
    confirmed.when(as_of="2025-07-02").then(awaiting=(B,))


@pytest.mark.parametrize("sources", [says(), says(A), rumour(speaks_for=B)])
def test_nobody_else_accepts_for_an_addressee(sources):
    given(ASKED, told(Scheduled, "2025-07-02", sources=sources)).when(evidence="reported").then(accepted=(), awaiting=(B,))


def test_announcing_takes_back_a_decline():
    given(ASKED, answered("2025-07-02", B, "declined"), told(Scheduled, "2025-07-03", sources=says(B))).then(
        accepted=(B,), declined=()
    )


# Since and asked.


def test_the_initial_phase_began_never():
    given().then(phase="IDLE", since=None, asked=None)


def test_since_is_the_day_on_which_the_phase_began():
    log = (told(Held, "2025-07-01"), told(Held, "2025-07-05"))

    given(*log).then(since="2025-07-01")
    given(*log, told(Stalled, "2025-07-07")).then(since="2025-07-07")


def test_the_phases_before_and_after_a_whole_event_are_compared():
    """An answer that adopts a leak and accepts it passes through no phase of its own."""
    log = given(
        proposed("2025-07-01", A, B),
        proposed("2025-07-02", C, B, sources=rumour()),
        answered("2025-07-05", B, "acknowledged", to=C),
    )

    log.then(phase="PENDING", opener=C, since="2025-07-01", asked="2025-07-05")


# Rounds.


@pytest.mark.parametrize(
    ("numbers", "rounds"),
    [((None,), 1), ((None, None), 2), ((3,), 3), ((3, None), 4), ((3, 2), 3), ((None, 1), 1), ((1, 1, 5), 5)],
)
def test_rounds_are_numbered_or_counted(numbers, rounds):
    given(*(told(Held, f"2025-07-{day:02}", round=number) for day, number in enumerate(numbers, 1))).then(rounds=rounds)


CAST = told(
    Described, "2025-06-01", parties=(Party(code=A), Party(code=B), Party(code=C), Party(code=D, role="mediator")), sources=()
)


@pytest.mark.parametrize(
    ("absent", "rounds"), [((), 1), ((A,), 1), ((D,), 1), ((A, B), 0), ((A, D), 1), ((A, B, C), 0), ((A, "EEE"), 1)]
)
def test_a_meeting_that_too_few_principals_attended_is_not_counted(absent, rounds):
    """Not counted where a principal stayed away and fewer than two declared ones were left; it was held all the same."""
    given(CAST, told(Held, "2025-07-01", absent=absent)).then(phase="HELD", rounds=rounds)


def test_nor_does_its_number_count():
    given(CAST, told(Held, "2025-07-01", absent=(A, B), round=4)).then(rounds=0)


def test_with_one_principal_only_an_absent_mediator_does_not_matter():
    one = told(Described, "2025-06-01", parties=(Party(code=A), Party(code=D, role="mediator")), sources=())

    given(one, told(Held, "2025-07-01", absent=(D,))).then(rounds=1)


def test_where_no_party_is_declared_an_absent_one_leaves_fewer_than_two():
    given(told(Held, "2025-07-01", absent=(A,))).then(rounds=0)


# The meeting.


def test_scheduling_sets_the_next_meeting_and_again_resets_it():
    first, second = told(Scheduled, "2025-07-01", on="2025-07-10"), told(Scheduled, "2025-07-02", on="2025-07-12")

    assert str(given(first).status.meeting.on) == "2025-07-10"
    assert str(given(first, second).status.meeting.on) == "2025-07-12"
    given(first, second).then(since="2025-07-01")


@pytest.mark.parametrize("kind", [Held, Stalled, Concluded])
def test_what_ends_the_wait_clears_the_meeting(kind):
    given(told(Scheduled, "2025-07-01", on="2025-07-10"), told(kind, "2025-07-09")).then(meeting=None)


def test_answers_and_proposals_leave_the_meeting_set():
    log = given(ASKED, told(Scheduled, "2025-07-02"), answered("2025-07-03", B, "declined"), proposed("2025-07-04", B, A))

    assert log.status.meeting.id == "e2"


# Leaks.

LEAK = proposed("2025-07-01", A, B, C, venue="Vienna", sources=rumour(), id="leak")


def test_a_proposal_below_the_evidence_is_remembered_and_moves_nothing():
    given(LEAK).then(phase="IDLE", since=None, table=(), moved=None)
    assert given(LEAK).status.leak.event.id == "leak"
    assert given(LEAK).status.leak.day == date(2025, 7, 1)
    given(LEAK).when(evidence="reported").then(phase="PENDING", leak=None)


def test_only_the_latest_leak_is_remembered():
    log = given(LEAK, proposed("2025-07-02", C, B, sources=rumour(), id="newer"))

    assert log.status.leak.event.id == "newer"


@pytest.mark.parametrize("to", [None, A])
@pytest.mark.parametrize(("answer", "phase"), [("acknowledged", "PENDING"), ("accepted", "PENDING"), ("declined", "DECLINED")])
def test_an_official_answer_makes_official_the_proposal_that_it_answers(answer, phase, to):
    """The leak opens on the day of the answer, then the answer applies."""
    log = given(LEAK, answered("2025-07-05", B, answer, to=to))

    log.then(phase=phase, opener=A, since="2025-07-05", leak=None, anomalies=())
    assert log.status.open.asked == date(2025, 7, 5)
    assert log.status.open.event.id == "leak"
    assert log.status.open.terms.venue == "Vienna"


def test_a_counter_adopts_too():
    log = given(LEAK, answered("2025-07-05", B, "countered"))

    log.then(phase="PENDING", opener=B, awaiting=(A, C), asked="2025-07-05", leak=None)
    assert on_the_table(*log.events) == {A: (B, C), B: (A, C)}


@pytest.mark.parametrize(
    "answer",
    [answered("2025-07-05", D, "accepted"), answered("2025-07-05", A, "accepted"), answered("2025-07-05", B, "accepted", to=C)],
    ids=["not addressed", "its own proposer", "names another"],
)
def test_an_answer_that_cannot_mean_the_leak_does_not_adopt_it(answer):
    log = given(LEAK, answer)

    log.then(phase="IDLE")
    assert len(log.status.anomalies) == 1
    assert log.status.leak.event.id == "leak"


def test_a_reported_answer_adopts_nothing():
    given(LEAK, answered("2025-07-05", B, "accepted", sources=rumour())).then(phase="IDLE", anomalies=())


def test_a_counted_proposal_goes_before_the_leak():
    """The leak is adopted only where the answer finds no counted proposal to go to."""
    log = given(proposed("2025-07-01", C, B), LEAK, answered("2025-07-05", B, "accepted"))

    log.then(phase="ACCEPTED", opener=C)
    assert log.status.leak.event.id == "leak"


def test_an_answer_goes_to_the_leak_where_the_open_proposal_is_not_addressed_to_its_party():
    given(proposed("2025-07-01", A, D), LEAK, answered("2025-07-05", B, "accepted")).then(
        opener=A, accepted=(B,), awaiting=(C,)
    )


def test_an_adopted_leak_takes_the_place_of_its_proposers_earlier_proposal():
    log = (proposed("2025-06-01", A, D), LEAK, answered("2025-07-05", B, "accepted", to=A))

    assert on_the_table(*log) == {A: (B, C)}


def test_in_scheduled_an_adopted_leak_opens_and_moves_nothing():
    log = given(told(Scheduled, "2025-06-30"), LEAK, answered("2025-07-05", B, "accepted"))

    log.then(phase="SCHEDULED", opener=A, accepted=(B,), awaiting=(C,), asked="2025-07-05")


@pytest.mark.parametrize(
    ("event", "is_forgotten"),
    [
        (proposed("2025-07-02", D, C), True),
        (told(Held, "2025-07-02"), True),
        (told(Concluded, "2025-07-02"), True),
        (told(Stalled, "2025-07-02", by=A, reason="withdrawn"), True),
        (told(Stalled, "2025-07-02", by=B, reason="withdrawn"), False),
        (told(Stalled, "2025-07-02", reason="withdrawn"), False),
        (told(Stalled, "2025-07-02", by=A, reason="suspended"), False),
        (told(Scheduled, "2025-07-02"), False),
        (told(Held, "2025-07-02", sources=rumour()), False),
        (told(Stalled, "2025-07-02", by=A, reason="withdrawn", sources=rumour()), False),
        (answered("2025-07-02", D, "accepted"), False),
    ],
)
def test_until_when_a_leak_is_remembered(event, is_forgotten):
    """Until a counted proposal, a meeting, the end, or its proposer's counted withdrawal."""
    assert (given(LEAK, event).status.leak is None) == is_forgotten


def test_a_leak_that_is_confirmed_later_is_a_proposal_from_its_own_day_on():
    given(LEAK, told(Noted, "2025-07-09", confirms="leak", by=A)).then(
        phase="PENDING", since="2025-07-01", asked="2025-07-01", leak=None
    )


def test_why_says_that_a_leak_was_adopted():
    *_, step = walk(read(given(LEAK, answered("2025-07-05", B, "accepted")).events))

    assert step.adopted
    assert step.proposal.id == "leak"
    assert step.row.match == "opens another one"


def test_an_adoption_is_over_with_its_answer():
    """Found by the second reading: after an adopted leak, later answers go into the open proposal like any other."""
    log = given(
        proposed("2025-07-01", A, B, sources=rumour()),
        answered("2025-07-02", B, "acknowledged"),
        told(Stalled, "2025-07-03"),
        answered("2025-07-04", B, "acknowledged"),
    )

    log.then(phase="STALLED", awaiting=(B,))
    assert reduce(log.events) == evolve(reduce(log.events[:-1]), log.events[-1])


# What is allowed depends on the state, not on the phase alone.


def test_who_may_answer_what():
    status = given(proposed("2025-07-01", A, B), proposed("2025-07-02", C, D)).status

    assert answerable(status) == {(B, A), (D, C), (D, None)}
    assert allowed(status, Symbol.ACCEPTED, B, A)
    assert not allowed(status, Symbol.ACCEPTED, B)
    assert allowed(status, Symbol.HELD)


def test_a_leak_may_be_answered_too():
    assert answerable(given(LEAK).status) == {(B, None), (B, A), (C, None), (C, A)}
    assert answerable(given().status) == frozenset()
    both = given(proposed("2025-06-30", A, D), LEAK).status
    assert answerable(both) == {(D, A), (D, None), (B, None), (B, A), (C, None), (C, A)}


def test_a_late_meeting_can_orphan_a_later_answer():
    """The event that becomes anomalous may be another than the new one."""
    log = (ASKED, answered("2025-07-05", B, "accepted"), told(Held, "2025-07-03"))

    given(*log[:2]).then(phase="ACCEPTED", anomalies=())
    assert [anomaly.event_id for anomaly in given(*log).status.anomalies] == ["e2"]
    given(*log).then(phase="HELD")


# The steps of a fold.


def test_every_step_says_what_the_event_did():
    log = given(
        ASKED,
        proposed("2025-07-02", A, B, venue="Vienna"),
        told(Scheduled, "2025-07-03", sources=says(B)),
        told(Held, "2025-07-04"),
        answered("2025-07-05", C, "accepted"),
        told(Stalled, "2025-07-06", by=A, reason="withdrawn"),
    )
    steps = list(walk(read(log.events)))

    assert [(step.event.id, step.proposal and step.proposal.id, str(step.row.target)) for step in steps] == [
        ("e1", "e1", "PENDING"),
        ("e2", "e1", "PENDING"),
        ("e3", "e1", "SCHEDULED"),
        ("e4", None, "HELD"),
        ("e5", None, "anomaly"),
        ("e6", "e1", "STALLED"),
    ]
    assert [(event.id, before.phase, after.phase) for event, before, after in steps[:2]] == [
        ("e1", "IDLE", "PENDING"),
        ("e2", "PENDING", "PENDING"),
    ]
    assert steps[-1].after == log.status


def test_the_step_of_a_counter_names_what_it_countered():
    """What it proposes instead is its own event."""
    *_, step = walk(read(given(ASKED, answered("2025-07-02", B, "countered")).events))

    assert (step.event.id, step.proposal.id) == ("e2", "e1")
    assert step.adopted is False


def test_a_remembered_leak_applies_no_row():
    (step,) = walk(read(given(LEAK).events))

    assert step.row is None
    assert not step.adopted


def test_continuing_a_status_says_when_it_cannot():
    log = given(told(Held, "2025-07-10"), told(Held, "2025-07-01"), told(Retracted, "2025-07-11", retracts="e1", id="gone"))
    status = reduce(log.events[:1])

    for event in log.events[1:]:
        with pytest.raises(
            ValueError, match=r"does not sort last in its track or moves nothing: reduce the whole track again$"
        ):
            evolve(status, event)


def test_an_event_of_the_same_day_continues():
    """It comes behind those that were recorded before it."""
    log = given(ASKED, answered("2025-07-01", B, "accepted"))

    assert evolve(reduce(log.events[:1]), log.events[1]) == log.status
    assert continues(given(LEAK).status, ASKED)
    assert not continues(given(LEAK).status, told(Held, "2025-06-30"))


def test_each_of_several_events_has_its_turn():
    """Two of a day may follow each other; what lies before the one that went ahead of it may not."""
    status = given(ASKED).status
    later, same, before = (told(Held, day) for day in ("2025-07-10", "2025-07-10", "2025-07-09"))

    assert continues(status, later, same)
    assert evolve(status, later, same).rounds == 2
    assert not continues(status, later, before)
    assert continues(status)


def test_what_is_below_the_evidence_continues_without_a_trace():
    status = given(ASKED).status

    assert evolve(status, told(Held, "2025-07-02", sources=rumour())) is status


def _placed(place: int) -> dict[str, object]:
    return {"id": f"e{place}", "version": place, "position": place}
