"""Simulated futures: every path is a legal log, the same seed gives the same, and nothing of later days is used."""

from __future__ import annotations

import zlib
from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import require

from diplostate.errors import Invalid, InvalidEvent
from diplostate.ledger.ask import status
from diplostate.ledger.memory import MemoryLedger
from diplostate.simulation.automaton import SYMBOLS
from diplostate.simulation.futures import MODELS, branch_of, events_of, planned, simulate, walked
from diplostate.simulation.habits import steps
from diplostate.talks.events import Held
from diplostate.talks.machine import Phase
from diplostate.talks.rules import errors, faults
from diplostate.testing import strategies
from diplostate.testing.scenario import answered, proposed, rumour, told
from diplostate.testing.scenario import given as record


@pytest.fixture(autouse=True)
def _numpy():
    require("numpy")


def habit(track, number, pace, answer):
    """A track that proposes, is answered and meets, again and again."""
    day, events = date(2024, 1, 1) + timedelta(number), []
    for _ in range(6):
        events.append(proposed(day, "UKR", "RUS", track=track))
        events.append(answered(day + timedelta(pace), "RUS", answer, track=track))
        if answer == "accepted":
            events.append(told(Held, day + timedelta(2 * pace), track=track))
        day += timedelta(4 * pace)
    return events


def talks(*, declining=True):
    events = [event for number in range(8) for event in habit(f"track-{number}", number, 5, "accepted")]
    events += habit("refusals", 3, 7, "declined") if declining else []
    events += [proposed("2024-05-20", "UKR", "RUS", track="young")]
    events.sort(key=lambda event: event.day)
    return MemoryLedger(record(*events).events)


ASKED = {"as_of": "2024-05-30", "horizon_days": 60, "runs": 1000, "seed": 1}


@settings(max_examples=10)
@given(strategies.logs(), st.sampled_from(["official", "reported"]), st.integers(0, 5))
def test_every_simulated_path_is_a_legal_log(events, evidence, seed):
    """The rules find no fault in any event, the machine no anomaly, and the fold stands where the simulation stands."""
    ledger = MemoryLedger(record(*events).events)
    known = max((event.known.date() for event in events), default=date(2025, 7, 21))
    try:
        plan = planned(ledger, as_of=known, evidence=evidence, horizon_days=400, runs=MODELS, seed=seed)
    except Invalid:
        return  # nothing on record that counts
    for start in plan.starts:
        paths = walked(plan, start, 0, MODELS)
        for run in range(3):
            branch = branch_of(ledger, plan, run)  # it appends strictly, and refuses what is not allowed
            assert all(event.hypothetical for event in branch.own)
            assert [fault for event in branch.own for fault in errors(faults(event, hypothetical=True))] == []
            after = status(branch, start.track, evidence=evidence)
            assert after.anomalies == start.status.anomalies
            ends = paths.after[paths.run == run]
            assert after.phase is (start.automaton.phases[ends[-1]] if len(ends) else start.status.phase)


