"""JSON Lines, the form of a log for machines: one event on each line, of any number of tracks, read as a stream."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from diplostate.errors import Fault, Invalid, InvalidEvent, InvalidLog, dotted
from diplostate.ledger.codec import content_hash, from_dict, to_dict
from diplostate.ledger.log_judge import FORMAT, Judge, faults_of_format
from diplostate.ledger.log_text import Located, Source, name_of, opened, refuse_utf16, short, text_of
from diplostate.talks.events import Event

Path = tuple[str | int, ...]

LONGEST_LINE = 16 * 2**20
"""Bytes that a line may have."""

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def write_jsonl(events: Iterable[Event]) -> Iterator[str]:
    """One line for each event, with the version of the format, all that is known of the event, and its hash."""
    for event in events:
        yield _dumps({"diplostate": FORMAT, **to_dict(event), "hash": content_hash(event)}) + "\n"


def read_jsonl(source: Source, *, hypothetical: bool = False) -> Iterator[Located | Fault]:
    """The events of a JSON Lines log, and everything that is wrong with it, line by line; only ids are kept in memory."""
    name, reader, number = name_of(source), _Reader(Judge(hypothetical=hypothetical)), 0
    try:
        with opened(source) as stream:
            while data := stream.readline(LONGEST_LINE + 1):
                number += 1
                _refuse(data, name, number)
                yield from reader.read(data, name, number)
    except InvalidLog as error:
        yield from error.faults
        return
    if not reader.has_read:
        yield Fault("holds no log: write one event on each line", file=name, line=1, column=1)


def _refuse(data: bytes, name: str, number: int) -> None:
    """Raise `InvalidLog` where it makes no sense to read on."""
    if number == 1:
        refuse_utf16(data, name)
    if len(data) > LONGEST_LINE:
        problem = f"is longer than {LONGEST_LINE // 2**20} MiB, as no event is"
        raise InvalidLog([Fault(problem, file=name, line=number, column=1)])


class _Reader:
    """What has to be kept from line to line."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._versions: dict[str, int] = {}
        self._position = 0
        self._repeated: list[str] = []
        self.has_read = False
        self._decode = json.JSONDecoder(object_pairs_hook=self._object, parse_int=_whole).decode

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            self._repeated += [name for name, count in counts.items() if count > 1]
        return found

    def read(self, data: bytes, name: str, number: int) -> Iterator[Located | Fault]:
        """The faults of one line and its event, if it can be read; a blank line has neither."""
        event: Event | None = None
        faults: list[Fault] = []
        line = ""
        try:
            line = text_of(data, name, number)
            if line.strip(" \t\r\n"):
                self.has_read = True
                event, faults = self._event(self._data(line), number)
        except Invalid as error:
            faults, self.has_read = list(error.faults), True
            self._versions.clear()
        yield from sorted(_placed(faults, line, name, number), key=lambda fault: fault.column)
        if event is not None:
            yield Located(event, number, 1)

    def _data(self, line: str) -> dict[str, Any]:
        """A line as plain data; raises `InvalidEvent` where it is none in a format that can be read."""
        self._repeated.clear()
        try:
            data = self._decode(line)
        except json.JSONDecodeError as error:
            raise InvalidEvent([_broken(line, error)]) from None
        except RecursionError:
            raise InvalidEvent([Fault("is nested too deep: an event is not", column=1)]) from None
        if not isinstance(data, dict):
            raise InvalidEvent([Fault('expected an event, as in {"diplostate":1,"kind":"proposed",...}', column=1)])
        faults = [Fault(f"{short(name)} is said twice in one mapping", column=1) for name in self._repeated]
        faults += _faults_of_format(data)
        if faults:
            self._judge.mention(data)
            raise InvalidEvent(faults)
        return data

    def _event(self, data: dict[str, Any], number: int) -> tuple[Event, list[Fault]]:
        said = {name: value for name, value in data.items() if name not in ("diplostate", "hash")}
        try:
            event = from_dict(said)
        except InvalidEvent:
            self._judge.mention(data)
            raise
        faults = [*self._faults_of_order(event), *_faults_of_hash(event, data)]
        event, found = self._judge.judge(event, number)
        return event, faults + found

    def _faults_of_order(self, event: Event) -> Iterator[Fault]:
        """A track is told without gaps, and a ledger in its own order; what does not say its place takes the next."""
        last = self._versions.get(event.track)
        if event.version is not None and (event.version < 1 or last not in (None, event.version - 1)):
            yield Fault(f"expected version {(last or 0) + 1} of track {event.track!r}, found {event.version}", ("version",))
        if event.version is not None or last is not None:
            self._versions[event.track] = event.version or (last or 0) + 1
        if event.position is not None and event.position <= self._position:
            yield Fault(f"expected a position after {self._position}, found {event.position}", ("position",))
        self._position = event.position or self._position


def _whole(digits: str) -> int | float:
    """A whole number; one that is too long to be read exactly is given as what it is, an approximation."""
    return int(digits) if len(digits) <= 17 else float(digits)


def _broken(line: str, error: json.JSONDecodeError) -> Fault:
    if error.pos >= len(line.rstrip()) or error.msg.startswith("Unterminated"):
        return Fault("the line ends before its event does: it was cut off; take it out, or write it again", column=error.colno)
    return Fault("is not JSON here: one event on each line, its names and texts in double quotes", column=error.colno)


def _faults_of_format(data: Mapping[str, object]) -> list[Fault]:
    if "diplostate" not in data:
        return [Fault(f'does not say the version of its format: begin it with "diplostate":{FORMAT}', column=1)]
    return [attrs.evolve(fault, path=("diplostate",)) for fault in faults_of_format(data["diplostate"])]


def _faults_of_hash(event: Event, data: Mapping[str, object]) -> Iterator[Fault]:
    if "hash" in data and data["hash"] != content_hash(event):
        yield Fault(
            "does not fit what the line says: one of them was changed after it was written; restore the line", ("hash",)
        )


# Where in the line a value stands

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


_DEEPEST = 5
"""No path of a fault has more steps."""


def _places(line: str) -> dict[Path, int]:
    """The column of every value in a line of JSON, by its path."""
    places: dict[Path, int] = {}
    path: list[str | int] = []
    is_name = False
    for match in _WORD.finditer(line):
        word = match[0]
        if word in "}]":
            path, is_name = path[:-1], False
        elif word == ",":
            is_name = isinstance(path[-1], str)
            path[-1:] = [path[-1] if isinstance(path[-1], str) else path[-1] + 1]
        elif is_name:
            path[-1], is_name = json.loads(word), False
        elif word != ":":
            if len(path) <= _DEEPEST:
                places[tuple(path)] = match.start() + 1
            path += [""] if word == "{" else [0] if word == "[" else []
            is_name = word == "{"
    return places


def _placed(faults: list[Fault], line: str, name: str, number: int) -> Iterator[Fault]:
    """The faults of a line with their places, and with their paths too: a line of JSON is long."""
    # What cannot be read at all has its column; only a line that is JSON can be searched for the others.
    places = {} if all(fault.column for fault in faults) else _places(line)
    for fault in faults:
        message = f"{_shown(fault.path)}: {fault.message}" if fault.path else fault.message
        column = fault.column or _column(fault.path, places)
        yield attrs.evolve(fault, message=message, file=name, line=number, column=column)


def _column(path: Path, places: Mapping[Path, int]) -> int:
    """The column of a value, or of the innermost mapping that lacks it."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, 1)


def _shown(path: Path) -> str:
    """A path with what cannot be printed made visible: names come from the file."""
    return dotted(step if isinstance(step, int) else short(step)[1:-1] for step in path)
