"""Files of coded events into a ledger: what is new is added, what a newer vintage has lost is retracted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import attrs

from diplostate.codings import dyads, icews
from diplostate.codings.cameo import CODEBOOK, Codebook
from diplostate.codings.rows import GROUPINGS, Reader, Row, Tally
from diplostate.codings.vintage import Change, change
from diplostate.errors import Fault, Invalid, InvalidLog
from diplostate.ledger.protocol import Ledger
from diplostate.talks.events import Event
from diplostate.talks.rules import nearest


@attrs.frozen(kw_only=True)
class Coding:
    """A kind of coded data: what it is called, by which codebook it is numbered, and how a file of it is read."""

    name: str
    title: str
    codebook: str
    reader: Reader


CODINGS: Mapping[str, Coding] = {
    coding.name: coding
    for coding in (
        Coding(name="icews", title="ICEWS", codebook=CODEBOOK, reader=icews.read),
        Coding(name="icews-tkg", title="ICEWS (decoded benchmark)", codebook=CODEBOOK, reader=icews.read_decoded),
    )
}
"""The codings that can be imported, by name."""


@attrs.frozen(kw_only=True)
class Brought:
    """What an import of coded events came to."""

    coding: str
    tally: Tally
    change: Change
    tracks: int
    """Tracks that the files speak of."""


def import_coded(
    ledger: Ledger,
    coding: str,
    files: Sequence[Path],
    *,
    today: date,
    by: str | None = None,
    codebook: str | None = None,
    dry_run: bool = False,
    watch: Callable[[Iterable[Row]], Iterable[Row]] = iter,
) -> Brought:
    """Bring files of coded events into a ledger, all of them together, and tell what came of it.

    The same files twice change nothing. ``by`` is how rows become tracks (default: by country), ``codebook`` the numbering of
    the codes (default: that of the coding), ``today`` the day on which what a newer vintage has lost is retracted;
    ``watch`` sees the rows go by. Raises `InvalidLog` with the lines of damaged files, `Invalid` for words that nobody
    knows, and what `Ledger.append` raises.
    """
    _check(coding, CODINGS, "coding")
    kind, grouping = CODINGS[coding], by or GROUPINGS[0]
    _check(grouping, GROUPINGS, "grouping")
    book, tally = Codebook.named(codebook or kind.codebook), Tally()
    tracks = _tracks(kind, book, watch(_rows(kind, files, book, tally, grouping)), tally)
    found = change(ledger, kind.name, tracks, [file.name for file in files], today=today)
    if not dry_run:
        for batch in found.batches():
            ledger.append(batch, strict=False)
    return Brought(coding=kind.name, tally=tally, change=found, tracks=len(tracks))


def _check(word: str, known: Collection[str], what: str) -> None:
    if word not in known:
        raise Invalid([Fault(f"{what} {word!r} is not known{nearest(word, known)}: name {' or '.join(known)}")])


def _rows(kind: Coding, files: Iterable[Path], book: Codebook, tally: Tally, by: str) -> Iterator[Row]:
    """The rows of all files; the faults of all of them are raised together."""
    faults: list[Fault] = []
    for file in files:
        try:
            yield from kind.reader(file, book, tally, by)
        except InvalidLog as error:
            faults += error.faults
    if faults:
        raise InvalidLog(faults)


def _tracks(kind: Coding, book: Codebook, rows: Iterable[Row], tally: Tally) -> dict[str, list[Event]]:
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
