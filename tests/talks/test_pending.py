"""Proposal pending official response, in all its forms: where a reader may think otherwise, and where it ends."""

from __future__ import annotations

from datetime import date

import pytest

from diplostate.talks.events import Concluded, Described, Held, Noted, Party, Retracted, Scheduled, Stalled
from diplostate.testing.scenario import Scenario, answered, given, proposed, rumour, says, told

UKR, RUS, USA, TUR = "UKR", "RUS", "USA", "TUR"
PARTIES = told(
    Described,
    "2025-07-01",
    parties=(Party(code=UKR), Party(code=RUS), Party(code=USA), Party(code=TUR, role="mediator")),
    sources=(),
)
ASKED = proposed("2025-07-19", UKR, RUS, id="asked")


def pends(log: Scenario, *, on: tuple[str, ...] = (RUS,), asked: str = "2025-07-19", since: str = "2025-07-19") -> None:
    """A proposal pends: these parties owe an answer, asked on this day; the phase began then."""
    log.then(phase="PENDING", awaiting=on, asked=asked, since=since)
    assert log.status.headline().endswith("proposal pending official response")


def test_a_proposal_pends_from_the_day_on_which_it_was_made():
    pends(given(ASKED))


def test_however_long_nobody_answers():
    """Time never moves the machine."""
    pends(given(ASKED).when(as_of="2035-01-01"))


def test_not_before_it_was_made_nor_before_it_was_known():
    given(ASKED).when(as_of="2025-07-18").then(phase="IDLE")
    given(ASKED).when(known_at="2025-07-18").then(phase="IDLE")


# What is no official response.


@pytest.mark.parametrize("answer", ["acknowledged", "accepted", "countered", "declined"])
@pytest.mark.parametrize(
    "sources",
    [rumour(), rumour(speaks_for=RUS), says(), says(UKR), says(TUR), (*rumour(), *says(UKR), *says())],
    ids=["unnamed sources", "unnamed sources for it", "nobody in particular", "the other side", "the mediator", "all of them"],
)
def test_while_no_official_source_speaks_for_the_party_that_owes_the_answer(answer, sources):
    """What others say that it answered is reported, and not its official response."""
    log = given(PARTIES, ASKED, answered("2025-07-21", RUS, answer, sources=sources))

    pends(log)
    if answer in ("accepted", "declined"):
        log.when(evidence="reported").then(phase=answer.upper(), awaiting=())


def test_when_its_receipt_is_acknowledged_by_unnamed_sources():
    """Reported, not official: receipt confirmed. Nor would an official receipt be a response."""
    log = given(ASKED, answered("2025-07-21", RUS, "acknowledged", sources=rumour()))

    pends(log)
    assert log.status.open.acknowledged == ()
    pends(log.when(evidence="reported"))
    assert log.when(evidence="reported").status.open.acknowledged == (RUS,)


def test_when_its_receipt_is_acknowledged_officially():
    log = given(ASKED, answered("2025-07-21", RUS, "acknowledged"))

    pends(log)
    assert log.status.open.acknowledged == (RUS,)


def test_when_somebody_answers_who_was_not_asked():
    log = given(ASKED, answered("2025-07-20", USA, "accepted"))

    pends(log)
    assert [anomaly.by for anomaly in log.status.anomalies] == [USA]


def test_when_the_proposer_answers_itself():
    pends(given(ASKED, answered("2025-07-20", UKR, "accepted")))


def test_when_others_support_or_remark_on_it():
    pends(given(ASKED, told(Noted, "2025-07-20", by=USA, text="Welcomes the proposal", sources=says(USA))))


def test_when_an_answer_to_another_proposal_was_meant():
    """An answer that names a party means that party's proposal, and opens it."""
    log = given(proposed("2025-07-10", USA, RUS), ASKED, answered("2025-07-20", RUS, "acknowledged", to=USA))

    pends(log, asked="2025-07-10", since="2025-07-10")
    assert log.status.opener == USA


# When it becomes official.


def test_until_an_official_answer_is_given():
    given(ASKED, answered("2025-07-22", RUS, "accepted")).then(phase="ACCEPTED", awaiting=(), asked=None, since="2025-07-22")
    given(ASKED, answered("2025-07-22", RUS, "declined")).then(phase="DECLINED", awaiting=(), asked=None, since="2025-07-22")


def test_until_a_reported_answer_is_confirmed_by_the_party_itself():
    """Later, by a note: the answer is official from its own day on, once the confirmation's day has come."""
    log = given(
        ASKED,
        answered("2025-07-21", RUS, "accepted", sources=rumour(), id="said"),
        told(Noted, "2025-07-25", confirms="said", by=RUS),
    )

    pends(log.when(as_of="2025-07-24"))
    log.when(as_of="2025-07-25").then(phase="ACCEPTED", since="2025-07-21")
    log.when(known_at="2025-07-24").then(phase="PENDING")


