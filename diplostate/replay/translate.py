"""The step in other languages: its source, run over expressions instead of numbers, for one kind of symbol at a time."""

from __future__ import annotations

import ast
import inspect
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import attrs

from diplostate.replay import step as steps
from diplostate.replay.step import STATE, step
from diplostate.replay.table import PHASES, Kind, compiled

READ = ("kind", "party", "rest", "flag")
"""What the step reads of a symbol before anything else: an engine may do so for many symbols at once."""

_Values = dict[str, ast.expr]


@cache
def source() -> ast.FunctionDef:
    """The source of the step, as a tree."""
    (found,) = ast.parse(inspect.getsource(step)).body
    assert isinstance(found, ast.FunctionDef)
    return found


@cache
def effects() -> Mapping[str, Mapping[Kind, ast.expr]]:
    """For every part of the state its new value after each kind of symbol that changes it.

    The expressions know the parts of the state, what is read of the symbol (`READ`), and ``day``.
    """
    found: dict[str, dict[Kind, ast.expr]] = {part: {} for part in STATE}
    for kind in Kind:
        for part, value in _run(kind).items():
            if not (isinstance(value, ast.Name) and value.id == part):
                found[part][kind] = value
    return found


# The step, run over expressions


@attrs.frozen
class _Fork:
    """Where the way of the step depends on a test."""

    test: ast.expr
    then: _Fork | _Values
    other: _Fork | _Values

    def value(self, part: str) -> ast.expr:
        """What a part of the state comes to."""
        then, other = (way[part] if isinstance(way, dict) else way.value(part) for way in (self.then, self.other))
        if ast.dump(then) == ast.dump(other) or _is_same(self.test, then, other):
            return then
        return ast.IfExp(self.test, then, other)


def _is_same(test: ast.expr, then: ast.expr, other: ast.expr) -> bool:
    """Whether the other way comes to the same: both are compared, and it is gone where they are equal."""
    match test:
        case ast.Compare(left, [ast.NotEq()], [right]):
            return (ast.dump(left), ast.dump(right)) == (ast.dump(then), ast.dump(other))
    return False


def _run(kind: Kind) -> _Values:
    """The state after a symbol of one kind."""
    values: _Values = {name: ast.Name(name) for name in (*STATE, *READ, "day")}
    values["kind"] = ast.Constant(int(kind))
    way = _walk([line for line in source().body if not _is_read(line)], values, {})
    return {part: way[part] if isinstance(way, dict) else way.value(part) for part in STATE}


def _is_read(line: ast.stmt) -> bool:
    return isinstance(line, ast.Assign) and _target(line) in READ


def _target(line: ast.Assign) -> str:
    (target,) = line.targets
    assert isinstance(target, ast.Name)
    return target.id


def _walk(body: Sequence[ast.stmt], values: _Values, known: Mapping[str, bool]) -> _Fork | _Values:
    """Go through the step; where a test is not decided by what is known, both ways are gone to their end."""
    values = dict(values)
    for place, line in enumerate(body):
        if isinstance(line, ast.Assign):
            values[_target(line)] = _value(line.value, values)
        elif isinstance(line, ast.If):
            test, rest = _value(line.test, values), body[place + 1 :]
            name = ast.dump(test)
            truth = test.value if isinstance(test, ast.Constant) else known.get(name)
            if truth is not None:
                return _walk([*(line.body if truth else line.orelse), *rest], values, known)
            ways = [
                _walk([*lines, *rest], values, {**known, name: told})
                for lines, told in ((line.body, True), (line.orelse, False))
            ]
            return _Fork(test, *ways)
    return values


def _value(node: ast.expr, values: _Values) -> ast.expr:
    """An expression of the step with all that is known put in, and reckoned as far as it can be."""
    if isinstance(node, ast.Name):
        return values[node.id] if node.id in values else ast.Constant(getattr(steps, node.id))
    if isinstance(node, ast.UnaryOp):
        return ast.UnaryOp(node.op, _value(node.operand, values))
    if isinstance(node, ast.BoolOp):
        return ast.BoolOp(node.op, [_value(part, values) for part in node.values])
    if isinstance(node, ast.Subscript):
        line = _value(node.slice, values)
        assert isinstance(line, ast.Constant), "which line is looked up is known on every way"
        return ast.Constant(compiled()[int(str(line.value))])
    if isinstance(node, ast.BinOp):
        return _reckoned(_value(node.left, values), node.op, _value(node.right, values))
    if isinstance(node, ast.Compare):
        return _compared(_value(node.left, values), node.ops[0], _value(node.comparators[0], values))
    return node


