"""What a ledger is asked: where a track stands, on which events that rests, and how it came to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diplostate.ledger.projector import status_in
from diplostate.ledger.protocol import Ledger
from diplostate.talks.dates import Edtf, Moment
from diplostate.talks.fold import Step, reduce, walk
from diplostate.talks.record import Reading, read
from diplostate.talks.sources import Evidence
from diplostate.talks.status import Status

Cut = Moment | str | Edtf | None
"""A day (inclusive) or an aware instant on one of the two time axes; None: no cut."""


def status(
    ledger: Ledger, track: str, *, as_of: Cut = None, known_at: Cut = None, evidence: Evidence | str = "official"
) -> Status:
    """Where a track stands; arguments as in `reduce`. Raises `TrackNotFound`, and `Invalid` for unreadable arguments."""
    ((_, found),) = statuses(ledger, [track], as_of=as_of, known_at=known_at, evidence=evidence)
    return found


def statuses(
    ledger: Ledger,
    tracks: Sequence[str] | None = None,
    *,
    as_of: Cut = None,
    known_at: Cut = None,
    evidence: Evidence | str = "official",
) -> Iterator[tuple[str, Status]]:
    """Each track (None: all, in the order in which they were begun) with where it stands.

    Without a cut, and on official or reported evidence, this comes from what the ledger keeps ready; else each track is
    reduced. Raises `TrackNotFound`, and `Invalid` for arguments that cannot be read.
    """
    asked = Evidence.parse(evidence)
    if as_of is None and known_at is None and asked.reliability is None:
        return ((track, status_in(text, asked.name)) for track, text in ledger.projections(tracks))
    wanted = ledger.tracks() if tracks is None else tracks
    return ((track, reduce(ledger.events(track), as_of=as_of, known_at=known_at, evidence=asked)) for track in wanted)


def reading(
    ledger: Ledger, track: str, *, as_of: Cut = None, known_at: Cut = None, evidence: Evidence | str = "official"
) -> Reading:
    """Which events of a track count, on which day, on what standing, and in which order; arguments as in `reduce`."""
    return read(ledger.events(track), as_of=as_of, known_at=known_at, evidence=evidence)


def history(
    ledger: Ledger, track: str, *, as_of: Cut = None, known_at: Cut = None, evidence: Evidence | str = "official"
) -> Iterator[Step]:
    """Each event that counts, in the order of the fold, as a step that unpacks as ``event, before, after``."""
    return walk(reading(ledger, track, as_of=as_of, known_at=known_at, evidence=evidence))
