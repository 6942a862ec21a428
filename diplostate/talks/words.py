"""Words of the record: an enumeration whose members are stored as they are written, and that says what it has."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from diplostate.errors import Fault, InvalidWord


class Word(StrEnum):
    """One of a few words; asking for another one raises `InvalidWord`."""

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise InvalidWord([Fault(f"{value!r} is no {cls.__name__}: it is one of {', '.join(cls)}")])


class Role(Word):
    """What a party is to the talks."""

    PRINCIPAL = "principal"
    MEDIATOR = "mediator"
    HOST = "host"
    GUARANTOR = "guarantor"
    OBSERVER = "observer"


class Relation(Word):
    """How one track is linked to another."""

    PREPARES = "prepares"
    FOLLOWS = "follows"
    PARALLELS = "parallels"
    PART_OF = "part_of"


class Answer(Word):
    """What a party says to a proposal."""

    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    COUNTERED = "countered"
    DECLINED = "declined"


class StallReason(Word):
    """Why talks do not move."""

    POSTPONED = "postponed"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    COLLAPSED = "collapsed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Outcome(Word):
    """How a track ended."""

    AGREEMENT = "agreement"
    MERGED = "merged"
    TERMINATED = "terminated"


class ItemOutcome(Word):
    """How far a meeting brought an item of the agenda."""

    RAISED = "raised"
    DISCUSSED = "discussed"
    AGREED = "agreed"
    IMPLEMENTED = "implemented"
    DROPPED = "dropped"


class Tier(Word):
    """The official level of talks that diplomats call Track I, 1.5 and II."""

    ONE = "1"
    ONE_AND_A_HALF = "1.5"
    TWO = "2"
