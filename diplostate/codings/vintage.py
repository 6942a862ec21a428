"""What an import changes in a ledger: new events, events that a newer vintage has lost, and events that returned."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

import attrs

from diplostate.codings.provenance import file_of
from diplostate.ledger.protocol import Ledger
from diplostate.talks.events import Described, Event, Retracted

T = TypeVar("T")

_BATCH = 5_000
"""Events of one append; a track is never divided."""
_OURS = re.compile(r"(?P<target>.+)#(?P<number>\d+)")
"""The id of a retraction that an import made: that of its event, and how many it is."""


@attrs.frozen(kw_only=True)
class Change:
    """What is to be appended, by track: what is new, what is gone, and what is back."""

    new: Mapping[str, Sequence[Event]]
    gone: Mapping[str, Sequence[Retracted]]
    """Retractions of events that the newer vintage of their file does not have."""
    back: Mapping[str, Sequence[Retracted]]
    """Retractions of such retractions."""
    known: int
    """How many events the ledger had already."""

    def batches(self) -> Iterator[list[Event]]:
        """The events to append, in batches of whole tracks."""
        batch: list[Event] = []
        for track in sorted({*self.new, *self.gone, *self.back}):
            batch += (*self.gone.get(track, ()), *self.back.get(track, ()), *self.new.get(track, ()))
            if len(batch) >= _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


@attrs.frozen
class _Kept:
    """What the ledger has of one track: the ids of its imported events, each with its file, and the retractions."""

    files: Mapping[str, str]
    retracted: Mapping[str, list[str]]
    """The chain of retractions of each event that has any: every one but the first takes back the one before."""
    ids: Collection[str]

    def is_dead(self, event_id: str) -> bool:
        """Whether an import retracted it, and none took that back."""
        return len(self.retracted.get(event_id, ())) % 2 == 1


def change(
    ledger: Ledger, own: Iterable[str], tracks: Mapping[str, Sequence[Event]], files: Collection[str], *, today: date
) -> Change:
    """Compare what files come to with what the ledger has in its ``own`` tracks, which are those of the same coding.

    A file is a newer vintage of an earlier one where it has the same name, or where at least half of the events of the earlier
    one came out of it again. What a user retracted by hand stays retracted.
    """
    kept = {track: _kept(ledger, track) for track in own}
    fresh = {track: {event.id or "": event for event in events} for track, events in tracks.items()}
    outdated = _outdated(kept, fresh, files)
    new, gone, back = {}, {}, {}
    known = 0
    for track in {**kept, **fresh}:
        old, now = kept.get(track, _NOTHING), fresh.get(track, {})
        new[track] = [event for name, event in now.items() if name not in old.ids]
        known += len(now) - len(new[track])
        gone[track] = [
            _retraction(track, name, old, today, "a newer vintage of its file does not have it")
            for name, file in old.files.items()
            if file in outdated and name not in now and not old.is_dead(name)
        ]
        back[track] = [
            _retraction(track, name, old, today, "a newer vintage of its file has the event again")
            for name in now
            if old.is_dead(name)
        ]
    return Change(new=_some(new), gone=_some(gone), back=_some(back), known=known)


def _some(found: Mapping[str, list[T]]) -> dict[str, list[T]]:
    return {track: events for track, events in found.items() if events}


_NOTHING = _Kept({}, {}, ())


def _kept(ledger: Ledger, track: str) -> _Kept:
    files: dict[str, str] = {}
    chains: defaultdict[str, list[str]] = defaultdict(list)
    ids = set()
    for event in ledger.events(track):
        name = event.id or ""
        ids.add(name)
        ours = _OURS.fullmatch(name) if isinstance(event, Retracted) else None
        if ours is not None:
            chains[ours["target"]].append(name)
        elif not isinstance(event, Described):
            file = file_of(event)
            if file is not None:
                files[name] = file
    return _Kept(files, chains, ids)


def _outdated(kept: Mapping[str, _Kept], fresh: Mapping[str, Mapping[str, Event]], files: Collection[str]) -> set[str]:
    """The files that the ledger knows and of which the new ones are newer vintages."""
    had: defaultdict[str, int] = defaultdict(int)
    again: defaultdict[str, int] = defaultdict(int)
    for track, old in kept.items():
        now = fresh.get(track, {})
        for name, file in old.files.items():
            if not old.is_dead(name):
                had[file] += 1
                again[file] += name in now
    return {file for file, count in had.items() if file in files or 2 * again[file] >= count}


def _retraction(track: str, name: str, old: _Kept, today: date, reason: str) -> Retracted:
    chain = old.retracted.get(name, [])
    target = chain[-1] if chain and len(chain) % 2 == 1 else name
    return Retracted(id=f"{name}#{len(chain) + 1}", track=track, occurred=today, retracts=target, reason=reason)
