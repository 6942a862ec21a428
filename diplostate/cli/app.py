"""The command itself: its subcommands are imported when they are used, and a slip is told with the nearest name."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from diplostate._version import __version__
from diplostate.cli import screen
from diplostate.cli.exits import guarded
from diplostate.cli.session import shared_options
from diplostate.talks.rules import nearest

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "Where talks stand": {
        "status": "show",
        "log": "show",
        "why": "show",
        "why-not": "why_not",
        "diff": "diff",
        "timeline": "timeline",
        "tracks": "tracks",
        "watch": "watch",
    },
    "What comes next": {"whatif": "what_if", "play": "play", "stats": "stats", "simulate": "simulate", "backtest": "backtest"},
    "Keeping the record": {
        "describe": "record",
        "propose": "record",
        "respond": "record",
        "schedule": "record",
        "hold": "record",
        "stall": "record",
        "conclude": "record",
        "note": "record",
        "correct": "amend",
        "retract": "amend",
    },
    "Log files": {"import": "files", "export": "files", "replay": "replay", "validate": "files", "schema": "schema"},
    "The rules": {"machine": "machine"},
    "Moving house": {"copy": "move", "backup": "move"},
    "Sealed history": {"verify": "seal", "seal": "seal", "prove": "seal"},
    "Setting up": {"init": "setup", "doctor": "setup", "completion": "setup"},
}
"""The subcommands by what they are for, each with the module that holds it."""

_MODULES = {name: module for group in COMMANDS.values() for name, module in group.items()}


class App(click.Group):
    """A group that knows the names of its commands, and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order of the help."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in _MODULES:
            return None
        module = import_module(f"diplostate.cli.{_MODULES[cmd_name]}")
        found: click.Command = module.COMMANDS[cmd_name]
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, but for the hint."""
        if args[0] not in _MODULES and not args[0].startswith("-"):
            ctx.fail(f"no command {args[0]!r}{nearest(args[0], _MODULES)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by what they are for."""
        for title, names in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name, self._short_help(ctx, name)) for name in names])

    def _short_help(self, ctx: click.Context, name: str) -> str:
        found = self.get_command(ctx, name)
        assert found is not None
        return found.short_help or ""

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run, and leave with an exit code of `diplostate.cli.exits`."""
        screen.prepare()
        _tidy_when_terminated()
        extra.update(standalone_mode=False, prog_name="diplostate")
        sys.exit(guarded(lambda: super(App, self).main(*args, **extra)))


def _tidy_when_terminated() -> None:
    """Who terminates the command interrupts it: else parts of files and processes of its own would be left behind."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, signal.default_int_handler)


@click.group(
    cls=App,
    invoke_without_command=True,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    epilog="""\b
Examples:
  diplostate status --ledger seeds --as-of 2025-07-21
  diplostate log ukr-rus-turkiye --ledger seeds
  diplostate why ukr-rus-turkiye --ledger seeds
  diplostate import seeds --ledger talks.sqlite
  diplostate respond ukr-rus-turkiye --by RUS --answer accepted \\
      --official "Kremlin press service" --speaks-for RUS --ledger talks.sqlite

\b
Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 invalid log or refused
event, 5 tampered record, 6 conflict, 7 a flag of --fail-on, 130 interrupted.""",
)
@click.version_option(__version__, prog_name="diplostate")
@click.pass_context
def app(ctx: click.Context, /, **given: Any) -> None:
    """Where do talks stand, who owes an answer, since when, and how do we know?

    Diplostate keeps an open record of diplomatic talks: events with their sources, never changed, and the status that follows
    from them.
    """
    # Options before the command count for it, unless it says otherwise itself.
    said = {name: value for name, value in given.items() if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    ctx.default_map = dict.fromkeys(_MODULES, said)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


for _option in shared_options():
    _option(app)
