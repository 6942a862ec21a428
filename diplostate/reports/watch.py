"""What changes while one looks on: how new events move the statuses of tracks, and what comes to deserve attention by time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice
from typing import Any

import attrs

from diplostate.ledger import ask
from diplostate.ledger.appending import refuse_unknown, system_clock
from diplostate.ledger.projector import Statuses
from diplostate.ledger.protocol import Ledger
from diplostate.ledger.subscription import Subscription
from diplostate.reports import recorded
from diplostate.reports.facts import iso
from diplostate.reports.question import Question
from diplostate.reports.recorded import Recorded, Standings
from diplostate.reports.render import Field, Line, Page, Section, Span, View, heading
from diplostate.reports.sentences import changes, sentence
from diplostate.reports.status import EVERY, Only, Row
from diplostate.reports.visible import json_line
from diplostate.reports.words import with_days
from diplostate.talks.attention import Flag, Limits, flags
from diplostate.talks.events import Described, Event, Retracted
from diplostate.talks.record import read
from diplostate.talks.status import Status

LOOK_SECONDS = 60.0
"""Between two looks at the clock: for what deserves attention by time alone, days matter, and hours sometimes."""


@attrs.frozen(kw_only=True)
class Change:
    """One thing that changed: events that were recorded together on one track, or (no events) flags that time raised."""

    told: Recorded
    position: int
    """Of its last event; of the last event before it where time alone did it. Whoever dealt with it goes on behind that."""
    raised: tuple[Flag, ...]
    """The flags that are new with it."""

    @property
    def says(self) -> str:
        """What happened, in a sentence for each event; empty where it was time alone."""
        name = self.told.after.official.description.name
        return "; ".join(sentence(event, name) for event in self.told.events)


def watch(
    ledger: Ledger,
    feed: Subscription,
    *,
    tracks: Sequence[str] | None = None,
    only: Only = EVERY,
    limits: Limits | None = None,
    once: bool = False,
    clock: Callable[[], datetime] = system_clock,
    look_seconds: float = LOOK_SECONDS,
) -> Iterator[Change]:
    """The changes of some tracks (None: all) that the events of ``feed``, a subscription to the ledger, bring about.

    First those since its position, then, but for ``once``, those that come until the feed is closed or nothing can come.
    Consecutive events of one track that were recorded at the same time are one change: so a correction does not look like
    two. Events after which everything stands as before are left out. Flags are told when they are raised from then on, those
    that came with events together with them; flags that were there before one looked on are what `status` is for.
    Raises `TrackNotFound`, and what reading a ledger raises.
    """
    watcher = _Watcher(ledger, _known(ledger, tracks), only, limits or Limits(), clock)
    yield from watcher.moved(feed.pending())
    if once:
        return
    watcher.begin()
    while feed.is_live:
        if feed.wait(look_seconds):
            yield from watcher.moved(feed.pending())
        yield from watcher.raised(feed.position, look_seconds)


def _known(ledger: Ledger, tracks: Sequence[str] | None) -> frozenset[str] | None:
    refuse_unknown(ledger, tracks or ())
    return None if tracks is None else frozenset(tracks)


_DESCRIBING = (Described, Retracted)
"""Events that say who takes part in a track, or that it was said in error."""


class _Watcher:
    """What has to be kept between two looks."""

    def __init__(
        self, ledger: Ledger, tracks: frozenset[str] | None, only: Only, limits: Limits, clock: Callable[[], datetime]
    ) -> None:
        self._ledger, self._tracks, self._only, self._limits, self._clock = ledger, tracks, only, limits, clock
        self._known: dict[str, tuple[Statuses, tuple[Event, ...]]] = {}
        self._attention: dict[str, tuple[Status, frozenset[str]]] = {}
        self._looked: datetime | None = None

    def begin(self) -> None:
        """From here on flags are told; those that there are now are not."""
        self._looked = now = self._clock()
        for track, status in ask.statuses(self._ledger):
            if self._is_watched(track):
                self._attend(track, status, now)

    def _attend(self, track: str, status: Status, now: datetime) -> tuple[Flag, ...]:
        """The flags that were not there the last time."""
        _, before = self._attention.get(track, (None, frozenset()))
        found = flags(status, now, limits=self._limits)
        self._attention[track] = status, frozenset(flag.name for flag in found)
        return tuple(flag for flag in found if flag.name not in before)

    def moved(self, events: Iterator[Event]) -> Iterator[Change]:
        """What these events changed."""
        for (track, _), together in groupby(events, key=lambda event: (event.track, event.recorded)):
            if self._is_watched(track):
                yield from self._change(track, tuple(together))

    def _is_watched(self, track: str) -> bool:
        return self._tracks is None or track in self._tracks

    def _change(self, track: str, events: tuple[Event, ...]) -> Iterator[Change]:
        last = events[-1]
        assert last.version is not None
        assert last.position is not None
        before, described = self._known.get(track) or self._met(track, last.version - len(events))
        after = before.after(events) or Statuses.of(self._record(track, last.version))
        # Whether an event is official hangs on who takes part in which role, and on nothing else that was said before.
        reading = read((*described, *events))
        self._known[track] = after, (*described, *(event for event in events if isinstance(event, _DESCRIBING)))
        now = self._clock()
        raised = self._attend(track, after.official, now) if self._looked is not None else ()
        told = Recorded(
            track=track,
            question=Question.of(now=now),
            events=events,
            before=Standings(official=before.official, reported=before.reported),
            after=Standings(official=after.official, reported=after.reported),
            reading=reading,
        )
        if self._is_told(told, raised) and (raised or _is_news(told)):
            yield Change(told=told, position=last.position, raised=raised)

    def _met(self, track: str, version: int) -> tuple[Statuses, tuple[Event, ...]]:
        """Where a track stood at a version, and what described it."""
        record = self._record(track, version)
        return Statuses.of(record), tuple(event for event in record if isinstance(event, _DESCRIBING))

    def _record(self, track: str, version: int) -> tuple[Event, ...]:
        """The events of a track up to a version."""
        return tuple(islice(self._ledger.events(track), version)) if version else ()

    def _is_told(self, told: Recorded, raised: tuple[Flag, ...]) -> bool:
        stands = (told.after.official, told.after.reported)
        return any(self._only.fits(Row(track=told.track, status=status, flags=raised)) for status in stands)

    def raised(self, position: int, look_seconds: float) -> Iterator[Change]:
        """What time alone raised, where it is time to look again."""
        now = self._clock()
        if self._looked is not None and (now - self._looked).total_seconds() < look_seconds:
            return
        self._looked = now
        for track, (status, _) in list(self._attention.items()):
            raised = self._attend(track, status, now)
            if raised and self._is_told(told := self._unmoved(track, status, now), raised):
                yield Change(told=told, position=position, raised=raised)

    def _unmoved(self, track: str, status: Status, now: datetime) -> Recorded:
        stands = Standings(official=status, reported=ask.status(self._ledger, track, evidence="reported"))
        return Recorded(track=track, question=Question.of(now=now), events=(), before=stands, after=stands, reading=read(()))


def _is_news(told: Recorded) -> bool:
    now = told.question.now
    both = (told.before.official, told.after.official), (told.before.reported, told.after.reported)
    return bool(told.anomalies) or any(changes(before, after, now) for before, after in both)


def view(found: Change) -> View:
    """One change, as a report; its JSON is one line."""
    return View(name="watch", page=lambda: page(found), own={"json": lambda: line(found)})


def page(found: Change) -> Page:
    """One change as a text."""
    fields = recorded.fields(found.told)
    if found.raised:
        fields.append(Field("Flags", [_flag(flag, found.told.question) for flag in found.raised]))
    title = found.told.after.official.description.title
    return Page(sections=[Section(heading=heading(title, found.told.track), fields=fields)])


def _flag(flag: Flag, question: Question) -> Line:
    return [Span(flag.name, "warning"), f": {with_days(flag.sentence, question.today)}"]


def line(found: Change) -> str:
    """One change as a line of JSON."""
    return json_line(data(found))


def data(found: Change) -> dict[str, Any]:
    """One change as plain data."""
    return found.told.question.envelope(
        "change",
        position=found.position,
        **recorded.facts(found.told),
        flags=[{"name": flag.name, "since": iso(flag.since), "sentence": flag.sentence} for flag in found.raised],
    )
