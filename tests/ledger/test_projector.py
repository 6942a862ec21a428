"""The projector: what it keeps is what the fold comes to, and what it refuses it explains."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diplostate.errors import InvalidEvent, NotAllowed
from diplostate.ledger import projector
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.projector import Statuses, StatusProjector, status_in
from diplostate.talks.events import Described, Noted, Party, Retracted, Stalled
from diplostate.talks.fold import reduce
from diplostate.talks.machine import TALKS
from diplostate.talks.sources import Source
from diplostate.testing.conformance import NOON, every_kind, held, proposed, responded, said
from diplostate.testing.strategies import TRACK, illegal_logs, legal_logs, logs

PROJECTOR = StatusProjector()
PATIENT = settings(deadline=None)


def admit(new, *, past=(), previous=None, strict=False):
    return PROJECTOR.admit(TRACK, new, previous=previous, history=lambda: past, strict=strict)


@PATIENT
@given(record=logs(max_size=12), cuts=st.sets(st.integers(1, 11)), forgets=st.booleans())
def test_the_projection_is_always_what_a_full_reduce_comes_to(record, cuts, forgets):
    """However the record was cut into appends, and also where earlier projections were stale."""
    projection, start = None, 0
    for end in [*sorted(cut for cut in cuts if cut < len(record)), len(record)]:
        previous = None if forgets else projection
        projection = admit(record[start:end], past=record[:start], previous=previous)
        start = end
        assert projection == PROJECTOR.project(record[:end])
    assert status_in(projection, "official") == reduce(record)
    assert status_in(projection, "reported") == reduce(record, evidence="reported")


@PATIENT
@given(record=logs())
def test_a_projection_is_read_back_without_loss(record):
    statuses = Statuses.of(record)

    assert Statuses.loads(statuses.dumps()) == statuses


@PATIENT
@given(record=legal_logs())
def test_what_is_allowed_is_admitted_one_by_one_and_all_at_once(record):
    projection = None
    for place, event in enumerate(record):
        projection = admit([event], past=record[:place], previous=projection, strict=True)
    assert projection == admit(record, strict=True)


@PATIENT
@given(record=illegal_logs())
def test_an_answer_to_nothing_is_refused_by_name(record):
    _, *past, answer = record  # without the declaration of parties, for the answer may be by none of them

    with pytest.raises(NotAllowed) as refused:
        admit([answer], past=past, previous=PROJECTOR.project(past), strict=True)
    assert refused.value.event_id == answer.id
    assert refused.value.phase == reduce(past).phase


def test_the_reported_status_is_kept_only_where_it_differs():
    record = [proposed("UKR", "RUS", recorded=NOON)]
    leak = attrs.evolve(record[0], sources=[Source(attribution="media", outlet="A newspaper")])

    assert list(json.loads(PROJECTOR.project(record))) == ["official"]
    assert list(json.loads(PROJECTOR.project([leak]))) == ["official", "reported"]


def test_a_denial_makes_the_two_statuses_differ():
    meeting = held("2025-07-20", id="held", recorded=NOON)
    denial = Noted(track="one", occurred="2025-07-21", denies="held", sources=said("RUS"), recorded=NOON)
    projection = PROJECTOR.project([meeting, denial])

    assert (status_in(projection, "official").phase, status_in(projection, "reported").phase) == ("IDLE", "HELD")


def test_history_is_read_only_where_it_is_needed():
    """An event that goes on from the status needs none of the events before it."""

    def history():
        raise AssertionError("history was read")

    first = PROJECTOR.project([proposed("UKR", "RUS", recorded=NOON)])
    answer = responded("RUS", "accepted", recorded=NOON, id="a")
    second = PROJECTOR.admit("one", [answer], previous=first, history=history, strict=True)
    assert status_in(second, "official").phase == "ACCEPTED"
    with pytest.raises(AssertionError, match="history was read"):
        PROJECTOR.admit("one", [held("2025-07-18", recorded=NOON)], previous=first, history=history, strict=True)


def test_the_fingerprint_changes_with_the_table_and_with_the_rules(monkeypatch):
    before = StatusProjector().fingerprint
    monkeypatch.setattr(projector, "TALKS", attrs.evolve(TALKS, rows=TALKS.rows[::-1]))
    other_table = StatusProjector().fingerprint
    monkeypatch.undo()
    monkeypatch.setattr(projector, "FOLD", 0)

    assert len({before, other_table, StatusProjector().fingerprint}) == 3


def test_a_change_of_the_fold_is_a_change_of_its_number():
    """Where this fails, the same record has come to another projection: raise FOLD, then put the new digest here."""
    import hashlib

    record = [attrs.evolve(event, recorded=NOON, version=place, position=place) for place, event in enumerate(every_kind(), 1)]
    digest = hashlib.sha256(PROJECTOR.project(record).encode()).hexdigest()

    assert (projector.FOLD, digest[:16]) == (2, "8e7c4c51b9a8d6f0")


# What a refusal says


def refusal(*batches):
    """The message for the last batch, after the others were appended."""
    numbers = iter("abcdefgh")
    with MemoryLedger(clock=lambda: NOON, new_id=lambda: next(numbers)) as ledger:
        *earlier, last = batches
        for batch in earlier:
            ledger.append(batch)
        with pytest.raises(NotAllowed) as refused:
            ledger.append(last)
    return str(refused.value).removesuffix(" To keep it all the same, as an anomaly, append with strict=False (--force).")


ALWAYS = "Allowed next: proposed, scheduled, held, stalled, concluded"
NOTHING = f"{ALWAYS}; no answer, for no proposal is on the table."


def test_an_answer_without_any_proposal_is_told_to_record_one_first():
    assert refusal([responded("RUS", "accepted")]) == (
        f"'accepted' is not allowed in phase IDLE (track 'one', event a). {NOTHING} "
        "It needs a proposal that addresses RUS: record that 'proposed' first, or in the same append."
    )


def test_an_answer_to_a_party_is_told_that_this_party_must_propose():
    assert refusal([proposed("UKR", "RUS")], [responded("RUS", "declined", to="USA")]) == (
        f"'declined' is not allowed in phase PENDING (track 'one', event b). {ALWAYS}; answers by RUS to UKR. "
        "It would be allowed if it said whose proposal it answers: to: UKR."
    )
    assert refusal([proposed("UKR", "RUS")], [responded("TUR", "declined", to="USA")]) == (
        f"'declined' is not allowed in phase PENDING (track 'one', event b). {ALWAYS}; answers by RUS to UKR. "
        "It needs a proposal by USA that addresses TUR: record that 'proposed' first, or in the same append."
    )


def test_an_answer_dated_too_early_is_told_from_when_it_would_be_allowed():
    assert refusal([proposed("UKR", "RUS")], [responded("RUS", "accepted", day="2025-07-18")]) == (
        f"'accepted' is not allowed in phase IDLE (track 'one', event b). {NOTHING} "
        "It would be allowed from 2025-07-19 on, after 'proposed' by UKR (event a): check the days on which they occurred."
    )


def test_an_answer_dated_too_late_is_told_until_when_it_would_have_been_allowed():
    withdrawn = Stalled(track="one", occurred="2025-07-20", reason="withdrawn", by="UKR", sources=said("UKR"))
    assert refusal([proposed("UKR", "RUS")], [withdrawn], [responded("RUS", "accepted")]) == (
        f"'accepted' is not allowed in phase STALLED (track 'one', event c). {NOTHING} "
        "It would have been allowed until 2025-07-20, before 'stalled' by UKR (event b). "
        "It needs a proposal that addresses RUS: record that 'proposed' first, or in the same append."
    )


def test_an_answer_after_the_meeting_is_told_to_say_whose_proposal_it_answers():
    first = [proposed("UKR", "RUS"), proposed("USA", "RUS")]
    assert refusal(first, [held("2025-07-20")], [responded("RUS", "accepted")]) == (
        f"'accepted' is not allowed in phase HELD (track 'one', event d). {ALWAYS}; answers by RUS to UKR or RUS to USA. "
        "It would have been allowed until 2025-07-20, before 'held' (event c). "
        "It would be allowed if it said whose proposal it answers: to: UKR or USA."
    )


def test_the_last_time_counts_at_which_it_would_have_been_allowed():
    first = [proposed("UKR", "RUS"), held("2025-07-20"), proposed("UKR", "RUS", day="2025-07-20"), held("2025-07-21")]

    assert "It would have been allowed until 2025-07-21, before 'held' (event d)." in refusal(
        first, [responded("RUS", "accepted", day="2025-07-22")]
    )


def test_a_late_event_is_told_which_answer_it_would_orphan():
    first = [proposed("UKR", "RUS"), responded("RUS", "accepted")]
    assert refusal(first, [held("2025-07-20")]) == (
        f"'accepted' is not allowed in phase HELD (track 'one', event b). {ALWAYS}; answers by RUS to UKR. "
        "It is an earlier event, of 2025-07-21: this append would take from it the proposal that it answers. "
        "It would have been allowed until 2025-07-20, before 'held' (event c). "
        "It would be allowed if it said whose proposal it answers: to: UKR."
    )


def test_a_retraction_is_told_which_answer_it_would_orphan():
    first = [proposed("UKR", "RUS"), responded("RUS", "accepted")]
    assert refusal(first, [Retracted(track="one", occurred="2025-07-25", retracts="a")]) == (
        f"'accepted' is not allowed in phase IDLE (track 'one', event b). {NOTHING} "
        "It is an earlier event, of 2025-07-21: this append would take from it the proposal that it answers. "
        "It needs a proposal that addresses RUS: record that 'proposed' first, or in the same append."
    )


def test_a_rumour_is_judged_as_things_stand_by_rumour():
    rumour = (Source(attribution="media", outlet="A newspaper"),)
    first = [proposed("UKR", "RUS"), held("2025-07-20", sources=rumour)]
    assert refusal(first, [responded("RUS", "accepted", sources=rumour)]) == (
        f"'accepted' is not allowed in phase HELD (track 'one', event c). {ALWAYS}; answers by RUS to UKR. "
        "(That is how things stand as reported: the new events have no official standing.) "
        "It would have been allowed until 2025-07-20, before 'held' (event b). "
        "It would be allowed if it said whose proposal it answers: to: UKR."
    )


def test_an_official_denial_may_not_orphan_an_answer_on_either_evidence():
    leak = (Source(attribution="media", outlet="A newspaper"),)
    first = [proposed("UKR", "RUS", sources=leak, id="leak"), responded("RUS", "accepted", sources=leak)]
    message = refusal(first, [Retracted(track="one", occurred="2025-07-25", retracts="leak")])

    assert "(That is how things stand as reported" in message
    assert "phase IDLE" in message


def test_faults_come_before_refusals_and_from_all_tracks():
    faulty = Noted(track="two", occurred="2025-07-20")
    with MemoryLedger(clock=lambda: NOON) as ledger, pytest.raises(InvalidEvent) as invalid:
        ledger.append([responded("RUS", "accepted"), faulty, held("2025-07-20", round=0, track="three")])

    assert str(invalid.value) == (
        "event 2 of the batch:text: says nothing: give a 'text'\n"
        "event 3 of the batch:round: round 0 cannot be: rounds count from 1"
    )


def test_many_descriptions_are_judged_in_reasonable_time():
    """Each may declare other parties, and each proposal is judged by those before it."""
    import time

    record = []
    for number in range(300):
        parties = [Party(code="UKR"), Party(code="RUS"), Party(code=f"X{number}")]
        record += [Described(track="one", occurred="2025-07-01", parties=parties), proposed("UKR", f"X{number}")]
    start = time.process_time()
    with MemoryLedger(clock=lambda: NOON) as ledger:
        ledger.append(record)
    assert time.process_time() - start < 5
