"""The machine: every cell of its table exercised through the fold, and every fault of a declaration refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cache

import attrs
import pytest

from diplostate.talks import machine
from diplostate.talks.events import Concluded, Event, Held, Retracted, Scheduled, Stalled
from diplostate.talks.fold import allowed, evolve, reduce, walk
from diplostate.talks.machine import ANSWERS, TALKS, Effect, Machine, Match, Phase, Row, Symbol
from diplostate.talks.record import read
from diplostate.talks.status import HEADLINES, Status
from diplostate.testing.scenario import answered, given, proposed, rumour, says, told

from . import reference

# The page, copied by hand.

TABLE = """
phase     | proposed  | acknowledged | accepted  | countered | declined  | scheduled | held | stalled | concluded
IDLE      | PENDING   | verdict†     | verdict†  | PENDING†  | verdict†  | SCHEDULED | HELD | STALLED | CONCLUDED
PENDING   | PENDING   | PENDING‡     | verdict   | PENDING   | verdict   | SCHEDULED | HELD | STALLED | CONCLUDED
ACCEPTED  | PENDING   | ACCEPTED‡    | verdict   | PENDING   | verdict   | SCHEDULED | HELD | STALLED | CONCLUDED
DECLINED  | PENDING   | DECLINED‡    | verdict   | PENDING   | verdict   | SCHEDULED | HELD | STALLED | CONCLUDED
SCHEDULED | SCHEDULED | SCHEDULED    | SCHEDULED | SCHEDULED | SCHEDULED | SCHEDULED | HELD | STALLED | CONCLUDED
HELD      | PENDING   | verdict†     | verdict†  | PENDING†  | verdict†  | SCHEDULED | HELD | STALLED | CONCLUDED
STALLED   | PENDING   | STALLED‡     | verdict   | PENDING   | verdict   | SCHEDULED | HELD | STALLED | CONCLUDED
CONCLUDED | PENDING   | verdict†     | verdict†  | PENDING†  | verdict†  | SCHEDULED | HELD | STALLED | CONCLUDED
"""
NO_NEED, OPEN, OPENS, NONE = "needs none", "into the open one", "opens another one", "none addresses it"


def _page() -> dict[tuple[str, str, str], str]:
    """The table of the page as cells: a phase, ``verdict`` or ``anomaly`` for each (phase, symbol, match)."""
    head, *lines = [[word.strip() for word in line.split("|")] for line in TABLE.strip().splitlines()]
    cells: dict[tuple[str, str, str], str] = {}
    for phase, *words in lines:
        for symbol, word in zip(head[1:], words, strict=True):
            if symbol in ("proposed", "scheduled", "held", "stalled", "concluded"):
                cells[phase, symbol, NO_NEED] = word
                continue
            cells[phase, symbol, NONE] = "anomaly"
            cells[phase, symbol, OPENS] = "verdict" if word.endswith("‡") else word.rstrip("†")
            if not word.endswith("†"):
                cells[phase, symbol, OPEN] = word.rstrip("‡")
    return cells


PAGE = _page()

# A search through the second reading of the model for a log that comes to each cell.

A, B, C = "AAA", "BBB", "CCC"
DAY = date(2025, 7, 1)
ALPHABET = (
    proposed(DAY, A, B),
    proposed(DAY, A, B, C),
    proposed(DAY, B, A),
    proposed(DAY, A, B, sources=rumour()),
    proposed(DAY, A, B, C, sources=rumour()),
    told(Scheduled, DAY),
    told(Scheduled, DAY, sources=says(B)),
    told(Held, DAY),
    told(Stalled, DAY),
    told(Stalled, DAY, by=A, reason="withdrawn"),
    told(Concluded, DAY),
    *(
        answered(DAY, by, answer, to=to)
        for by, to in ((A, None), (A, B), (B, None), (B, A), (C, None), (C, A))
        for answer in ("acknowledged", "accepted", "countered", "declined")
    ),
)
DEPTH = 5


def _key(state: reference.Plain) -> object:
    table = tuple((by, tuple(p["to"]), tuple(sorted(p["answers"].items()))) for by, p in sorted(state["table"].items()))
    return state["phase"], state["open"], table, state["leak"] and tuple(state["leak"]["to"])


def _stepped(state: reference.Plain, event: reference.Plain, speaks: list[str | None]) -> reference.Plain:
    table = {by: p | {"answers": dict(p["answers"]), "terms": dict(p["terms"])} for by, p in state["table"].items()}
    after = state | {"table": table, "rows": [], "anomalies": []}
    if event["kind"] == "proposed" and not speaks:
        return after | {"leak": event}
    reference.KIND[event["kind"]](after, event, DAY, speaks, {"parties": ()})
    return after


@cache
def explored() -> dict[tuple[str, str, str, str], tuple[int, ...]]:
    """For every (phase, symbol, match, next phase) that the second reading comes to, the shortest log, as letters."""
    letters = [
        (reference.plain(event), event.symbol, reference.evidence_on(reference.plain(event), [])[1]) for event in ALPHABET
    ]
    found: dict[tuple[str, str, str, str], tuple[int, ...]] = {}
    start = reference.fold([])
    seen, front = {_key(start)}, [((), start)]
    for _ in range(DEPTH):
        ahead = []
        for word, state in front:
            for letter, (event, symbol, speaks) in enumerate(letters):
                after = _stepped(state, event, speaks)
                if event["kind"] != "proposed" or speaks:
                    match = after["rows"][0][2] if after["rows"] else NO_NEED
                    found.setdefault((state["phase"], symbol, match, after["phase"]), (*word, letter))
                if _key(after) not in seen:
                    seen.add(_key(after))
                    ahead.append(((*word, letter), after))
        front = ahead
    return found


def _log(word: tuple[int, ...]) -> tuple[Event, ...]:
    """The events of a word, a day apart."""
    events = (attrs.evolve(ALPHABET[letter], occurred=DAY + timedelta(days=ahead)) for ahead, letter in enumerate(word))
    return given(*events).events


def _cells_and_targets() -> set[tuple[str, str, str, str]]:
    """What the page lets every cell lead to."""
    return {(*cell, target) for cell, word in PAGE.items() for target in _targets(*cell, word)}


def _targets(phase: str, symbol: str, match: str, word: str) -> set[str]:
    if word == "anomaly":
        return {phase}
    if word != "verdict":
        return {word}
    if symbol == "declined":
        return {"DECLINED"}
    if phase in (
        "IDLE",
        "CONCLUDED",
    ):  # nothing lies on the table there: only a leak can be answered, and nobody answered it yet
        return {"PENDING"} if symbol == "acknowledged" else {"PENDING", "ACCEPTED"}
    if match == OPEN and phase in ("PENDING", "ACCEPTED"):  # no decline stands there, and in ACCEPTED nobody is awaited
        return {"PENDING", "ACCEPTED"} if phase == "PENDING" else {"ACCEPTED"}
    return {"PENDING", "ACCEPTED", "DECLINED"}


# The table.


def test_the_table_is_the_one_on_the_page():
    """Cell by cell, as it was copied from there by hand."""
    assert {(str(row.source), str(row.symbol), str(row.match)): str(row.target) for row in TALKS.rows} == PAGE


def test_the_table_is_total_and_deterministic():
    """One row for every cell that can occur, and none besides."""
    cells = list(TALKS.cells())

    assert len(cells) == len(set(cells)) == len(TALKS.rows) == len(PAGE)
    assert all((row := TALKS.row(*cell)) in TALKS.rows and (row.source, row.symbol, row.match) == cell for cell in cells)


def test_rows_are_declared_for_each_pair_and_stay_where_no_target_is_named():
    """The table is made while its module is loaded, which no mutant outlives to be seen by the other tests."""
    pairs = [(phase, symbol) for phase in (Phase.IDLE, Phase.HELD) for symbol in (Symbol.ACCEPTED, Symbol.DECLINED)]
    phases, symbols = dict(pairs), {symbol for _, symbol in pairs}

    for target in (Phase.PENDING, Effect.VERDICT, None):
        assert machine._rows(phases, symbols, Match.OPEN, target, "because") == tuple(
            Row(phase, symbol, Match.OPEN, target or phase, "because") for phase, symbol in pairs
        )


def test_every_row_says_why():
    assert all(row.rule and row.rule[0].islower() and not row.rule.endswith(".") for row in TALKS.rows)


def test_no_cell_is_left_out():
    """The search comes to every cell, and from it to every phase to which the page lets it lead: a missing one fails here."""
    assert set(explored()) == _cells_and_targets()


@pytest.mark.parametrize("cell", sorted(_cells_and_targets()), ids="/".join)
def test_every_cell_through_the_fold(cell):
    """A real log that comes to the cell, folded whole, step by step, and continued: all say what the page says."""
    phase, symbol, match, target = cell
    log = _log(explored()[cell])
    *_, last = walk(read(log))
    before, after = reduce(log[:-1]), reduce(log)

    assert (before.phase, last.row.symbol, last.row.match, after.phase) == (phase, symbol, match, target)
    assert last.before == before
    assert last.after == after == evolve(before, log[-1])
    assert (last.row.target is Effect.ANOMALY) == (PAGE[phase, symbol, match] == "anomaly")
    assert len(after.anomalies) - len(before.anomalies) == (match == NONE)
    assert reference.summary_of(after) == reference.summary(reference.fold(log))


@pytest.mark.parametrize("cell", sorted(_cells_and_targets()), ids="/".join)
def test_what_is_allowed_is_what_is_applied(cell):
    """Introspection equals execution, in every cell and for every answer that could follow it."""
    log = _log(explored()[cell])
    status = reduce(log)
    for event in ALPHABET:
        follower = attrs.evolve(event, id="next", occurred=DAY + timedelta(days=9))
        if follower.stands:
            by, to = getattr(event, "by", None), event.to if event.symbol in ANSWERS else None
            applied = len(evolve(status, follower).anomalies) == len(status.anomalies)

            assert allowed(status, Symbol(event.symbol), by, to) == applied, event


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_is_reachable_from_every_other(phase):
    """But for IDLE, which nothing enters again: what was made public stays so."""
    assert TALKS.reachable(phase) | {Phase.IDLE} == frozenset(Phase)


def test_what_is_reached_step_by_step_is_reachable():
    """In a machine that only ever goes on to the next phase, all are, and the first one again from the last."""
    following = dict(zip(Phase, [*list(Phase)[1:], Phase.IDLE], strict=True))
    ring = _declared(
        row if row.target is Effect.ANOMALY else attrs.evolve(row, target=following[row.source]) for row in TALKS.rows
    )

    assert all(ring.reachable(phase) == frozenset(Phase) for phase in Phase)


def test_every_phase_has_a_headline():
    assert {phase: Status(phase=phase).headline() for phase in Phase} == {
        Phase.IDLE: "no talks proposed",
        Phase.PENDING: "proposal pending official response",
        Phase.ACCEPTED: "proposal accepted, date not set",
        Phase.DECLINED: "proposal declined",
        Phase.SCHEDULED: "talks scheduled",
        Phase.HELD: "talks held",
        Phase.STALLED: "talks stalled",
        Phase.CONCLUDED: "track concluded",
    }
    assert set(HEADLINES) == set(Phase)


# Declarations that cannot be.


def _declared(rows: Iterable[Row]) -> Machine:
    return attrs.evolve(TALKS, rows=tuple(rows))


def _refusal(rows: Iterable[Row]) -> str:
    with pytest.raises(ValueError, match=r"^this machine cannot be: ") as caught:
        _declared(rows)
    return str(caught.value).removeprefix("this machine cannot be: ")


def _is(phase: Phase, symbol: Symbol, match: Match = Match.NO_NEED) -> Callable[[Row], bool]:
    return lambda row: (row.source, row.symbol, row.match) == (phase, symbol, match)


def test_the_same_rows_may_be_declared_again():
    assert _declared(TALKS.rows) == TALKS


def test_an_ambiguous_row_is_refused():
    extra = Row(Phase.IDLE, Symbol.HELD, Match.NO_NEED, Phase.IDLE, "twice")

    assert _refusal((*TALKS.rows, extra)) == "IDLE/held/needs none has 2 rows"


def test_a_missing_row_is_refused():
    rows = [row for row in TALKS.rows if not _is(Phase.PENDING, Symbol.ACCEPTED, Match.OPEN)(row)]

    assert _refusal(rows) == "PENDING/accepted/into the open one has no row"


@pytest.mark.parametrize("phase", [Phase.IDLE, Phase.HELD, Phase.CONCLUDED])
def test_a_row_that_can_never_apply_is_refused(phase):
    """In these phases no proposal is open, so no answer goes into the open one."""
    extra = Row(phase, Symbol.ACCEPTED, Match.OPEN, Phase.PENDING, "never")

    assert _refusal((*TALKS.rows, extra)) == f"{phase}/accepted/into the open one can never occur"


def test_a_row_for_a_proposal_that_answers_one_is_refused():
    """Only answers need a proposal to go to."""
    extra = Row(Phase.IDLE, Symbol.HELD, Match.OPENS, Phase.HELD, "never")

    assert _refusal((*TALKS.rows, extra)) == "IDLE/held/opens another one can never occur"


def test_an_answer_that_needs_no_proposal_is_refused():
    extra = Row(Phase.IDLE, Symbol.ACCEPTED, Match.NO_NEED, Phase.HELD, "never")

    assert _refusal((*TALKS.rows, extra)) == "IDLE/accepted/needs none can never occur"


@pytest.mark.parametrize("field", ["source", "symbol", "match", "target"])
def test_an_unknown_word_is_refused(field):
    row = attrs.evolve(TALKS.rows[0], **{field: "postponed"})

    assert _refusal((row, *TALKS.rows[1:])) == f"{row} holds a word that is no Phase, Symbol, Match or Effect"


def test_a_phase_that_cannot_be_reached_is_refused():
    rows = [attrs.evolve(row, target=Phase.HELD) if row.symbol is Symbol.CONCLUDED else row for row in TALKS.rows]

    assert _refusal(rows) == "CONCLUDED cannot be reached from IDLE"


def test_a_phase_that_cannot_be_left_is_refused():
    rows = [
        attrs.evolve(row, target=Phase.CONCLUDED) if row.source is Phase.CONCLUDED and row.target is not Effect.ANOMALY else row
        for row in TALKS.rows
    ]

    assert _refusal(rows) == "CONCLUDED cannot be left"


def test_every_fault_of_a_declaration_is_named_at_once():
    rows = [row for row in TALKS.rows if not _is(Phase.IDLE, Symbol.HELD)(row)]
    extra = Row(Phase.IDLE, Symbol.STALLED, Match.NO_NEED, Phase.IDLE, "twice")

    assert _refusal((*rows, extra)) == "IDLE/stalled/needs none has 2 rows; IDLE/held/needs none has no row"


def test_another_machine_can_be_folded_with():
    """The table is data: with other rows the same log comes to another status."""
    rows = [
        attrs.evolve(row, target=Phase.PENDING) if _is(Phase.STALLED, Symbol.ACKNOWLEDGED, Match.OPEN)(row) else row
        for row in TALKS.rows
    ]
    log = given(proposed(DAY, A, B), told(Stalled, DAY), answered(DAY, B, "acknowledged")).events

    retracting = (*log, told(Held, DAY, id="wrong"), told(Retracted, DAY, retracts="wrong", id="gone"))

    for events in (log, retracting):
        assert reduce(events).phase is Phase.STALLED
        assert reduce(events, machine=_declared(rows)).phase is Phase.PENDING


def test_another_machine_may_begin_in_another_phase():
    """Every way to fold begins in the machine's initial phase, which began on no day."""
    elsewhere = attrs.evolve(TALKS, initial=Phase.STALLED, rows=tuple(_that_come_to_idle()))

    for question in ({}, {"as_of": DAY}):
        status = reduce((), machine=elsewhere, **question)
        assert (status.phase, status.since) == (Phase.STALLED, None)
    assert reduce(given(told(Held, DAY)).events, machine=elsewhere).since == DAY


def _that_come_to_idle() -> Iterable[Row]:
    """The rows of the model, but that what is concluded ends in no talks proposed."""
    return (attrs.evolve(row, target=Phase.IDLE) if _is(Phase.CONCLUDED, Symbol.STALLED)(row) else row for row in TALKS.rows)
