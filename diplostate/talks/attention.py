"""Attention flags: what about a status asks to be looked at, at an explicit now. Time never moves the machine itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import attrs

from diplostate.errors import InvalidDate
from diplostate.talks.dates import Edtf, Moment, day_of
from diplostate.talks.machine import Phase
from diplostate.talks.status import Status, listed


@attrs.frozen(kw_only=True)
class Limits:
    """After how many days a flag is raised.

    62 days: between meetings of one mediation process, 90 of 100 gaps are shorter (median 5 days, coded data).
    """

    unanswered_days: int = 14
    silence_days: int = 62


FLAGS = ("unanswered", "overdue", "missed", "silent")
"""The names of all flags."""


@attrs.frozen(kw_only=True)
class Flag:
    """One thing to look at: its ``name`` (one of `FLAGS`), the day since which it holds, and a sentence for people."""

    name: str
    since: date
    sentence: str


def flags(status: Status, now: Moment, *, limits: Limits | None = None) -> tuple[Flag, ...]:
    """What asks for attention at ``now``, a day or an aware instant, in the order of `FLAGS`; raises `InvalidDate` for a naive
    one.

    - ``unanswered``: a proposal pends, and an answer has been owed for `Limits.unanswered_days` or more;
    - ``overdue``: a proposal pends, and the day by which it asked for an answer is past;
    - ``missed``: a meeting was set, its date is past, and nothing was recorded;
    - ``silent``: no event for `Limits.silence_days` or more, unless the track is concluded or has none.
    """
    if isinstance(now, datetime) and now.tzinfo is None:
        raise InvalidDate(now.isoformat(), "has no time zone: give an aware datetime")
    chosen = limits or Limits()
    found = (
        _unanswered(status, now, chosen.unanswered_days),
        _overdue(status, now),
        _missed(status, now),
        _silent(status, now, chosen.silence_days),
    )
    return tuple(
        Flag(name=name, since=since, sentence=sentence)
        for name, one in zip(FLAGS, found, strict=True)
        for since, sentence in one
    )


Found = Iterator[tuple[date, str]]


def _unanswered(status: Status, now: Moment, limit: int) -> Found:
    if status.phase is Phase.PENDING and status.asked is not None:
        days = (day_of(now) - status.asked).days
        if days >= limit:
            sentence = f"No answer from {_awaited(status)}, asked on {status.asked}, for {days} days."
            yield status.asked + timedelta(days=limit), sentence


def _overdue(status: Status, now: Moment) -> Found:
    if status.phase is Phase.PENDING and status.open is not None:
        respond_by = status.open.terms.respond_by
        for since in _past(respond_by, now):
            yield since, f"An answer from {_awaited(status)} was due by {respond_by}."


def _missed(status: Status, now: Moment) -> Found:
    if status.phase is Phase.SCHEDULED and status.meeting is not None:
        for since in _past(status.meeting.on, now):
            yield since, f"The date of the meeting, {status.meeting.on}, is past and nothing was recorded."


def _silent(status: Status, now: Moment, limit: int) -> Found:
    if status.phase is not Phase.CONCLUDED and status.last_sign is not None:
        days = (day_of(now) - status.last_sign).days
        if days >= limit:
            yield status.last_sign + timedelta(days=limit), f"No event since {status.last_sign}, for {days} days."


def _past(due: Edtf | None, now: Moment) -> Iterator[date]:
    """The day since which a date is past: the one after the latest that it allows, or, told by the hour, its own."""
    if due is None or due.latest is None:
        return
    if due.instant is not None and isinstance(now, datetime):
        if due.instant < now:
            yield due.latest
    elif due.latest < day_of(now):
        yield due.latest + timedelta(days=1)


def _awaited(status: Status) -> str:
    return listed(map(status.description.name, status.awaiting))
