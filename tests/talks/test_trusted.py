"""What a ledger makes of events that it has judged: the same values as the general way, without a second look."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diplostate.talks.events import Held
from diplostate.talks.trusted import changed, values_of
from diplostate.testing import strategies
from diplostate.testing.scenario import told


@given(strategies.events(), st.integers(1))
def test_a_changed_event_is_what_the_general_way_makes_of_it(event, position):
    before, said = values_of(event), {"id": "changed", "position": position}

    assert changed(event, **said) == attrs.evolve(event, **said)
    assert changed(event) == event
    assert changed(event) is not event
    assert values_of(event) == before, "and the event itself is as it was"


@given(strategies.events())
def test_what_follows_from_the_fields_is_worked_out_anew(event):
    """As when an event is placed: once it is recorded, the day on which it counts may be another one."""
    assert event.day is not None, "worked out, and kept"

    assert changed(event, recorded=EARLY).day == attrs.evolve(event, recorded=EARLY).day


EARLY = datetime(1999, 1, 1, tzinfo=UTC)


@given(strategies.events())
def test_the_values_come_in_the_order_of_the_fields(event):
    assert values_of(event) == tuple(getattr(event, field.name) for field in attrs.fields(type(event)))


def test_only_what_an_event_has_can_be_changed():
    with pytest.raises(KeyError, match="place"):
        changed(told(Held, "2025-07-01"), place=3)
