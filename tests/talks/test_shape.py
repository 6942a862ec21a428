"""What a program may put into an event, and what is said of anything else."""

from __future__ import annotations

from datetime import datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import diplostate
from diplostate import Described, Held, Link, Noted, Party, Proposed, Responded, Scheduled, Source
from diplostate.errors import Invalid, InvalidDate, InvalidEvent, InvalidWord
from diplostate.talks import shape
from diplostate.talks.events import KINDS
from diplostate.testing import strategies

SAID = Source(attribution="official", outlet="Kremlin press service", speaks_for="RUS")
HELD = {"track": "talks", "occurred": "2025-07-23", "sources": [SAID]}


@given(strategies.logs(max_size=6))
def test_every_event_of_a_log_has_its_shape(log):
    assert [fault for event in log for fault in shape.mistyped(event)] == []


ODD = st.sampled_from([3, 2.5, True, b"x", object(), ("a", 3), [], {}, SAID])


@pytest.mark.parametrize(
    ("name", "odd", "said"),
    [
        ("absent", "USA", "absent: expected a list, found 'USA' (str)"),
        ("outcomes", (("a", "agreed"),), "outcomes[0][1]: expected a value of ItemOutcome, found 'agreed' (str)"),
    ],
)
def test_lists_and_both_halves_of_pairs_are_looked_at(name, odd, said):
    """Set past the converters, which would make of it what the field holds."""
    wrong = Held(**HELD)
    object.__setattr__(wrong, name, odd)

    assert list(map(str, shape.mistyped(wrong))) == [said]


@given(strategies.logs(max_size=3).filter(bool), st.data(), ODD)
def test_a_value_of_another_type_is_found_wherever_it_stands(log, data, odd):
    """Set past the converters, so that it is the look that finds it. Whole numbers, lists and True do stand in some fields."""
    event = data.draw(st.sampled_from(log))
    fits = _NUMBERS | {"hypothetical"} if odd is True else _NUMBERS
    name = data.draw(st.sampled_from([field.name for field in attrs.fields(type(event)) if field.name not in fits]))
    wrong = attrs.evolve(event)
    object.__setattr__(wrong, name, odd)

    assert shape.mistyped(wrong)[0].path[0] == name
    assert shape.mistyped(wrong) == shape.mistyped(wrong), "it is found again"
    assert shape.mistyped(event) == [], "and what was well stays well"


_NUMBERS = {"round", "version", "position"}


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (Held(**HELD, venue=3), "venue: expected text or None, found 3 (int)"),
        (Held(**HELD, round="3"), "round: expected a whole number or None, found '3' (str)"),
        (Held(**HELD, round=True), "round: expected a whole number or None, found True (bool)"),
        (Held(**{**HELD, "track": 5}), "track: expected text, found 5 (int)"),
        (Held(**{**HELD, "sources": ["Reuters"]}), "sources[0]: expected a value of Source, found 'Reuters' (str)"),
        (
            Held(**{**HELD, "sources": [attrs.evolve(SAID, outlet=3)]}),
            "sources[0].outlet: expected text or None, found 3 (int)",
        ),
        (Held(**HELD, absent=["USA", None]), "absent[1]: expected text, found None (NoneType)"),
        (
            Described(track="talks", occurred="2025", parties=["UKR"]),
            "parties[0]: expected a value of Party, found 'UKR' (str)",
        ),
        (Described(track="talks", occurred="2025", parties=[Party(code=7)]), "parties[0].code: expected text, found 7 (int)"),
        (Noted(track="talks", occurred="2025", links=[Link("prepares", 3)]), "links[0].track: expected text, found 3 (int)"),
        (Held(**HELD, venue=b"a" * 57), f"venue: expected text or None, found b'{'a' * 57}' (bytes)"),
        (Held(**HELD, venue=b"a" * 58), f"venue: expected text or None, found b'{'a' * 55}... (bytes)"),
        (attrs.evolve(Held(**HELD), until=None, agreement=("a",)), "agreement: expected text or None, found ('a',) (tuple)"),
        (Scheduled(**HELD, heads={"RUS": 3}), "heads[0][1]: expected text, found 3 (int)"),
        ("held", "'held' (str) is no event: make one of Proposed, Responded, Scheduled, Held, Stalled"),
    ],
)
def test_append_refuses_a_field_of_another_type(event, fault):
    """With the path of the field, and before anything else is looked at; in a batch, with the place of the event too."""
    with diplostate.open("memory:") as ledger:
        with pytest.raises(InvalidEvent) as alone:
            ledger.append([event], strict=False)
        with pytest.raises(InvalidEvent) as second:
            ledger.append([Held(**HELD), event], strict=False)
        assert ledger.head == 0

    assert str(alone.value).startswith(fault)
    assert str(second.value).endswith(" (event 2 of the batch)")


def test_no_more_types_are_remembered_than_said(monkeypatch):
    """Else a program that makes ever new ones would fill the memory; what is not remembered is looked at again."""
    monkeypatch.setattr(shape, "MOST_SOUND", 0)
    monkeypatch.setattr(shape, "_SOUND", set())

    assert shape.mistyped(Held(**HELD)) == []
    assert not shape._SOUND


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (
            lambda: Responded(**HELD, by="RUS", answer="yes"),
            InvalidWord,
            "'yes' is no Answer: it is one of acknowledged, accepted, countered, declined",
        ),
        (lambda: Source(attribution="oficial"), InvalidWord, "'oficial' is no Attribution: it is one of official, state_media"),
        (
            lambda: Held(**HELD, outcomes={"prisoners": "agreeed"}),
            InvalidWord,
            "'agreeed' is no ItemOutcome: it is one of raised",
        ),
        (lambda: Held(**HELD, outcomes="prisoners"), InvalidEvent, "'prisoners' is no mapping: write {name: value, ...}"),
        (lambda: Scheduled(**HELD, heads=3), InvalidEvent, "3 is no mapping: write {name: value, ...}"),
        (
            lambda: Proposed(**HELD, by="UKR", to="RUS"),
            InvalidEvent,
            "'RUS' stands alone where a list is expected: write ['RUS']",
        ),
        (lambda: Held(**{**HELD, "sources": SAID}), InvalidEvent, "Source("),
        (lambda: Held(**{**HELD, "occurred": 2025}), InvalidDate, "'2025' is no date: write it as text, as in '2025-07-21'"),
        (lambda: Held(**{**HELD, "occurred": None}), InvalidDate, "'None' is no date: write it as text"),
        (lambda: Held(**HELD, recorded="2025-07-23"), InvalidEvent, "recorded '2025-07-23' is no datetime"),
        (lambda: Held(**HELD, recorded=datetime(2025, 7, 23)), InvalidEvent, "recorded 2025-07-23T00:00:00 has no time zone"),  # noqa: DTZ001
    ],
)
def test_what_no_field_can_take_is_refused_where_it_is_made(make, error, said):
    with pytest.raises(error) as found:
        make()

    assert isinstance(found.value, Invalid)
    assert str(found.value).startswith(said)


def test_every_kind_of_event_is_looked_at():
    assert set(KINDS.values()) == shape._CLASSES
