"""YAML as a tree of texts, lists and mappings that know where they stand; whatever else YAML can do is refused."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import yaml

from diplostate.errors import Fault
from diplostate.ledger.log_text import MOST_FAULTS, short

DEEPEST = 16
"""How deep a log may be nested; its own form needs five levels."""
MOST_VALUES = 2_000_000
"""How many values a log may hold, the names of fields counted: some 70,000 events."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile(
    "[^\\t\\n\\r\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]"
)
"""What YAML does not allow in a file, and the line breaks that only YAML 1.1 knows."""
_NULL = frozenset({"", "~", "null", "Null", "NULL"})


class Node(NamedTuple):
    """A value and its place, counted from 1; None stands for YAML's null, and for what could not be read."""

    value: str | list[Node] | dict[str, tuple[Node, Node]] | None
    """A text, a list, or a mapping from names to the nodes of key and value."""
    line: int
    column: int

    @property
    def fields(self) -> dict[str, tuple[Node, Node]]:
        """The mapping that it is, or an empty one."""
        return self.value if isinstance(self.value, dict) else {}

    def plain(self) -> object:
        """The value without places."""
        if isinstance(self.value, dict):
            return {name: value.plain() for name, (_, value) in self.value.items()}
        return [part.plain() for part in self.value] if isinstance(self.value, list) else self.value

    def step(self, step: str | int) -> Node | None:
        """The part of a mapping or list."""
        if isinstance(self.value, dict):
            return self.value[str(step)][1] if step in self.value else None
        return self.value[step] if isinstance(self.value, list) and isinstance(step, int) else None


