"""The command that shows the rules: ``machine``."""

from __future__ import annotations

from diplostate.cli.session import Session, command

FORMATS = ("plain", "md", "mermaid", "dot", "json", "csv", "duckdb", "spark", "postgres")


@command(
    "machine",
    "The rules by which talks move, as a table or a diagram",
    formats=FORMATS,
    examples="""
diplostate machine
diplostate machine --format mermaid
diplostate machine --format dot | dot -Tsvg > machine.svg
diplostate machine --format postgres | psql talks""",
)
def machine(here: Session) -> None:
    """Show the machine: where each event leads from each phase, and by which rule.

    Every form is made from the one table that the command itself follows. It needs no ledger. In the SQL of duckdb, spark and
    postgres it folds the columns that export --format parquet writes.
    """
    from diplostate.reports.machine import view

    here.show(view())


COMMANDS = {"machine": machine}