def test_the_same_seed_gives_the_same_and_another_one_another():
    ledger = talks()
    first, again, other = (simulate(planned(ledger, **{**ASKED, "seed": seed})).futures for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_several_processes_come_to_the_same():
    plan = planned(talks(), **ASKED)
    assert simulate(plan, processes=2).futures == simulate(plan).futures


def test_a_track_is_simulated_alike_alone_and_among_others():
    ledger = talks()
    alone = simulate(planned(ledger, ["young"], **ASKED)).futures
    assert alone == tuple(future for future in simulate(planned(ledger, **ASKED)).futures if future.track == "young")


def test_probabilities_sum_to_one_begin_today_and_lie_within_their_intervals():
    for future in simulate(planned(talks(), **ASKED)).futures:
        days = list(zip(*future.shares.values(), strict=True))
        assert len(days) == 61
        assert all(sum(mean for mean, _, _ in day) == pytest.approx(1) for day in days)
        assert all(0 <= lower <= mean <= upper <= 1 for day in days for mean, lower, upper in day)
        assert future.shares[future.phase][0][0] == 1


def test_a_pending_proposal_is_answered_as_such_proposals_were():
    """They were accepted after 5 days, and met 5 days later; refusals are one track of nine."""
    (young,) = simulate(planned(talks(), ["young"], **{**ASKED, "as_of": "2024-05-21"})).futures
    assert young.phase is Phase.PENDING
    assert young.shares[Phase.PENDING][1][0] > 0.9
    assert young.shares[Phase.PENDING][7][0] < 0.4
    assert young.shares[Phase.HELD][14][0] > 0.4


def test_a_track_with_a_history_goes_its_own_way():
    """Its own refusals weigh more than the acceptances of the others; without any history it goes as they do."""
    ledger = talks()
    ledger.append([proposed("2024-06-01", "UKR", "RUS", track="refusals"), proposed("2024-06-01", "UKR", "RUS", track="new")])
    found = simulate(planned(ledger, ["refusals", "new"], **{**ASKED, "as_of": "2024-06-01", "known_at": "2030-01-01"})).futures
    refusals, new = (future.shares[Phase.DECLINED][10][0] for future in found)
    assert refusals > 0.3
    assert new < 0.15


def test_what_happened_later_changes_nothing():
    early = talks()
    late = MemoryLedger([*early.read(), *record(told(Held, "2024-07-01", track="young", id="late")).events])
    assert simulate(planned(early, **ASKED)).futures == simulate(planned(late, **ASKED)).futures


def test_habits_can_be_learned_from_another_record():
    alone = MemoryLedger(record(proposed("2024-05-20", "UKR", "RUS", track="young")).events)
    plan = planned(alone, learn_from=talks(), **ASKED)
    assert (plan.learned, plan.starts[0].track) == (len(list(talks().read())), "young")


def test_planning_and_simulating_can_be_watched():
    seen = []

    def watch(items, total):
        seen.append(total)
        return items

    plan = planned(talks(), watch=watch, **ASKED)
    simulate(plan, watch=watch)
    assert seen == [len(talks().tracks()), len(plan.starts)]


def test_habits_can_be_learned_on_other_evidence():
    """Coded data is only reported, and the track is asked for officially."""
    alone = MemoryLedger(record(proposed("2024-05-20", "UKR", "RUS", track="young")).events)
    coded = MemoryLedger(attrs.evolve(event, sources=rumour(), version=None, position=None) for event in talks().read())
    with pytest.raises(Invalid, match="nothing to learn from"):
        planned(alone, learn_from=coded, **ASKED)
    plan = planned(alone, learn_from=coded, learn_evidence="reported", **ASKED)
    assert (plan.learned, plan.starts[0].status.phase) == (len(list(coded.read())), "PENDING")


def test_the_first_wait_goes_on_from_what_has_passed():
    """What was answered after 5 days at the latest, and has been waited for twice as long, is not answered soon."""
    ledger = talks(declining=False)
    soon, late = (
        simulate(planned(ledger, ["young"], **{**ASKED, "as_of": day})).futures[0].shares[Phase.PENDING][7][0]
        for day in ("2024-05-21", "2024-07-20")
    )
    assert soon < 0.4
    assert late > 0.6


def test_waits_come_as_often_as_their_table_says():
    """Of many runs of one model, as many have an event by a day as the table of waits tells, given what has passed."""
    import numpy as np

    from diplostate.simulation.habits import PHASES, adapted

    plan = planned(talks(), ["young"], **{**ASKED, "runs": 100_000})
    (start,) = plan.starts
    paths = walked(plan, start, 0, 100_000)
    first = np.full(100_000, 10**6)
    np.minimum.at(first, paths.run, paths.day)
    seeds = [plan.seed, zlib.crc32(b"young")]
    waits = adapted(plan.habits, start.steps, start.automaton, seed=seeds, days=start.elapsed + 60).waits
    row = waits[:, PHASES.index(Phase.PENDING)]
    seen = row[:, start.elapsed]
    for day in (1, 5, 20, 60):
        expected = ((row[:, start.elapsed + day] - seen) / (1 - seen)).mean()
        assert (first <= day).mean() == pytest.approx(expected, abs=0.01)


def test_a_path_can_be_had_as_events_of_its_days():
    plan = planned(talks(), ["young"], **ASKED)
    (start,) = plan.starts
    paths = walked(plan, start, 0, 1000)
    for run in (0, 7, 999):
        events = list(events_of(plan, start, run))
        symbols = [SYMBOLS[symbol].value for symbol in paths.symbol[paths.run == run]]
        assert [event.symbol for event in events] == symbols
        days = [start.today + timedelta(days=int(day)) for day in paths.day[paths.run == run]]
        assert [event.day for event in events] == days == sorted(days)


def test_no_record_of_facts_takes_a_simulated_event():
    plan = planned(talks(), **ASKED)
    events = [event for start in plan.starts for event in events_of(plan, start, 0)]
    with pytest.raises(InvalidEvent, match="hypothetical"):
        talks().append(events, strict=False)


def test_tracks_of_which_nothing_is_known_are_left_out():
    ledger = talks()
    ledger.append([attrs.evolve(told(Held, "2024-05-01", track="alone"))])
    plan = planned(ledger, **{**ASKED, "known_at": "2030-01-01"})
    assert plan.untold == ("alone",)


def test_tracks_that_have_been_silent_for_half_a_century_are_left_out():
    """Their habits are those of other people; and every day of silence takes memory."""
    ledger = talks()
    ledger.append([proposed("1915-05-20", "UKR", "RUS", track="ancient")])
    plan = planned(ledger, **{**ASKED, "known_at": "2030-01-01"})
    assert plan.untold == ("ancient",)


def test_nothing_is_simulated_from_nothing():
    with pytest.raises(Invalid, match="nothing to learn from"):
        planned(MemoryLedger(), **ASKED)
    with pytest.raises(Invalid, match="lies in no future"):
        planned(talks(), **{**ASKED, "horizon_days": 0})
    with pytest.raises(Invalid, match="a horizon of 3654 days is too far: ten years"):
        planned(talks(), **{**ASKED, "horizon_days": 3654})
    with pytest.raises(Invalid, match="too few"):
        planned(talks(), **{**ASKED, "runs": 10})


def test_anomalies_are_no_habits():
    ledger = MemoryLedger(record(answered("2025-03-01", "RUS", "accepted"), told(Held, "2025-03-02")).events)
    assert [SYMBOLS[symbol].value for symbol in steps(ledger, "scenario", as_of="2025-12-31").symbols] == ["held"]
