"""Records in and out: log files into a ledger, checked as a whole, and the tracks of a ledger into log files."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import attrs

from diplostate.errors import Conflict, EventNotFound, Fault, Invalid, InvalidLog, LedgerError
from diplostate.ledger import ask
from diplostate.ledger.appending import refuse_unknown
from diplostate.ledger.copying import Progress, batched, unseen
from diplostate.ledger.folder import SUFFIXES
from diplostate.ledger.log_text import Source, name_of, opened
from diplostate.ledger.logfile import Log, scan, write_jsonl, write_yaml
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.projector import StatusProjector
from diplostate.ledger.protocol import Ledger
from diplostate.ledger.whole_file import refuse_existing, write_file
from diplostate.talks.dates import Edtf
from diplostate.talks.events import Event, Retracted
from diplostate.talks.record import Fate
from diplostate.talks.rules import errors
from diplostate.talks.status import Anomaly

FORMS = ("yaml", "jsonl")
"""The forms in which a record can be written; each is also the ending of its files."""


MOST_AT_ONCE = 10_000
"""Events that are brought in by one append, all or nothing."""


@attrs.frozen(kw_only=True)
class Imported:
    """What an import came to."""

    new: Mapping[str, int]
    """How many events are new in each track."""
    known: int
    """How many events the ledger had already."""
    anomalies: tuple[tuple[str, Anomaly], ...]
    """The anomalies that came in, each with its track."""
    warnings: tuple[Fault, ...]


def read_logs(sources: Iterable[Source], *, hypothetical: bool = False) -> Log:
    """The events of several logs, in their order; raises `InvalidLog` with the faults of all of them.

    A file that cannot be had is a fault like any other. ``hypothetical`` takes events that are marked so.
    """
    events: list[Event] = []
    faults = _looked_through(sources, events.append, hypothetical)
    return Log(tuple(events), faults)


def _looked_through(sources: Iterable[Source], take: Callable[[Event], object], hypothetical: bool) -> tuple[Fault, ...]:
    """Take all events; the warnings. Raises `InvalidLog` with all that is wrong."""
    faults: list[Fault] = []
    for found in _scanned(sources, hypothetical):
        take(found) if isinstance(found, Event) else faults.append(found)
    if errors(faults):
        raise InvalidLog(sorted(faults, key=lambda fault: fault.severity))
    return tuple(faults)


def _scanned(sources: Iterable[Source], hypothetical: bool) -> Iterator[Event | Fault]:
    for source in sources:
        try:
            yield from scan(source, hypothetical=hypothetical)
        except LedgerError as error:
            yield Fault(str(error), file=name_of(source))


def files_of(paths: Iterable[str | Path]) -> tuple[Path, ...]:
    """The log files that paths mean: a folder stands for all logs in it, by name."""
    return tuple(file for path in map(Path, paths) for file in _files(path))


def _files(path: Path) -> Iterable[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if file.suffix in SUFFIXES and not file.name.startswith("."))


@attrs.frozen(kw_only=True)
class Logs:
    """Log files in which there are no faults, of any length: their events are read again where they are too many to keep."""

    count: int
    """How many events they hold."""
    tracks: tuple[str, ...]
    warnings: tuple[Fault, ...]
    read: Callable[[], Iterable[Event]] = attrs.field(repr=False)

    @property
    def events(self) -> Iterable[Event]:
        """Their events, from the first one on; raises `InvalidLog` for a file that was changed since it was checked."""
        return self.read()


def check_logs(sources: Iterable[Source], *, hypothetical: bool = False) -> Logs:
    """Check several logs, to be imported; raises as `read_logs` does, which keeps all their events."""
    tracks: dict[str, None] = {}
    kept: list[Event] = []
    count = 0

    def take(event: Event) -> None:
        nonlocal count
        count += 1
        tracks.setdefault(event.track)
        kept.append(event) if count <= MOST_AT_ONCE else kept.clear()

    first, again = itertools.tee(map(_repeatable, sources))
    warnings = _looked_through(first, take, hypothetical)
    read = (lambda: kept) if count <= MOST_AT_ONCE else functools.partial(_again, tuple(again), hypothetical)
    return Logs(count=count, tracks=tuple(tracks), warnings=warnings, read=read)


def _repeatable(source: Source) -> Source:
    """A log that can be read again: what comes through a pipe is kept."""
    if isinstance(source, tuple) or not Path(source).is_fifo():
        return source
    with opened(source) as stream:
        return name_of(source), stream.read()


def _again(sources: Iterable[Source], hypothetical: bool) -> Iterator[Event]:
    for found in _scanned(sources, hypothetical):
        if isinstance(found, Event):
            yield found
        elif found.severity == "error":
            raise InvalidLog([found])


def import_log(
    ledger: Ledger, log: Log | Logs, *, dry_run: bool = False, hypothetical: bool = False, progress: Progress = unseen
) -> Imported:
    """Bring the events of logs into a ledger; those that it knows already are left as they are.

    `MOST_AT_ONCE` are appended at a time, all or none; where a longer import ends early, do it again. Leniently: what cannot
    be applied is kept as an anomaly, for the world did happen. With ``dry_run`` nothing is written, and the answer is what
    would come of it; ``hypothetical`` says then that the ledger takes hypothetical events. Raises what `Ledger.append` raises.
    """
    target = rehearsal(ledger, log.events, hypothetical=hypothetical) if dry_run else ledger
    before, new, known = _anomalies(target, log.tracks), Counter[str](), 0
    for batch in batched(progress(log.events, total=log.count, doing="Importing"), MOST_AT_ONCE):
        head = target.head
        stored = {event.id: event for event in target.append(batch, strict=False)}
        added = Counter(event.track for event in stored.values() if (event.position or 0) > head)
        new, known = new + added, known + len(stored) - added.total()
    after = _anomalies(target, log.tracks)
    return Imported(
        new=dict(new),
        known=known,
        anomalies=tuple((track, anomaly) for (track, name), anomaly in after.items() if (track, name) not in before),
        warnings=log.warnings,
    )


def rehearsal(ledger: Ledger, events: Iterable[Event], *, hypothetical: bool = False) -> MemoryLedger:
    """A copy in memory of what the append of these events would touch; ``hypothetical`` lets it take such events."""
    given = list(events)
    tracks = {event.track for event in given} | {track for event in given for track in _home(ledger, event)}
    touched = (event for track in ledger.tracks() if track in tracks for event in ledger.events(track))
    return MemoryLedger(touched, projector=StatusProjector(hypothetical=hypothetical))


def _home(ledger: Ledger, event: Event) -> Iterator[str]:
    """The track in which the ledger keeps an event with this id, if it does."""
    try:
        yield ledger.event(event.id or "").track
    except EventNotFound:
        return


def _anomalies(ledger: Ledger, tracks: Sequence[str]) -> Mapping[tuple[str, str | None], Anomaly]:
    """The anomalies of some tracks on both evidences, by track and event."""
    known = [track for track in tracks if ledger.version(track)]
    return {
        (track, anomaly.event_id): anomaly
        for evidence in ("reported", "official")
        for track, status in ask.statuses(ledger, known, evidence=evidence)
        for anomaly in status.anomalies
    }


def correction(
    ledger: Ledger, event_id: str, change: Callable[[Event], Event], *, occurred: Edtf | str | date, reason: str | None = None
) -> tuple[Retracted, Event]:
    """The retraction of an event and the right event in its place, to be appended together.

    ``change`` makes the right event of the wrong one; it gets a time of recording of its own, and an id of its own where
    ``change`` leaves the old one. ``occurred`` is when the error was put right. Raises `EventNotFound`.
    """
    wrong = ledger.event(event_id)
    right = attrs.evolve(change(wrong), recorded=None, version=None, position=None)
    if right.id == wrong.id:
        right = attrs.evolve(right, id=None)
    return retraction(ledger, event_id, occurred=occurred, reason=reason), right


def retraction(ledger: Ledger, event_id: str, *, occurred: Edtf | str | date, reason: str | None = None) -> Retracted:
    """The retraction of an event that was recorded in error, to be appended.

    Raises `EventNotFound`, and `Conflict` where it is retracted already: one more would only make it harder to take back.
    """
    wrong = ledger.event(event_id)
    entry = next(entry for entry in ask.reading(ledger, wrong.track).entries if entry.event.id == event_id)
    if entry.fate is Fate.RETRACTED:
        raise Conflict(f"event {event_id!r} is retracted already, by event {entry.because!r}: there is nothing to do")
    return Retracted(track=wrong.track, occurred=occurred, retracts=event_id, reason=reason)


def export_text(ledger: Ledger, tracks: Sequence[str], form: str) -> Iterator[str]:
    """Tracks as one log, piece by piece: YAML holds one, JSON Lines any number in the order of the ledger.

    Raises `TrackNotFound`, and `Invalid` for several tracks as YAML.
    """
    refuse_unknown(ledger, tracks)
    if form == "yaml":
        if len(tracks) != 1:
            raise Invalid(
                [Fault(f"a YAML log holds one track, not {len(tracks)}: name one, write into a folder, or ask for jsonl")]
            )
        return iter([write_yaml(ledger.events(tracks[0]))])
    if len(tracks) == 1:
        return write_jsonl(ledger.events(tracks[0]))
    wanted = set(tracks)
    return write_jsonl(event for event in ledger.read() if event.track in wanted)


def export_folder(
    ledger: Ledger, tracks: Sequence[str], form: str, folder: Path, *, overwrite: bool = False
) -> tuple[Path, ...]:
    """Each track as a log of its own in a folder, which is made where it is not there; the files that were written."""
    refuse_unknown(ledger, tracks)
    files = [folder / f"{track}.{form}" for track in tracks]
    if len({file.name.casefold() for file in files}) < len(files):
        raise LedgerError(
            "some tracks differ only in capital letters, which many folders cannot tell apart: export them one by one"
        )
    if not overwrite:
        for file in files:
            refuse_existing(file)
    folder.mkdir(parents=True, exist_ok=True)
    for track, file in zip(tracks, files, strict=True):
        write_file(file, export_text(ledger, [track], form), overwrite=overwrite)
    return tuple(files)
