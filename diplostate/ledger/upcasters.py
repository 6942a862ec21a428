"""Old records: how a stored event of an older shape is read as one of today's, without ever being changed in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Stored = Mapping[str, Any]
Upcaster = Callable[[Stored], Stored]
"""Gives the next newer shape of a stored event, and one that has it already as it is."""


def addressees_in_a_list(stored: Stored) -> Stored:
    """Before a proposal could address several parties, ``to`` was the code of one."""
    return {**stored, "to": [stored["to"]]} if isinstance(stored["to"], str) else stored


UPCASTERS: Mapping[str, Sequence[Upcaster]] = {"proposed": (addressees_in_a_list,)}
"""For each kind its upcasters, the oldest shape first: add new ones at the end, and take none away."""


def upcast(stored: Stored) -> Stored:
    """A stored event in the shape of today."""
    for upcaster in UPCASTERS.get(stored["kind"], ()):
        stored = upcaster(stored)
    return stored