_RECKON: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}


def _reckoned(left: ast.expr, op: ast.operator, right: ast.expr) -> ast.expr:
    if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
        return ast.Constant(_RECKON[type(op)](int(str(left.value)), int(str(right.value))))
    return ast.BinOp(left, op, right)


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
    """A comparison; whether a line leads to a target in all phases, or in none, is known beforehand."""
    possible = _possible(left)
    if possible and isinstance(right, ast.Constant):
        truths = {_COMPARE[type(op)](value, int(str(right.value))) for value in possible}
        if len(truths) == 1:
            return ast.Constant(truths.pop())
    return ast.Compare(left, [op], [right])


_COMPARE: Mapping[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def _possible(node: ast.expr) -> set[int]:
    """What an expression can come to, where that is known: a number, or the targets of a line."""
    if isinstance(node, ast.Constant):
        return {int(node.value)} if isinstance(node.value, (int, bool)) else set()
    match node:
        case ast.BinOp(ast.BinOp(ast.Constant(line), ast.RShift()), ast.BitAnd()):
            return {int(str(line)) >> 4 * place & 15 for place in range(len(PHASES))}
    return {1} if isinstance(node, ast.Name) and node.id == "flag" else set()  # it is not 0, and more nobody asks


# Writing it


@attrs.frozen(kw_only=True)
class Dialect:
    """How a language writes whole numbers and choices; names are written by ``name``."""

    name: Callable[[str], str]
    left: str = "({} << {})"
    right: str = "({} >> {})"


_SIGNS: Mapping[type[ast.AST], str] = {
    ast.Add: "({} + {})",
    ast.Sub: "({} - {})",
    ast.Mult: "({} * {})",
    ast.BitAnd: "({} & {})",
    ast.BitOr: "({} | {})",
    ast.Eq: "({} = {})",
    ast.NotEq: "({} <> {})",
    ast.Gt: "({} > {})",
    ast.GtE: "({} >= {})",
    ast.Or: " OR ",
    ast.And: " AND ",
    ast.Not: "(NOT {})",
    ast.Invert: "(~{})",
}


def written(node: ast.expr, dialect: Dialect) -> str:
    """An expression in SQL."""

    def write(part: ast.expr) -> str:
        return written(part, dialect)

    if isinstance(node, ast.Name):
        return dialect.name(node.id)
    if isinstance(node, ast.Subscript):
        return dialect.name("lines").format(write(node.slice))
    if isinstance(node, ast.UnaryOp):
        return _SIGNS[type(node.op)].format(write(node.operand))
    if isinstance(node, ast.BoolOp):
        return f"({_SIGNS[type(node.op)].join(map(write, node.values))})"
    if isinstance(node, ast.IfExp):
        return f"CASE WHEN {write(node.test)} THEN {write(node.body)} ELSE {write(node.orelse)} END"
    if isinstance(node, ast.Compare):
        return _SIGNS[type(node.ops[0])].format(write(node.left), write(node.comparators[0]))
    if isinstance(node, ast.BinOp):
        signs = {**_SIGNS, ast.LShift: dialect.left, ast.RShift: dialect.right}
        return signs[type(node.op)].format(write(node.left), write(node.right))
    assert isinstance(node, ast.Constant), ast.dump(node)
    return str(int(str(node.value)))


def statements(dialect: Dialect) -> Iterator[str]:
    """The step, line by line, in a language with ``name := value;`` and ``IF``, but for what it gives back."""
    yield from _lines(source().body[1:-1], dialect, "  ")


def _lines(body: Sequence[ast.stmt], dialect: Dialect, inset: str) -> Iterator[str]:
    for line in body:
        if isinstance(line, ast.Assign):
            yield f"{inset}{dialect.name(_target(line))} := {written(line.value, dialect)};"
        elif isinstance(line, ast.If):
            yield from _if(line, dialect, inset)
            yield f"{inset}END IF;"


def _if(line: ast.If, dialect: Dialect, inset: str, word: str = "IF") -> Iterator[str]:
    yield f"{inset}{word} {written(line.test, dialect)} THEN"
    yield from _lines(line.body, dialect, inset + "  ")
    match line.orelse:
        case [ast.If() as other]:
            yield from _if(other, dialect, inset, "ELSIF")
        case [_, *_]:
            yield f"{inset}ELSE"
            yield from _lines(line.orelse, dialect, inset + "  ")