def parse(text: str) -> tuple[Node | None, list[Fault]]:
    """The one document of a text (None: there is none, or it cannot be read), and everything that is wrong with it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    faults = list(itertools.islice(_forbidden(text), MOST_FAULTS + 1))
    if faults:
        return None, faults
    try:
        return _Reader(text, faults).document(), faults
    except yaml.MarkedYAMLError as error:
        return None, [*faults, _broken(text, error)]
    except _Enough:
        return None, faults


class _Enough(Exception):
    """Nothing more of a file like this is read."""


def _fault(message: str, mark: yaml.Mark) -> Fault:
    return Fault(message, line=mark.line + 1, column=mark.column + 1)


def _forbidden(text: str) -> Iterator[Fault]:
    if not _FORBIDDEN.search(text):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _FORBIDDEN.finditer(line):
            code = ord(match[0])
            advice = f'write it in double quotes as "\\u{code:04x}"'
            message = f"the character U+{code:04X} may not stand in YAML as it is: {advice}"
            yield Fault(message, line=number, column=match.start() + 1)


class _Reader:
    """Builds the tree from the events of the parser: those do not nest, so a hostile file cannot exhaust the stack."""

    def __init__(self, text: str, faults: list[Fault]) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self._faults = faults
        self._values = 0

    def document(self) -> Node | None:
        root = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    mark = cast("yaml.Mark", event.start_mark)
                    self._faults.append(_fault("a second document begins here: one file holds one log", mark))
                    return root
                root = self._node(next(self._events), 1)
        return root

    def _node(self, event: yaml.NodeEvent, depth: int) -> Node:
        mark = cast("yaml.Mark", event.start_mark)
        self._limit(mark, depth)
        self._refuse(event, mark)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(list(self._list(depth)), mark.line + 1, mark.column + 1)
        if isinstance(event, yaml.MappingStartEvent):
            return Node(self._mapping(depth), mark.line + 1, mark.column + 1)
        return Node(_scalar(event), mark.line + 1, mark.column + 1)

    def _limit(self, mark: yaml.Mark, depth: int) -> None:
        """Raise `_Enough` where a file asks for more than any log needs."""
        self._values += 1
        if depth > DEEPEST:
            self._faults.append(_fault(f"is nested deeper than {DEEPEST} levels: a log is not", mark))
        elif self._values > MOST_VALUES:
            self._faults.append(_fault(f"is the value {MOST_VALUES + 1} of this file: write so long a log as JSON Lines", mark))
        elif len(self._faults) <= MOST_FAULTS:
            return
        raise _Enough

    def _refuse(self, event: yaml.NodeEvent, mark: yaml.Mark) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._faults.append(_fault(f"aliases such as *{str(event.anchor)[:60]} are refused: write the value again", mark))
        elif event.anchor is not None:
            self._faults.append(_fault(f"anchors such as &{str(event.anchor)[:60]} are refused: take it out", mark))
        elif getattr(event, "tag", None) is not None:
            self._faults.append(_fault("tags are refused, every value is read as text: take it out", mark))

    def _list(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _mapping(self, depth: int) -> dict[str, tuple[Node, Node]]:
        fields: dict[str, tuple[Node, Node]] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, value = self._node(event, depth + 1), self._node(next(self._events), depth + 1)
            wrong = _wrong_name(key, is_plain=_is_plain(event), fields=fields)
            if wrong:
                self._faults.append(Fault(wrong, line=key.line, column=key.column))
            else:
                fields[str(key.value)] = (key, value)
        return fields


def _wrong_name(key: Node, *, is_plain: bool, fields: dict[str, tuple[Node, Node]]) -> str:
    """What is wrong with the name of a field, beside those that were said before it."""
    if not isinstance(key.value, str):
        return "the name of a field is a word"
    if key.value == "<<" and is_plain:
        return "merging is refused: write the fields out"
    return f"{short(key.value)} is said twice: first at line {fields[key.value][0].line}" if key.value in fields else ""


def _is_plain(event: yaml.NodeEvent) -> bool:
    """Whether it is a scalar without quotes."""
    return isinstance(event, yaml.ScalarEvent) and event.implicit[0]


def _scalar(event: yaml.NodeEvent) -> str | None:
    if not isinstance(event, yaml.ScalarEvent) or (_is_plain(event) and event.value in _NULL):
        return None
    return str(event.value)


_PROBLEMS = (
    (
        "mapping values are not allowed",
        "did not expect ':' here: put a text that holds ': ' in quotes, or check the indentation",
    ),
    ("entries are not allowed", "did not expect '-' here: begin the list on a line of its own, or put the text in quotes"),
    ("tab character", "a tab cannot indent: use spaces"),
    ("document start", "did not expect this here: every line of the log belongs to its one mapping; check the indentation"),
    ("node content", "expected a value here: put a text that begins with a sign in quotes"),
    ("flow sequence", "expected ',' or ']': the list that opens at line {line} is not closed"),
    ("flow mapping", "expected ',' or '}}': the mapping that opens at line {line} is not closed"),
    ("block mapping", "expected the next field of the mapping that begins at line {line}: check the indentation"),
    ("block collection", "expected the next '-' of the list that begins at line {line}: check the indentation"),
    ("could not find expected ':'", "expected ':' behind the name of a field"),
    ("invalid Unicode", "this escape stands for no character: write the character itself"),
    ("escape", "this backslash means nothing in double quotes: write \\\\, or use single quotes"),
)
"""What YAML parsers say, by a few of their words, and what a log's author can do about it."""


def _broken(text: str, error: yaml.MarkedYAMLError) -> Fault:
    mark, said = error.problem_mark or error.context_mark, f"{error.context} {error.problem}"
    assert mark is not None  # every error of the scanner and the parser has one
    begins = error.context_mark or mark
    if "unexpected end of stream" in said:
        return _fault("the quote that opens here is not closed", begins)
    if "cannot start any token" in said:
        sign = text.split("\n")[mark.line][mark.column]
        return _fault(
            "a tab cannot indent: use spaces" if sign == "\t" else f"a text cannot begin with {sign!r}: put it in quotes", mark
        )
    for words, advice in _PROBLEMS:
        if words in said:
            return _fault(advice.format(line=begins.line + 1), mark)
    return _fault(f"is not YAML here: {error.problem}", mark)
