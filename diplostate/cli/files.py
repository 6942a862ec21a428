"""The commands for log files: ``import``, ``export`` and ``validate``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import click
from click.core import ParameterSource

from diplostate.cli import coded, journal, screen
from diplostate.cli.exits import Exit
from diplostate.cli.options import CUT
from diplostate.cli.session import Session, command
from diplostate.ledger.protocol import Ledger
from diplostate.reports.render import View
from diplostate.talks.dates import Moment

PATHS = click.Path(path_type=Path)


@command(
    "import",
    "Bring log files into a ledger",
    formats=("plain", "json", "md"),
    examples="""
diplostate import seeds --ledger talks.sqlite
diplostate import talks/*.yaml archive.jsonl --ledger talks.sqlite --dry-run
diplostate import --coding icews events.2018.tab.zip --ledger coded.sqlite""",
)
@click.argument("files", nargs=-1, required=True, type=PATHS, metavar="FILE...")
@click.option("--dry-run", is_flag=True, help="Write nothing, and tell what would come of it")
@coded.coding_options
def import_(
    here: Session, files: tuple[Path, ...], dry_run: bool, coding: str | None, by: str | None, codebook: str | None
) -> None:
    """Bring log files (YAML, JSON Lines), or folders of them, into a ledger. All are checked before anything is written.

    What the ledger knows already is left as it is, so importing twice does no harm. Answers to which there is no proposal are
    kept as anomalies. Hypothetical events are refused, unless the URL of the ledger begins with hypothetical:.

    With --coding, the files hold coded events, from which talks are read by explicit rules. A newer vintage of a file adds what
    is new and retracts what is gone.
    """
    if coding:
        read = coded.read(here, files, coding, by, codebook)
        with _target(here, dry_run) as ledger:
            here.show(coded.bring(ledger, read, dry_run))
        return
    if by or codebook:
        raise click.UsageError("--by and --codebook are for coded events: say which with --coding")
    from diplostate.ledger.transfer import check_logs, files_of, import_log
    from diplostate.reports import imported

    found, hypothetical = files_of(files), here.takes_hypothetical
    logs = check_logs(here.watched(found, total=len(found), doing="Checking logs", least=2), hypothetical=hypothetical)
    journal.info("logs checked", files=len(found), events=logs.count)
    with _target(here, dry_run) as ledger:
        result = import_log(ledger, logs, dry_run=dry_run, hypothetical=hypothetical, progress=here.watched)
    for fault in result.warnings:
        here.say(f"Warning: {fault}")
    here.show(imported.view(result, dry_run=dry_run))


def _target(here: Session, dry_run: bool) -> AbstractContextManager[Ledger]:
    """The ledger; a dry run for one that is not there yet takes an empty one."""
    if dry_run and here.is_missing():
        from diplostate.ledger.memory import MemoryLedger

        return MemoryLedger()
    return here.ledger(create=True)


@command(
    "export",
    "Write tracks as log files, or as columns",
    formats=("yaml", "jsonl", "parquet"),
    default="yaml",
    examples="""
diplostate export ukr-rus-turkiye --ledger talks.sqlite > ukr-rus-turkiye.yaml
diplostate export --ledger talks.sqlite --output archive.jsonl
diplostate export --ledger talks.sqlite --output logs
diplostate export --ledger talks.sqlite --format parquet --output columns""",
)
@click.argument("tracks", nargs=-1, metavar="[TRACK]...")
@click.option("--output", "-o", type=PATHS, metavar="PATH", help="A file, or a folder with a log for each track")
@click.option("--overwrite", is_flag=True, help="Replace files that are there")
@click.option("--known-at", type=CUT, metavar="DATE", help="For parquet: as it was known then, without what was recorded later")
def export(here: Session, tracks: tuple[str, ...], output: Path | None, overwrite: bool, known_at: Moment | None) -> None:
    """Write tracks (default: all) as logs, with ids and times of recording: nothing is lost on the way back.

    YAML holds one track in a file, JSON Lines any number. A PATH that does not end like a log is a folder. As parquet, a folder
    is written that replay folds: what moves the machine of every track, and nothing of what was said.
    """
    from diplostate.ledger.folder import SUFFIXES
    from diplostate.ledger.transfer import export_folder, export_text
    from diplostate.ledger.whole_file import write_file

    if here.format == "parquet":
        _export_columns(here, tracks, output, overwrite, known_at)
        return
    if known_at is not None:
        raise click.UsageError("a log holds all that is known: --known-at goes with --format parquet")
    with here.ledger() as ledger:
        chosen = tracks or ledger.tracks()
        if output is None:
            screen.write(export_text(ledger, chosen, here.format))
        elif output.suffix in SUFFIXES and not output.is_dir():
            write_file(output, export_text(ledger, chosen, _form(here, output)), overwrite=overwrite)
            here.say(f"Written: {output}")
        else:
            written = export_folder(ledger, chosen, here.format, output, overwrite=overwrite)
            here.say(f"Written: {len(written)} log{'' if len(written) == 1 else 's'} in {output}")


def _export_columns(
    here: Session, tracks: tuple[str, ...], output: Path | None, overwrite: bool, known_at: Moment | None
) -> None:
    """A folder of columns, and why some tracks will have to be folded event by event."""
    from diplostate.replay.replaying import export_columns
    from diplostate.reports.words import counted

    if output is None or str(output) == "-" or output.suffix in (".parquet", ".yaml", ".jsonl"):
        raise click.UsageError("columns are a folder of two files: say --output FOLDER")
    with here.ledger() as ledger:
        chosen = tracks or ledger.tracks()
        watched = here.watched(chosen, total=len(chosen), doing="Writing columns", least=1000)
        written = export_columns(ledger, output, tracks=watched, known_at=known_at, overwrite=overwrite)
    for reason, number in written.unfolded.items():
        here.say(f"Kept event by event: {counted(number, 'track')} ({reason})")
    here.say(f"Written: {counted(written.rows, 'row')} of {counted(written.tracks, 'track')} in {output}")


def _form(here: Session, output: Path) -> str:
    """The form that the name of a file says, which nobody may contradict: the name is how it will be read."""
    form = "jsonl" if output.suffix == ".jsonl" else "yaml"
    said = click.get_current_context().get_parameter_source("form") is not ParameterSource.DEFAULT
    if said and here.format != form:
        raise click.UsageError(f"{output} would be read as {form}: leave out --format {here.format}, or name it otherwise")
    return form


@command(
    "validate",
    "Check log files, every fault at once",
    formats=("text", "json", "github"),
    default="text",
    examples="""
diplostate validate seeds
diplostate validate talks/*.yaml --format github""",
)
@click.argument("files", nargs=-1, required=True, type=PATHS, metavar="FILE...")
def validate(here: Session, files: tuple[Path, ...]) -> int:
    """Check log files, or folders of them: every fault at once, with its line, and the nearest valid word."""
    from diplostate.reports import check

    found = check.check(files)
    here.show(
        View(
            name="validate",
            data=partial(check.data, found),
            own={"text": partial(check.text, found), "github": partial(check.github, found)},
        )
    )
    here.say(found.summary())
    return Exit.INVALID if found.errors else Exit.DONE


COMMANDS = {"import": import_, "export": export, "validate": validate}
