"""The ``diplostate`` command: arguments in, reports out."""

from __future__ import annotations


def main() -> None:
    """Run the command with the arguments of this process, and leave it with an exit code of `diplostate.cli.exits`."""
    from diplostate.cli.app import app  # click is imported by those who run the command, not by those who import the package

    app()
