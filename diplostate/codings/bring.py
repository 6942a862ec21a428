"""Files of coded events into a ledger: what is new is added, what a newer vintage has lost is retracted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import attrs

from diplostate.codings import dyads, gdelt, icews, mend
from diplostate.codings.cameo import CODEBOOK, Codebook
from diplostate.codings.rows import Reader, Row, Tally
from diplostate.codings.vintage import Change, change
from diplostate.errors import Fault, Invalid, InvalidLog
from diplostate.ledger.protocol import Ledger
from diplostate.talks.events import Event
from diplostate.talks.rules import nearest

Watch = Callable[[Iterable[Row]], Iterable[Row]]
"""Sees the rows go by."""


@attrs.frozen(kw_only=True)
class Coding:
    """A kind of coded data: what it is called, how a file of it is read, how rows can be grouped, and its codebook."""

    name: str
    title: str
    reader: Reader | None
    """None: its rows are no dyads (MEND)."""
    groupings: tuple[str, ...] = ("country", "actor")
    """How rows become tracks, the usual one first."""
    codebook: str | None = CODEBOOK
    """None: it is not coded by CAMEO."""


CODINGS: Mapping[str, Coding] = {
    coding.name: coding
    for coding in (
        Coding(name="icews", title="ICEWS", reader=icews.read),
        Coding(name="icews-tkg", title="ICEWS", reader=icews.read_decoded),
        Coding(name="gdelt", title="GDELT", reader=gdelt.read, codebook="gdelt"),
        Coding(name="mend", title="MEND", reader=None, groupings=("process", "conflict"), codebook=None),
    )
}
"""The codings that can be imported, by name."""


@attrs.frozen(kw_only=True)
class Coded:
    """What files of coded events come to: the events of each track, and the tally of what was read."""

    coding: str
    files: tuple[str, ...]
    tracks: Mapping[str, Sequence[Event]]
    tally: Tally


@attrs.frozen(kw_only=True)
class Brought:
    """What an import of coded events came to."""

    coded: Coded
    change: Change


def read_coded(
    coding: str, files: Sequence[Path], *, by: str | None = None, codebook: str | None = None, watch: Watch = iter
) -> Coded:
    """Read files of coded events, plain, gzipped or zipped, all of them together: each pair of parties is read as a whole.

    ``by`` is how rows become tracks (see `Coding.groupings`), ``codebook`` the numbering of the codes (default: that of the
    coding); ``watch`` sees the rows go by. Raises `InvalidLog` with the lines of damaged files, `LedgerError` for those that
    cannot be had, and `Invalid` for words that nobody knows.
    """
    _check(coding, CODINGS, "coding")
    kind, tally = CODINGS[coding], Tally()
    grouping = by or kind.groupings[0]
    _check(grouping, kind.groupings, f"grouping of {coding}")
    tracks = _tracks(kind, files, grouping, codebook, tally, watch)
    return Coded(coding=coding, files=tuple(file.name for file in files), tracks=tracks, tally=tally)


def import_coded(ledger: Ledger, coded: Coded, *, today: date, dry_run: bool = False) -> Brought:
    """Bring coded events into a ledger: what is new is added, and what a newer vintage has lost is retracted, on ``today``.

    The same files twice change nothing. Whole tracks are written, some thousand events at a time; an import that is cut short
    is completed by another one. With ``dry_run`` nothing is written. Raises what `Ledger.append` raises.
    """
    own = [track for track in ledger.tracks() if _coding_of(track) == coded.coding]
    found = change(ledger, own, coded.tracks, coded.files, today=today)
    if not dry_run:
        for batch in found.batches():
            ledger.append(batch, strict=False)
    return Brought(coded=coded, change=found)


def _coding_of(track: str) -> str:
    """The coding from which a track was imported, by its name; empty where it was not."""
    return max((name for name in CODINGS if track.startswith(f"{name}-")), key=len, default="")


def _check(word: str, known: Collection[str], what: str) -> None:
    if word not in known:
        raise Invalid([Fault(f"{what} {word!r} is not known{nearest(word, known)}: name {' or '.join(known)}")])


def _tracks(
    kind: Coding, files: Sequence[Path], by: str, codebook: str | None, tally: Tally, watch: Watch
) -> Mapping[str, list[Event]]:
    """The events of all files, by track."""
    if kind.reader is not None and kind.codebook is not None:
        book = Codebook.named(codebook or kind.codebook)
        return _pairs(kind, book, watch(_rows(kind.reader, files, book, tally, by)), tally)
    if codebook is not None:
        raise Invalid([Fault(f"{kind.title} is not coded by CAMEO: leave out the codebook")])
    return mend.read(files, tally, by)


def _rows(reader: Reader, files: Iterable[Path], book: Codebook, tally: Tally, by: str) -> Iterator[Row]:
    """The rows of all files; the faults of all of them are raised together."""
    faults: list[Fault] = []
    for file in files:
        try:
            yield from reader(file, book, tally, by)
        except InvalidLog as error:
            faults += error.faults
    if faults:
        raise InvalidLog(faults)


def _pairs(kind: Coding, book: Codebook, rows: Iterable[Row], tally: Tally) -> dict[str, list[Event]]:
    """The events of every pair of parties, by track."""
    pairs: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        pair = (row.by, row.to) if row.by < row.to else (row.to, row.by)
        pairs.setdefault(pair, []).append(row)
    found: dict[str, list[Event]] = {}
    for parties in sorted(pairs):
        track = f"{kind.name}-{parties[0]}-{parties[1]}".lower()
        dyad = dyads.Dyad(track=track, parties=parties, title=kind.title, codebook=book.name, tally=tally)
        events = dyads.read(dyad, pairs.pop(parties))
        if events:
            found[track] = events
    return found
