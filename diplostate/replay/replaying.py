"""The status of every track at once, from columns, by one of several engines that all come to the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from diplostate.errors import Fault, Invalid
from diplostate.ledger.ask import Cut
from diplostate.ledger.protocol import Ledger
from diplostate.replay.columns import EVIDENCES, columns
from diplostate.replay.parquet import arrow, opened, writing
from diplostate.replay.reference import unfolded
from diplostate.replay.statuses import batches_of
from diplostate.talks.dates import as_moment

if TYPE_CHECKING:
    import pyarrow as pa

ENGINES: Mapping[str, str] = {
    "numba": "diplostate.replay.bulk",
    "duckdb": "diplostate.replay.duck",
    "spark": "diplostate.replay.spark",
    "reference": "diplostate.replay.reference",
}
"""The engines, each with the module whose ``statuses`` runs it."""


@attrs.frozen(kw_only=True)
class Exported:
    """What an export of columns came to."""

    tracks: int
    rows: int
    unfolded: Mapping[str, int]
    """Why tracks are kept event by event, each reason with the number of such tracks."""


def export_columns(
    ledger: Ledger, folder: str | Path, *, tracks: Iterable[str] | None = None, known_at: Cut = None, overwrite: bool = False
) -> Exported:
    """Write tracks of a ledger (None: all) as a folder of columns, as the record was known then.

    Raises `LedgerError` where it cannot be written, `TrackNotFound`, `MissingExtra`, and `Invalid` for an unreadable cut.
    """
    unfolded: dict[str, int] = {}
    said = {} if known_at is None else {"known_at": str(known_at)}
    with writing(Path(folder), overwrite=overwrite, said=said) as writer:
        for found in columns(ledger, tracks, known_at=known_at):
            writer.add(found)
            if found.unfolded:
                unfolded[found.unfolded] = unfolded.get(found.unfolded, 0) + 1
    return Exported(tracks=writer.tracks, rows=writer.rows, unfolded=unfolded)


def replay(
    folders: Sequence[str | Path], *, engine: str = "numba", as_of: Cut = None, evidence: str = "official"
) -> Iterator[pa.RecordBatch]:
    """The status of every track in folders of columns, as batches of the columns that `told_schema` names.

    First come the tracks of a folder that the engine folds, then those that must be folded event by event. ``as_of`` cuts what
    happened, by the day; ``evidence`` is ``official`` or ``reported``. Raises `LedgerError`, `MissingExtra` and `Invalid`.
    """
    if engine not in ENGINES:
        raise Invalid([Fault(f"no engine {engine!r}: ask for one of {', '.join(ENGINES)}")])
    if evidence not in EVIDENCES:
        raise Invalid([Fault(f"columns hold no evidence {evidence!r}: ask for official or reported")])
    cut = _day(as_of)
    module = import_module(ENGINES[engine])
    for found in [opened(folder) for folder in folders]:
        yield from module.statuses(found, evidence, cut)
        yield from batches_of(unfolded(found, evidence, cut))


def _day(as_of: Cut) -> date | None:
    cut = as_moment(as_of)
    if isinstance(cut, datetime):
        raise Invalid([Fault(f"{cut.isoformat()} is an instant, and columns know days: write its day")])
    return cut


def tracks_in(folders: Sequence[str | Path]) -> int:
    """How many tracks folders of columns hold."""
    return sum(opened(folder).tracks for folder in folders)


def event_by_event(folders: Sequence[str | Path]) -> dict[str, int]:
    """Why tracks in folders of columns must be folded event by event, each reason with the number of such tracks."""
    pc = arrow().compute
    counts: dict[str, int] = {}
    for found in [opened(folder) for folder in folders]:
        for batch in found.track_batches():
            for reason in pc.drop_null(batch["unfolded"]).value_counts().to_pylist():
                counts[reason["values"]] = counts.get(reason["values"], 0) + reason["counts"]
    return counts
