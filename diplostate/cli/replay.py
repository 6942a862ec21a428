"""The command that folds whole ledgers from their columns: ``replay``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diplostate.cli import journal, screen
from diplostate.cli.options import CUT, Word
from diplostate.cli.session import Session, command
from diplostate.replay.columns import EVIDENCES
from diplostate.replay.replaying import ENGINES

if TYPE_CHECKING:
    import pyarrow as pa

PATHS = click.Path(path_type=Path)
FORMATS = ("table", "csv", "parquet")


@command(
    "replay",
    "The status of every track at once, from columns",
    formats=FORMATS,
    default="table",
    examples="""
diplostate export --ledger talks.sqlite --format parquet --output columns
diplostate replay columns
diplostate replay columns --as-of 2025-07-21 --evidence reported --format csv
diplostate replay columns --output statuses.parquet""",
)
@click.argument("folders", nargs=-1, required=True, type=PATHS, metavar="PATH...")
@click.option("--engine", type=Word(ENGINES), default="numba", help=f"What folds: {', '.join(ENGINES)} (default: numba)")
@click.option("--as-of", type=CUT, metavar="DATE", help="As it stood on that day: leaves out what happened later")
@click.option("--evidence", type=Word(EVIDENCES), default="official", help="official (default) or reported")
@click.option("--output", "-o", type=PATHS, metavar="FILE", help="A file that ends in .csv or .parquet")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there")
def replay(here: Session, folders: tuple[Path, ...], output: Path | None, overwrite: bool, **asked: Any) -> None:
    """Tell the status of every track in folders of columns, which export --format parquet writes.

    It reads no ledger, and takes no more memory for a billion events than for a million. All engines come to the same. Where an
    answer names another proposal than the open one, or a track has more than 16 parties, the track is folded event by event.
    """
    from diplostate.ledger.whole_file import write_file
    from diplostate.replay import replaying
    from diplostate.reports import replayed

    form = _form(here, output)
    if output is not None and output.parent.resolve() in {folder.resolve() for folder in folders}:
        raise click.UsageError(f"{output} would stand among the columns that are replayed: name a file elsewhere")
    for reason, tracks in replaying.event_by_event(folders).items():
        here.say(f"Folded event by event: {tracks:,} track{'' if tracks == 1 else 's'} ({reason})")
    journal.info("replay", folders=len(folders), **{name: str(value) for name, value in asked.items()})
    found = replaying.replay(folders, **asked)
    watched = here.watched(found, total=replaying.tracks_in(folders), doing="Folding", least=100_000, weight=_tracks)
    if form == "table":
        here.show(replayed.view(watched))
        return
    pieces = replayed.PIECES[form](watched)
    if output is None:
        screen.write_bytes(pieces)
    else:
        write_file(output, pieces, overwrite=overwrite)
        here.say(f"Written: {output}")


def _tracks(batch: pa.RecordBatch) -> int:
    return int(batch.num_rows)


def _form(here: Session, output: Path | None) -> str:
    """The form that is asked for, or that the name of the file says; nobody may contradict the name."""
    said = click.get_current_context().get_parameter_source("form") is not click.core.ParameterSource.DEFAULT
    form = here.format
    if output is not None:
        named = output.suffix.removeprefix(".")
        if named not in ("csv", "parquet") or (said and named != form):
            raise click.UsageError(f"{output} says by its name what it is: end it in .csv or .parquet, and leave out --format")
        return named
    if form == "parquet":
        raise click.UsageError("Parquet goes into a file: say --output statuses.parquet")
    return form


COMMANDS = {"replay": replay}
