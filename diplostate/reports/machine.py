"""The machine of talks, shown: its table with the rules in words, as a diagram, and as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from diplostate.replay import sql
from diplostate.reports.render import Cell, Field, Page, Section, Table, View, md_page, md_text, page_lines, table_lines
from diplostate.reports.words import joined
from diplostate.talks.machine import ANSWERS, TALKS, Effect, Machine, Match, Phase, Row, Symbol
from diplostate.talks.status import HEADLINES

FORMATS = ("plain", "md", "mermaid", "dot", "json", "csv", "duckdb", "spark", "postgres")
"""The formats in which the machine can be shown."""
MEANINGS = {
    Effect.VERDICT: "any standing decline: DECLINED; else somebody awaited: PENDING; else ACCEPTED",
    Effect.ANOMALY: "the event is kept and shown, but never applied: the phase stays",
}
"""What a row comes to that does not name a phase."""
_MATCHES = {Match.OPEN: "to the open proposal", Match.OPENS: "to another proposal", Match.NONE: "to no proposal"}
_CLOSED, _OTHERWISE = "†", "‡"


def view(machine: Machine = TALKS) -> View:
    """The machine in all its formats."""
    return View(
        name="machine",
        rows=lambda: rows(machine),
        data=lambda: data(machine),
        own={
            "plain": lambda: text(machine),
            "md": lambda: markdown(machine),
            "mermaid": lambda: mermaid(machine),
            "dot": lambda: dot(machine),
            "duckdb": lambda: sql.script("duckdb"),
            "spark": lambda: sql.script("spark"),
            "postgres": lambda: sql.script("postgres"),
        },
    )


# As a table of phases and symbols.


def tables(machine: Machine = TALKS) -> tuple[Table, Table]:
    """Where each symbol leads from each phase: what needs no proposal, and the answers, which do."""
    others = tuple(symbol for symbol in Symbol if symbol not in ANSWERS)
    return _table(machine, others), _table(machine, tuple(symbol for symbol in Symbol if symbol in ANSWERS))


def _table(machine: Machine, symbols: Sequence[Symbol]) -> Table:
    rows = ((phase.value, *(_cell(machine, phase, symbol) for symbol in symbols)) for phase in Phase)
    return Table(("phase", *symbols), tuple(rows))


def _cell(machine: Machine, phase: Phase, symbol: Symbol) -> str:
    """Where the symbol leads where it finds what it needs, with a mark where more is to be said."""
    found = {row.match: row.target for row in machine.rows if (row.source, row.symbol) == (phase, symbol)}
    if Match.NO_NEED in found:
        return found[Match.NO_NEED]
    if Match.OPEN not in found:
        return f"{found[Match.OPENS]}{_CLOSED}"
    return found[Match.OPEN] if found[Match.OPEN] is found[Match.OPENS] else f"{found[Match.OPEN]}{_OTHERWISE}"


def _notes(machine: Machine) -> Iterator[Field]:
    """What the marks and words of the tables mean."""
    yield Field(_CLOSED, ["no proposal is open in this phase: only where the answer names one on the table, or adopts a leak"])
    if targets := {row.target for row in _otherwise(machine)}:
        yield Field(_OTHERWISE, [f"{joined(sorted(targets), 'or')}, where the answer names or adopts another proposal"])
    yield from (Field(effect, [meaning]) for effect, meaning in MEANINGS.items())


def _otherwise(machine: Machine) -> Iterator[Row]:
    """The rows of answers that lead elsewhere where they open another proposal."""
    by_cell = {(row.source, row.symbol, row.match): row for row in machine.rows}
    for row in machine.rows:
        same = by_cell.get((row.source, row.symbol, Match.OPEN))
        if row.match is Match.OPENS and same is not None and same.target is not row.target:
            yield row


def _rules(machine: Machine) -> Iterator[Field]:
    """Every row in words; symbols of which the same is to be said stand together."""
    symbols: dict[str, list[Symbol]] = {}
    for symbol in Symbol:
        for said in _rules_of(machine, symbol):
            symbols.setdefault(said, []).append(symbol)
    fields: dict[str, list[str]] = {}
    for said, told in symbols.items():
        fields.setdefault("any answer" if set(told) == ANSWERS else ", ".join(told), []).append(said)
    yield from (Field(label, lines) for label, lines in fields.items())


def _rules_of(machine: Machine, symbol: Symbol) -> Iterator[str]:
    """The rows of one symbol, those that say the same in one sentence."""
    groups: dict[tuple[Match, str], list[Row]] = {}
    for row in machine.rows:
        if row.symbol is symbol:
            groups.setdefault((row.match, row.rule), []).append(row)
    alike: dict[tuple[str, str], dict[str, list[Match]]] = {}
    for (match, rule), rows in groups.items():
        for target, sources in _targets(rows).items():
            alike.setdefault((target, rule), {}).setdefault(_phases(sources), []).append(match)
    for (target, rule), places in alike.items():
        where = " and ".join(_where(phases, matches) for phases, matches in places.items())
        yield f"{where}: {target}; {rule}"


def _targets(rows: Sequence[Row]) -> dict[str, list[Phase]]:
    """Where these rows lead, and from which phases."""
    if all(row.target is row.source for row in rows):
        return {"the phase stays": [row.source for row in rows]}
    found: dict[str, list[Phase]] = {}
    for row in rows:
        found.setdefault(row.target, []).append(row.source)
    return found


def _phases(sources: Sequence[Phase]) -> str:
    rest = [phase for phase in Phase if phase not in sources]
    if not rest:
        return "in any phase"
    return f"in any phase but {joined(rest, 'and')}" if len(rest) < len(sources) else f"in {joined(sources, 'or')}"


def _where(phases: str, matches: Sequence[Match]) -> str:
    means = [_MATCHES[match] for match in matches if match in _MATCHES]
    return f"{joined(means, 'or')}, {phases}" if means else phases


def _page(machine: Machine) -> Page:
    """What the tables leave to words."""
    phases = [Field(phase, [HEADLINES[phase]]) for phase in Phase]
    return Page(
        sections=[
            Section(fields=_notes(machine)),
            Section(heading=["Phases"], fields=phases),
            Section(heading=["Rules"], fields=_rules(machine), airy=True),
        ]
    )


def text(machine: Machine = TALKS, *, width: int = 80) -> str:
    """The tables, what their marks mean, the phases and the rules in words."""
    lines = [line for table in tables(machine) for line in (*table_lines(table, None), ())]
    lines += page_lines(_page(machine), width)
    return "".join("".join(span.text for span in line).rstrip() + "\n" for line in lines)


def markdown(machine: Machine = TALKS) -> str:
    """The whole table, what its marks mean, the phases and the rules in words, as Markdown."""
    whole = _table(machine, tuple(Symbol))
    head = _md_row((_corner(whole), *whole.columns[1:]))
    lines = [head, "|---" * len(whole.columns) + "|", *map(_md_row, whole.rows)]
    return "\n".join(lines) + "\n\n" + md_page(_page(machine))


def _corner(table: Table) -> str:
    return f"{table.columns[0]} ↓ symbol →"


def _md_row(cells: Iterable[Cell]) -> str:
    return f"| {' | '.join(md_text(str(cell)) for cell in cells)} |"


# As a diagram.


def edges(machine: Machine = TALKS) -> dict[tuple[str, str], list[str]]:
    """The arrows of a diagram, from a phase to a phase or to the verdict, each with the symbols that take it.

    An answer that opens another proposal than the open one is marked. Anomalies lead nowhere, and have no arrow.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for row in machine.rows:
        if row.target is not Effect.ANOMALY:
            mark = _CLOSED if row.match is Match.OPENS else ""
            found.setdefault((row.source.value, row.target.value), []).append(f"{row.symbol}{mark}")
    return found


