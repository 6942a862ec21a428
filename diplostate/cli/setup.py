"""The commands around the record: ``init`` begins one, ``doctor`` looks after it, ``completion`` teaches the shell."""

from __future__ import annotations

import os
from pathlib import Path

import attrs
import click

from diplostate import wiring
from diplostate.cli import screen, session
from diplostate.cli.exits import Exit
from diplostate.cli.options import Word
from diplostate.cli.session import Session, command
from diplostate.errors import LedgerError


@command(
    "init",
    "Begin a ledger, or a first log",
    formats=("plain",),
    examples="""
diplostate init talks.sqlite
diplostate init ukr-rus-turkiye.yaml""",
)
@click.argument("path", required=False, metavar="[PATH]")
def init(here: Session, path: str | None) -> None:
    """Begin a ledger: a SQLite file (.sqlite, .db), or a log (.yaml) to be filled in; nothing is ever overwritten.

    Without PATH, the ledger that --ledger or DIPLOSTATE_LEDGER names.
    """
    here = attrs.evolve(here, url=path or here.url)
    url = here.named()
    if url == "memory:":
        raise LedgerError("memory: is forgotten when this command ends: name a file, such as talks.sqlite")
    if not here.is_missing():
        raise LedgerError(f"{url} is there already, and stays as it is: choose another name")
    if Path(url).suffix in (".yaml", ".yml"):
        _begin_log(here, Path(url))
    else:
        with here.ledger(create=True):
            here.say(f'Next: diplostate describe TRACK --title "TITLE" --party "CODE; name=NAME" --ledger {url}')


def _begin_log(here: Session, path: Path) -> None:
    from diplostate.ledger.first_log import first_log
    from diplostate.ledger.whole_file import write_file

    write_file(path, [first_log(path.stem, session.present().date())])
    here.say(f"New log: {path}")
    here.say(f"Next: fill it in, then diplostate validate {path}")


@command(
    "doctor",
    "What is installed, and whether a ledger is sound",
    formats=("plain", "json", "md"),
    examples="""
diplostate doctor
diplostate doctor --ledger talks.sqlite
diplostate doctor --rebuild --ledger talks.sqlite
diplostate doctor --ledger talks.sqlite --format json""",
)
@click.option("--rebuild", is_flag=True, help="First make the statuses that the ledger keeps ready anew, from its events")
def doctor(here: Session, rebuild: bool) -> Exit:
    """Look at what is installed and, where a ledger is named, whether it is sound; exit with 1 where something is wrong.

    Of a ledger it checks the file, that places count up without gaps, and that each status is what its events come to.
    """
    from diplostate.reports import doctor

    url = here.url or os.environ.get("DIPLOSTATE_LEDGER")
    found = doctor.examine((lambda: wiring.open(url, create=False)) if url else None, rebuild=rebuild)
    here.show(doctor.view(found))
    return Exit.FAILED if found.faults else Exit.DONE


_SHELLS = {
    "bash": 'eval "$(diplostate completion bash)"  # in ~/.bashrc',
    "zsh": 'eval "$(diplostate completion zsh)"  # in ~/.zshrc, behind compinit',
    "fish": "diplostate completion fish > ~/.config/fish/completions/diplostate.fish",
}


@command(
    "completion",
    "Teach the shell to complete commands, options and tracks",
    formats=("plain",),
    examples="""
diplostate completion bash
diplostate completion zsh
diplostate completion fish > ~/.config/fish/completions/diplostate.fish""",
)
@click.argument("shell", type=Word(_SHELLS), metavar="SHELL")
def completion(_: Session, shell: str) -> None:
    """Write the script that teaches a shell (bash, zsh, fish) to complete commands, options, words and tracks.

    Its last line says how to install it. Tracks are those of the ledger that --ledger or DIPLOSTATE_LEDGER names.
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    root = click.get_current_context().find_root().command
    script = found(root, {}, "diplostate", "_DIPLOSTATE_COMPLETE").source()
    screen.write([f"{script.rstrip()}\n# To install: {_SHELLS[shell]}\n"])


COMMANDS = {"init": init, "doctor": doctor, "completion": completion}