def test_a_confirmation_by_the_other_side_is_not_enough():
    log = given(
        ASKED,
        answered("2025-07-21", RUS, "accepted", sources=rumour(), id="said"),
        told(Noted, "2025-07-25", confirms="said", by=UKR),
    )

    pends(log)


def test_until_the_party_that_owes_the_answer_announces_the_meeting():
    log = given(ASKED, told(Scheduled, "2025-07-22", on="2025-07-23", sources=says(RUS)))

    log.then(phase="SCHEDULED", awaiting=(), accepted=(RUS,))


def test_where_another_side_announces_the_meeting_the_answer_is_still_owed():
    given(ASKED, told(Scheduled, "2025-07-22", on="2025-07-23", sources=says(UKR))).then(
        phase="SCHEDULED", awaiting=(RUS,), asked="2025-07-19"
    )


def test_until_the_talks_are_held_or_over():
    given(ASKED, told(Held, "2025-07-23")).then(phase="HELD", awaiting=(), asked=None)
    given(ASKED, told(Concluded, "2025-07-23", outcome="terminated")).then(phase="CONCLUDED", awaiting=(), asked=None)


def test_until_it_is_withdrawn():
    given(ASKED, told(Stalled, "2025-07-23", by=UKR, reason="withdrawn")).then(phase="STALLED", awaiting=(), asked=None)


def test_an_official_answer_that_is_retracted_was_never_given():
    log = given(ASKED, answered("2025-07-22", RUS, "accepted", id="yes"), told(Retracted, "2025-07-24", retracts="yes"))

    pends(log)
    log.when(known_at="2025-07-23").then(phase="ACCEPTED")


# Restated.


def test_a_restatement_does_not_ask_anew():
    """Asked since the first day; what is repeated is updated, and the rest is kept."""
    log = given(
        proposed("2025-07-19", UKR, RUS, window="2025-07-21/2025-07-27"),
        proposed("2025-07-21", UKR, RUS, venue="Türkiye", round=3),
    )
    terms = log.status.open.terms

    pends(log)
    assert (str(terms.window), terms.venue, terms.round) == ("2025-07-21/2025-07-27", "Türkiye", 3)


def test_a_restatement_by_rumour_changes_nothing():
    log = given(ASKED, proposed("2025-07-21", UKR, RUS, venue="Vienna", sources=rumour()))

    pends(log)
    assert log.status.open.terms.venue is None


def test_a_new_proposal_asks_anew():
    pends(given(ASKED, proposed("2025-07-25", UKR, RUS, USA)), on=(RUS, USA), asked="2025-07-25")
    log = given(ASKED, answered("2025-07-20", RUS, "declined"), proposed("2025-07-25", UKR, RUS))
    pends(log, asked="2025-07-25", since="2025-07-25")


# Countered.


def test_a_counter_turns_the_table():
    """The proposer of the first now owes the answer, asked on the day of the counter."""
    log = given(ASKED, answered("2025-07-22", RUS, "countered"))

    pends(log, on=(UKR,), asked="2025-07-22")
    assert log.status.headline() == "counter-proposal pending official response"


def test_a_reported_counter_turns_nothing():
    log = given(ASKED, answered("2025-07-22", RUS, "countered", sources=rumour()))

    pends(log)
    pends(log.when(evidence="reported"), on=(UKR,), asked="2025-07-22")


def test_a_counter_to_one_of_many_leaves_the_others_in_peace():
    log = given(proposed("2025-07-19", UKR, RUS, USA), answered("2025-07-22", RUS, "countered", to=UKR))

    pends(log, on=(UKR,), asked="2025-07-22")


def test_when_the_countered_proposal_is_taken_up_again_who_countered_it_is_awaited():
    log = given(
        proposed("2025-07-19", UKR, RUS, USA),
        answered("2025-07-22", RUS, "countered"),
        answered("2025-07-23", USA, "accepted", to=UKR),
    )

    pends(log, on=(RUS,), asked="2025-07-19")


# Leaked, and adopted.

LEAK = proposed("2025-07-19", UKR, RUS, USA, sources=rumour(), id="leak")


def test_a_leaked_proposal_does_not_pend_officially():
    given(LEAK).then(phase="IDLE", awaiting=(), asked=None)
    pends(given(LEAK).when(evidence="reported"), on=(RUS, USA))


def test_a_leak_that_one_addressee_answers_officially_pends_on_the_others():
    """It opens on the day of that answer, and is asked since then."""
    log = given(LEAK, answered("2025-07-22", RUS, "accepted"))

    pends(log, on=(USA,), asked="2025-07-22", since="2025-07-22")


