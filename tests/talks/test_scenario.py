"""What those who embed the model test with: scenarios, and records made at random."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import Phase, settings
from hypothesis import given as for_any
from hypothesis import strategies as st

from diplostate.talks.events import KINDS, Held
from diplostate.talks.fold import reduce, walk
from diplostate.talks.record import Fate, read
from diplostate.testing.scenario import TRACK, answered, given, proposed, rumour, says, told
from diplostate.testing.strategies import dates, events, logs, parties, sources


def test_a_scenario_reads_as_given_when_then():
    scenario = given(proposed("2025-07-01", "AAA", "BBB"), answered("2025-07-03", "BBB", "accepted"))

    scenario.when(as_of="2025-07-02").then(phase="PENDING", awaiting=["BBB"], asked="2025-07-01").when(
        evidence="reported"
    ).then(phase="ACCEPTED", since=date(2025, 7, 3))
    assert scenario.status == reduce(scenario.events)


def test_a_scenario_names_its_events_by_their_place():
    scenario = given(told(Held, "2025-07-01"), told(Held, "2025-07-02", id="mine"), told(Held, "2025-07-03"))

    assert [(event.id, event.version, event.position, event.track) for event in scenario.events] == [
        ("e1", 1, 1, TRACK),
        ("mine", 2, 2, TRACK),
        ("e3", 3, 3, TRACK),
    ]


def test_a_scenario_tells_every_difference_at_once():
    with pytest.raises(AssertionError) as caught:
        given(told(Held, "2025-07-01")).when(as_of="2025-07-02").then(phase="IDLE", rounds=1, since="2025-07-02")

    assert str(caught.value) == (
        "{'as_of': '2025-07-02'}: phase: expected 'IDLE', found <Phase.HELD: 'HELD'>; "
        "since: expected '2025-07-02', found '2025-07-01'"
    )


def test_sources_are_official_or_a_rumour():
    assert says("AAA", speaker="A person")[0].is_official
    assert not rumour(speaks_for="AAA")[0].is_official


@for_any(parties())
def test_at_least_two_parties_are_principals(cast):
    assert 2 <= len(cast) <= 5
    assert sum(party.role == "principal" for party in cast) >= 2


@for_any(dates(), sources(), st.sampled_from(list(KINDS.values())[:8]).flatmap(lambda kind: events(kind=kind)))
def test_every_part_can_be_drawn_alone(when, source, event):
    assert when.text
    assert source.outlet
    assert event.sources


def test_random_records_come_to_what_is_hard():
    """Else the properties would hold for want of trying."""
    seen: Counter[str] = Counter()

    @settings(max_examples=200, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @for_any(logs())
    def look(log):
        reading, status = read(log), reduce(log)
        fates = {entry.fate for entry in reading.entries}
        seen["anomaly"] += bool(status.anomalies)
        seen["adoption"] += any(step.adopted for step in walk(reading))
        seen["retraction"] += Fate.RETRACTED in fates
        seen["leak"] += Fate.REMEMBERED in fates
        seen["below the evidence"] += Fate.BELOW_EVIDENCE in fates
        seen["denial"] += any(entry.denied_by for entry in reading.entries)
        seen["confirmation"] += any(len(entry.sources) > len(entry.event.sources) for entry in reading.entries)
        seen["restatement"] += any(offer.restated for offer in status.table)
        seen["several on the table"] += len(status.table) > 1
        seen["late recording"] += [event.day for event in log] != sorted(event.day for event in log)
        seen["reported differs"] += status != reduce(log, evidence="reported")
        seen["a grade differs"] += status != reduce(log, evidence="B2") != reduce(log, evidence="reported")

    look()
    assert {what for what, times in seen.items() if times < 3} == set()
