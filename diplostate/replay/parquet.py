"""Columns in Parquet files: a folder with the events of all tracks, in the order in which they are folded, and the tracks.

Needs pyarrow, as everything here but the kernel does (extra ``bulk``, ``duckdb`` or ``spark``).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import attrs

from diplostate.errors import Fault, Invalid, LedgerError, MissingExtra
from diplostate.ledger.whole_file import refuse_existing
from diplostate.replay.columns import EVIDENCES, TrackRows

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile, ParquetWriter, RowGroupMetaData

EVENTS, TRACKS = "events.parquet", "tracks.parquet"
"""The two files of a folder of columns."""
FORMAT = "diplostate.columns/1"
"""The name of the format, in the metadata of both files."""
GROUP = 1 << 20
"""How many rows a group of rows has, at least; a group ends where a track does, unless a track is longer than eight of them."""


def arrow() -> ModuleType:
    """The module pyarrow, with its parts for Parquet, datasets and computing; raises `MissingExtra`."""
    try:
        import pyarrow as pa
        import pyarrow.compute
        import pyarrow.csv
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra(package="pyarrow", extra="bulk") from None
    found: ModuleType = pa
    return found


def schemas() -> tuple[pa.Schema, pa.Schema]:
    """The columns of the events, and of the tracks."""
    pa = arrow()
    text, day, number = pa.string(), pa.date32(), pa.int32()
    events = pa.schema(
        [
            pa.field("track", pa.dictionary(number, text), nullable=False),
            pa.field("place", number, nullable=False),
            pa.field("day", day, nullable=False),
            *(pa.field(evidence, number) for evidence in EVIDENCES),
            pa.field("appears", day),
            pa.field("until", day),
            pa.field("recorded", pa.timestamp("us", "UTC")),
            pa.field("position", pa.int64()),
            pa.field("event", text),
        ]
    )
    tracks = pa.schema(
        [
            pa.field("track", text, nullable=False),
            pa.field("parties", text, nullable=False),
            pa.field("rows", number, nullable=False),
            pa.field("unfolded", text),
        ]
    )
    return events, tracks


@contextmanager
def writing(folder: Path, *, overwrite: bool = False, said: Mapping[str, str] | None = None) -> Iterator[Writer]:
    """Write a folder of columns, both files or none; ``said`` goes into their metadata.

    Raises `LedgerError` where it cannot be written, and where one of the files is there already and ``overwrite`` is not said.
    """
    arrow()  # where it is missing, no folder is made
    export = secrets.token_hex(8)
    files = {folder / name: folder / f".{name}.{export}.part" for name in (EVENTS, TRACKS)}
    if not overwrite:
        for file in files:
            refuse_existing(file)
    _make(folder)
    try:
        with ExitStack() as stack:
            writer = Writer(*(stack.enter_context(file) for file in _files(*files.values())))
            yield writer
            writer.finish({"export": export, **(said or {})})
        for file, part in files.items():
            part.replace(file)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        for part in files.values():
            part.unlink(missing_ok=True)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> LedgerError:
    return LedgerError(f"{folder} cannot be written ({error.strerror or error}): check the folder and its rights")


def _files(events: Path, tracks: Path) -> Iterator[ParquetWriter]:
    # Few engines lack any of this, and plain numbers are decoded fastest; the symbols of one ledger are few.
    coded = (events, ["track", *EVIDENCES]), (tracks, ["parties"])
    for (path, words), schema in zip(coded, schemas(), strict=True):
        yield arrow().parquet.ParquetWriter(path, schema, use_dictionary=words, compression="lz4", write_page_checksum=True)


class Writer:
    """Takes tracks one after the other, and writes them in groups of rows."""

    def __init__(self, events: ParquetWriter, tracks: ParquetWriter) -> None:
        self._files = events, tracks
        self._tracks: list[TrackRows] = []
        self._waiting = 0
        self.rows = self.tracks = 0
        """What was written so far."""

    def add(self, found: TrackRows) -> None:
        """One more track."""
        self._tracks.append(found)
        self._waiting += len(found.rows)
        self.rows += len(found.rows)
        self.tracks += 1
        if self._waiting >= GROUP // 8:
            self.flush()

    def add_tables(self, events: pa.Table, tracks: pa.Table) -> None:
        """Whole tracks that are columns already, as `schemas` tells."""
        for file, table in zip(self._files, (events, tracks), strict=True):
            file.write_table(table, row_group_size=8 * GROUP)
        self.rows += events.num_rows
        self.tracks += tracks.num_rows

    def flush(self) -> None:
        """Write what is waiting."""
        if self._tracks:
            for file, table in zip(self._files, tables(self._tracks), strict=True):
                file.write_table(table, row_group_size=8 * GROUP)
        self._tracks, self._waiting = [], 0

    def finish(self, said: Mapping[str, str]) -> None:
        """Write what is waiting, and into both files what they are, by which it is seen that they belong together."""
        self.flush()
        mark = {"format": FORMAT, "rows": str(self.rows), "tracks": str(self.tracks), **said}
        for file in self._files:
            file.add_key_value_metadata({f"diplostate.{name}": value for name, value in mark.items()})


def tables(found: Sequence[TrackRows]) -> tuple[pa.Table, pa.Table]:
    """Some tracks as the two tables."""
    pa = arrow()
    events, tracks = schemas()
    rows = [
        {"track": one.track, "place": place, **{name: getattr(row, name) for name in _OF_ROW}}
        for one in found
        for place, row in enumerate(one.rows, 1)
    ]
    heads = [
        {"track": one.track, "parties": " ".join(one.parties), "rows": len(one.rows), "unfolded": one.unfolded} for one in found
    ]
    return pa.Table.from_pylist(rows, schema=events), pa.Table.from_pylist(heads, schema=tracks)


_OF_ROW = ("day", *EVIDENCES, "appears", "until", "recorded", "position", "event")


@attrs.frozen(kw_only=True)
class Columns:
    """A folder of columns, opened and found whole."""

    folder: Path
    rows: int
    tracks: int
    changes: bool
    """Whether any event is read in several ways, so that ``appears`` and ``until`` have to be looked at."""

    @property
    def events_file(self) -> Path:
        """The file of the events."""
        return self.folder / EVENTS

    @property
    def tracks_file(self) -> Path:
        """The file of the tracks."""
        return self.folder / TRACKS

    def batches(self, columns: Sequence[str], *, size: int = GROUP) -> Iterator[pa.RecordBatch]:
        """The events, in order."""
        return _batches(self.events_file, size, list(columns))

    def track_batches(self, *, size: int = GROUP // 8) -> Iterator[pa.RecordBatch]:
        """The tracks, in order; their parties are coded in a dictionary, for few tracks have parties of their own."""
        return _batches(self.tracks_file, size, None, coded=["parties"])

    def whole_events(self) -> Iterator[tuple[str, str]]:
        """The events of the tracks that no engine folds, in the order of the record: the track and the canonical JSON."""
        file = _file(self.events_file)
        place = file.schema_arrow.get_field_index("event")
        for group in range(file.num_row_groups):
            kept = file.metadata.row_group(group)
            statistics = kept.column(place).statistics
            if statistics is None or statistics.null_count < kept.num_rows:
                with _reading(self.events_file):
                    table = file.read_row_group(group, columns=["track", "event"])
                for track, event in zip(table["track"].to_pylist(), table["event"].to_pylist(), strict=True):
                    if event is not None:
                        yield track, event


def _batches(path: Path, size: int, columns: list[str] | None, coded: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
    # Group by group: asked for all at once, Arrow keeps every group that it has read until the end.
    file = _file(path, coded)
    for group in range(file.num_row_groups):
        with _reading(path):
            yield from file.iter_batches(size, row_groups=[group], columns=columns)


def opened(path: str | Path) -> Columns:
    """A folder of columns; raises `LedgerError` where it is none, and `Invalid` where its files do not belong together."""
    folder = Path(path)
    if not (folder / TRACKS).is_file():
        raise LedgerError(f"{folder} is no folder of columns: make one with diplostate export --format parquet --output FOLDER")
    files = [_file(folder / name) for name in (EVENTS, TRACKS)]
    marks = [_mark(file) for file in files]
    if marks[0].get("format") != FORMAT:
        raise LedgerError(f"{folder} holds no columns of the format {FORMAT}: write it anew with diplostate export")
    if marks[0] != marks[1]:
        raise Invalid([Fault(f"{EVENTS} and {TRACKS} are not of one export: write the folder anew", file=str(folder))])
    file = files[0]
    place = file.schema_arrow.get_field_index("until")
    groups = (file.metadata.row_group(group) for group in range(file.num_row_groups))
    changes = any(_may_hold_values(group, place) for group in groups)
    return Columns(folder=folder, rows=int(marks[0]["rows"]), tracks=int(marks[0]["tracks"]), changes=changes)


def _file(path: Path, coded: Sequence[str] = ()) -> ParquetFile:
    """A file whose pages are compared with their checksums as they are read: a flipped bit is an error, and no other status."""
    with _reading(path):
        found: ParquetFile = arrow().parquet.ParquetFile(path, read_dictionary=list(coded), page_checksum_verification=True)
    return found


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, arrow().ArrowInvalid) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> LedgerError:
    """The error of a file or a folder that an engine cannot read; of what the engine says, the first line."""
    said = str(error).partition("\n")[0].rstrip(".")
    return LedgerError(f"{path} cannot be read ({said}): write the folder anew with diplostate export")


def _mark(file: ParquetFile) -> dict[str, str]:
    found = file.metadata.metadata or {}
    return {
        key.decode().removeprefix("diplostate."): value.decode()
        for key, value in found.items()
        if key.startswith(b"diplostate.")
    }


def _may_hold_values(group: RowGroupMetaData, place: int) -> bool:
    statistics = group.column(place).statistics
    return statistics is None or bool(statistics.null_count < group.num_rows)


def read_as_of(batch: pa.RecordBatch, as_of: date | None) -> pa.Array:
    """Which rows of a batch (with ``day``, ``appears``, ``until``) are read on that day; None: in the end."""
    pc = arrow().compute
    if as_of is None:
        return pc.is_null(batch["until"])
    begun = pc.less_equal(pc.coalesce(batch["appears"], batch["day"]), as_of)
    return pc.and_(begun, pc.or_kleene(pc.is_null(batch["until"]), pc.greater(batch["until"], as_of)))
