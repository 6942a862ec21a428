"""The machine shown: every form is generated from the table, and tells all of it."""

from __future__ import annotations

import csv
import io
import json
import re

import attrs
import pytest

from diplostate.reports.machine import FORMATS, MEANINGS, tables, view
from diplostate.reports.render import NoSuchFormat, render
from diplostate.talks.machine import ANSWERS, TALKS, Effect, Machine, Match, Phase, Symbol

Cell = tuple[str, str, str, str]


def _but(changed: tuple[Phase, Symbol, Match], target: Phase) -> Machine:
    """The machine of talks with one row changed."""
    rows = [attrs.evolve(row, target=target) if (row.source, row.symbol, row.match) == changed else row for row in TALKS.rows]
    return Machine(TALKS.initial, TALKS.closed, tuple(rows))


MACHINES = (
    TALKS,
    _but((Phase.HELD, Symbol.PROPOSED, Match.NO_NEED), Phase.IDLE),
    _but((Phase.STALLED, Symbol.ACKNOWLEDGED, Match.OPENS), Phase.DECLINED),
)
"""The machine of talks, and two that are not, to show that nothing is copied by hand."""
each = pytest.mark.parametrize("machine", MACHINES, ids=["talks", "held-proposed", "stalled-acknowledged"])


def _cells(machine: Machine) -> set[Cell]:
    return {(row.source.value, row.symbol.value, row.match.value, row.target.value) for row in machine.rows}


def _arrows(machine: Machine) -> set[Cell]:
    """All cells but those of anomalies, which lead nowhere."""
    return {cell for cell in _cells(machine) if cell[3] != Effect.ANOMALY}


def _shown(machine: Machine, format: str) -> str:
    return render(view(machine), format)


def _read(source: str, label: str, target: str) -> set[Cell]:
    """The cells that an arrow with this label stands for."""
    found = set()
    for word in re.split(r", |\\n", label):
        symbol = Symbol(word.rstrip("†"))
        match = Match.OPENS if word.endswith("†") else Match.OPEN if symbol in ANSWERS else Match.NO_NEED
        found.add((source, symbol.value, match.value, target))
    return found


def _from_tables(machine: Machine, rows: list[tuple[str, ...]]) -> set[Cell]:
    """The cells of a table whose first row is its head; what its marks mean is told below it."""
    (otherwise,) = {
        row.target.value
        for row in machine.rows
        if row.match is Match.OPENS and row.symbol is Symbol.ACCEPTED and row.source is Phase.PENDING
    }
    head, *lines = rows
    found = set()
    for phase, *words in lines:
        for symbol, word in zip(head[1:], words, strict=True):
            target = word.rstrip("†‡")
            if symbol not in ANSWERS:
                found.add((phase, symbol, Match.NO_NEED.value, target))
                continue
            found.add((phase, symbol, Match.OPENS.value, otherwise if word.endswith("‡") else target))
            if not word.endswith("†"):
                found.add((phase, symbol, Match.OPEN.value, target))
    return found


def test_the_tables_hold_every_cell_that_leads_somewhere():
    """Read back with the meaning of their marks, they are the machine."""
    cells = set()
    for table in tables(TALKS):
        cells |= _from_tables(TALKS, [table.columns, *table.rows])

    assert cells == _arrows(TALKS)


def test_the_text_shows_both_tables_within_80_columns():
    """What is printed reads back as the machine, and no line is cut or wrapped."""
    text = _shown(TALKS, "plain")
    blocks = [block.splitlines() for block in text.split("\n\n")[:2]]
    cells = set()
    for head, *lines in blocks:
        cells |= _from_tables(TALKS, [tuple(head.lower().split()), *(tuple(line.split()) for line in lines)])

    assert cells == _arrows(TALKS)
    assert max(map(len, text.splitlines())) <= 80


def test_markdown_holds_the_whole_table_as_one():
    """Its first block is the table of the model's page."""
    lines = _shown(TALKS, "md").split("\n\n")[0].splitlines()
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]

    assert set(rows[1]) == {"---"}
    assert _from_tables(TALKS, [rows[0], *rows[2:]]) == _arrows(TALKS)


@each
def test_mermaid_has_an_arrow_for_every_cell_that_leads_somewhere(machine):
    """Read back, the diagram is the machine; it begins in the initial phase, and says where a verdict can lead."""
    text = _shown(machine, "mermaid")
    arrows = re.findall(r"^    (\S+) --> (\S+) : (.*)$", text, re.MULTILINE)
    cells = set().union(*(_read(source, label, target) for source, target, label in arrows if source in set(Phase)))

    assert text.startswith("stateDiagram-v2\n")
    assert f"[*] --> {machine.initial}\n" in text
    assert cells == _arrows(machine)
    assert {target for source, target, _ in arrows if source == "verdict"} == {"PENDING", "ACCEPTED", "DECLINED"}


@each
def test_dot_has_an_arrow_for_every_cell_that_leads_somewhere(machine):
    """Read back, the graph is the machine."""
    text = _shown(machine, "dot")
    arrows = re.findall(r'^    (\S+) -> (\S+) \[label="(.*)"\]$', text, re.MULTILINE)
    cells = set().union(*(_read(source, label, target) for source, target, label in arrows if source in set(Phase)))

    assert text.startswith("digraph talks {\n")
    assert text.endswith("}\n")
    assert f"start -> {machine.initial}\n" in text
    assert cells == _arrows(machine)


@each
def test_json_holds_every_row_with_its_rule(machine):
    """Also those of anomalies; and it says what each word means."""
    data = json.loads(_shown(machine, "json"))

    assert {(row["source"], row["symbol"], row["match"], row["target"]) for row in data["rows"]} == _cells(machine)
    assert [row["rule"] for row in data["rows"]] == [row.rule for row in machine.rows]
    assert (data["schema"], data["initial"]) == ("diplostate.machine/1", "IDLE")
    assert list(data["phases"]) == list(Phase)
    assert set(data["effects"]) == set(Effect)
    assert (data["symbols"], data["matches"]) == ([*Symbol], [*Match])


@each
def test_csv_holds_every_row(machine):
    """A row for each row of the machine."""
    rows = list(csv.DictReader(io.StringIO(_shown(machine, "csv"))))

    assert {(row["source"], row["symbol"], row["match"], row["target"]) for row in rows} == _cells(machine)


@pytest.mark.parametrize("format", ["plain", "md"])
@each
def test_the_words_give_every_rule_and_every_effect(machine, format):
    """Where the table only names a target, the words say why."""
    words = " ".join(_shown(machine, format).replace("\\", "").split())

    for row in machine.rows:
        assert row.rule in words
    for effect, meaning in MEANINGS.items():
        assert effect in words
        assert meaning in words


def test_the_words_follow_the_machine():
    """A row that is changed is told otherwise."""
    assert "in any phase but SCHEDULED: PENDING; a proposal awaits its answers" in " ".join(_shown(TALKS, "plain").split())
    assert "in HELD: IDLE; a proposal awaits its answers" in " ".join(_shown(MACHINES[1], "plain").split())


def test_what_the_machine_has_no_form_for_is_refused():
    """As in every report."""
    assert set(view().formats) == set(FORMATS)
    with pytest.raises(
        NoSuchFormat, match="machine has no table: ask for json, csv, plain, md, mermaid, dot, duckdb, spark or postgres"
    ):
        render(view(), "table")
