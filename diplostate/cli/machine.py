"""The command that shows the rules: ``machine``."""

from __future__ import annotations

from diplostate.cli.session import Session, command


@command(
    "machine",
    "The rules by which talks move, as a table or a diagram",
    formats=("plain", "md", "mermaid", "dot", "json", "csv"),
    examples="""
diplostate machine
diplostate machine --format mermaid
diplostate machine --format dot | dot -Tsvg > machine.svg""",
)
def machine(here: Session) -> None:
    """Show the machine: where each event leads from each phase, and by which rule.

    Every form is made from the one table that the command itself follows. It needs no ledger.
    """
    from diplostate.reports.machine import view

    here.show(view())


COMMANDS = {"machine": machine}
