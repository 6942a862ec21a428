"""The command that teaches editors and other programs the form of logs: ``schema``."""

from __future__ import annotations

from pathlib import Path

import click

from diplostate.cli.options import Word
from diplostate.cli.session import Session, command


@command(
    "schema",
    "The JSON Schema of logs, for editors",
    formats=("json",),
    default="json",
    examples="""
diplostate schema
diplostate schema log --output log.schema.json
diplostate schema event --output event.schema.json""",
)
@click.argument("name", type=Word(("log", "event")), default="log", metavar="[log|event]")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it into a file")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there")
def schema(here: Session, name: str, output: Path | None, overwrite: bool) -> None:
    """Write the JSON Schema of a log in YAML (log, the default), or of a line of JSON Lines (event).

    An editor that knows it completes, explains and checks a log while it is written. It needs no ledger.
    """
    from diplostate.reports.render import render
    from diplostate.reports.schema import view

    if output is None:
        here.show(view(name))
        return
    from diplostate.ledger.whole_file import write_file

    write_file(output, [render(view(name), here.format)], overwrite=overwrite)
    here.say(f"Written: {output}")


COMMANDS = {"schema": schema}