_LEGEND = f"{_CLOSED} an answer {_MATCHES[Match.OPENS]} than the open one"
_VERDICTS = {Phase.DECLINED: "a decline stands", Phase.PENDING: "somebody is awaited", Phase.ACCEPTED: "else"}
"""Where a verdict leads, and when: the first that holds."""


def mermaid(machine: Machine = TALKS) -> str:
    """The machine as a Mermaid state diagram (https://mermaid.js.org/syntax/stateDiagram.html)."""
    lines = [
        "stateDiagram-v2",
        f"    %% {_LEGEND}",
        f"    state {Effect.VERDICT} <<choice>>",
        f"    [*] --> {machine.initial}",
        *(f"    {source} --> {target} : {', '.join(symbols)}" for (source, target), symbols in edges(machine).items()),
        *(f"    {Effect.VERDICT} --> {phase} : {when}" for phase, when in _VERDICTS.items()),
    ]
    return "\n".join(lines) + "\n"


def dot(machine: Machine = TALKS) -> str:
    """The machine in the language of Graphviz (https://graphviz.org/doc/info/lang.html)."""
    lines = [
        "digraph talks {",
        f'    label="{_LEGEND}"',
        "    node [shape=box, style=rounded]",
        "    start [shape=point]",
        f"    {Effect.VERDICT} [shape=diamond, style=solid]",
        f"    start -> {machine.initial}",
        *(f'    {source} -> {target} [label="{_broken(symbols)}"]' for (source, target), symbols in edges(machine).items()),
        *(f'    {Effect.VERDICT} -> {phase} [label="{when}"]' for phase, when in _VERDICTS.items()),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _broken(symbols: Iterable[str]) -> str:
    """Each symbol on a line of its own."""
    return "\\n".join(symbols)


# As rows and as data.


def rows(machine: Machine = TALKS) -> Table:
    """A row for each row of the machine, for programs."""
    return Table(_COLUMNS, tuple(tuple([str(getattr(row, name)) for name in _COLUMNS]) for row in machine.rows))


_COLUMNS = tuple(field.name for field in attrs.fields(Row))


def data(machine: Machine = TALKS) -> dict[str, Any]:
    """The machine as plain data."""
    return {
        "schema": "diplostate.machine/1",
        "initial": machine.initial.value,
        "phases": {phase.value: HEADLINES[phase] for phase in Phase},
        "symbols": [symbol.value for symbol in Symbol],
        "matches": [match.value for match in Match],
        "effects": {effect.value: meaning for effect, meaning in MEANINGS.items()},
        "rows": [dict(zip(_COLUMNS, row, strict=True)) for row in rows(machine).rows],
    }