def test_a_leak_of_which_receipt_is_confirmed_officially_pends():
    pends(given(LEAK, answered("2025-07-22", RUS, "acknowledged")), on=(RUS, USA), asked="2025-07-22", since="2025-07-22")


def test_a_leak_that_its_proposer_confirms_pends_from_its_own_day_on():
    pends(given(LEAK, told(Noted, "2025-07-25", confirms="leak", by=UKR)), on=(RUS, USA))


def test_a_leak_that_its_addressee_confirms_does_not():
    """That they were asked is not theirs to say in the proposer's name."""
    given(LEAK, told(Noted, "2025-07-25", confirms="leak", by=RUS)).then(phase="IDLE")


def test_a_proposal_that_a_mediator_makes_public_is_official():
    pends(given(PARTIES, proposed("2025-07-19", UKR, RUS, sources=says(TUR))))


# Revived from a stall.

STALLED = (ASKED, told(Stalled, "2025-07-20", reason="suspended"))


def test_stalled_talks_do_not_pend_but_the_answer_is_still_owed():
    given(*STALLED).then(phase="STALLED", awaiting=(RUS,), asked="2025-07-19", since="2025-07-20")
    given(*STALLED, answered("2025-07-22", RUS, "acknowledged")).then(phase="STALLED", awaiting=(RUS,))


def test_a_restatement_revives_them_and_a_new_proposal_too():
    pends(given(*STALLED, proposed("2025-07-25", UKR, RUS)), since="2025-07-25")
    pends(given(*STALLED, proposed("2025-07-25", RUS, UKR)), on=(UKR,), asked="2025-07-25", since="2025-07-25")


def test_a_counter_revives_them():
    pends(given(*STALLED, answered("2025-07-25", RUS, "countered")), on=(UKR,), asked="2025-07-25", since="2025-07-25")


def test_an_answer_of_one_of_many_revives_them_for_the_others():
    log = given(
        proposed("2025-07-19", UKR, RUS, USA),
        told(Stalled, "2025-07-20", reason="suspended"),
        answered("2025-07-25", RUS, "accepted"),
    )

    pends(log, on=(USA,), since="2025-07-25")


# Many parties.

ALL = (UKR, RUS, USA)


@pytest.mark.parametrize(
    ("answers", "phase", "awaiting"),
    [
        ((), "PENDING", (RUS, UKR, USA)),
        (((RUS, "accepted"),), "PENDING", (UKR, USA)),
        (((RUS, "accepted"), (UKR, "acknowledged")), "PENDING", (UKR, USA)),
        (((RUS, "accepted"), (UKR, "accepted")), "PENDING", (USA,)),
        (((RUS, "accepted"), (UKR, "accepted"), (USA, "accepted")), "ACCEPTED", ()),
        (((RUS, "accepted"), (UKR, "declined")), "DECLINED", (USA,)),
        (((RUS, "accepted"), (UKR, "declined"), (UKR, "accepted")), "PENDING", (USA,)),
        (((RUS, "accepted"), (RUS, "acknowledged")), "PENDING", (UKR, USA)),
    ],
)
def test_a_mediators_proposal_pends_until_all_have_answered(answers, phase, awaiting):
    """Any number of parties: one decline declines it, and until then whoever has not answered is awaited."""
    log = given(
        PARTIES,
        proposed("2025-07-19", TUR, *ALL),
        *(answered(f"2025-07-{20 + place}", by, answer) for place, (by, answer) in enumerate(answers)),
    )

    log.then(phase=phase, awaiting=awaiting, asked="2025-07-19" if awaiting else None)


# Beside other things that go on.


def test_a_proposal_to_meet_again_pends_after_a_round():
    pends(given(told(Held, "2025-06-02", round=2), ASKED))


def test_a_proposal_on_top_of_a_scheduled_meeting_is_owed_an_answer_without_pending():
    """A meeting that is set stays set."""
    given(told(Scheduled, "2025-07-10", on="2025-07-30"), ASKED).then(
        phase="SCHEDULED", awaiting=(RUS,), asked="2025-07-19", since="2025-07-10"
    )


def test_a_proposal_to_reopen_what_was_concluded_pends():
    pends(given(told(Concluded, "2025-06-01", outcome="agreement"), ASKED))


def test_a_proposal_that_is_recorded_late_takes_its_place_in_history():
    """It does not overturn the answer that came after it, and that was an anomaly until then."""
    answer = answered("2025-07-22", RUS, "accepted")

    given(answer).then(phase="IDLE")
    given(answer, ASKED).then(phase="ACCEPTED", since="2025-07-22", anomalies=())


def test_an_imprecise_proposal_pends_from_its_latest_day_on():
    log = given(proposed("2025-07", UKR, RUS))

    pends(log, asked="2025-07-31", since="2025-07-31")
    assert log.status.asked == date(2025, 7, 31)
