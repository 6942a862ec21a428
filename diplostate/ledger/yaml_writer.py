"""Writing a YAML log: one track as people like to read it, and as the strict reader reads it back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from diplostate.errors import Fault, Invalid
from diplostate.ledger.codec import to_dict
from diplostate.ledger.log_judge import FORMAT
from diplostate.ledger.yaml_log import DESCRIBING
from diplostate.talks.events import KINDS, Described, Event

Lines = Iterator[str]
Value = str | int | list[Any] | dict[str, Any]

WIDTH = 120
"""Columns within which a mapping in a list stays on one line, and at which long texts are folded."""
SHORT = 80
"""Columns within which any other list or mapping stays on one line."""
LONGEST_NAME = 1_000
"""Characters of a name that YAML reads without a sign of its own before it (it allows 1,024, quotes and all)."""

_INDENT = "    "
_PLAIN = re.compile(r"[^\W_](?:[^\s:#]| (?![ #])|:(?! )|(?<! )#)*(?<![ :])|[./][\w./]+")
"""A text that means itself without quotes."""
_TYPED = re.compile(
    r"y|n|yes|no|true|false|on|off|null|\d[\d._]*(?:e[+-]?\d+)?|\.\d+|\.inf|\.nan|0[xo][\da-f]+|\d+(?::\d\d)+", re.IGNORECASE
)
"""What other readers of YAML take for something else than a text."""
_DAY = re.compile(r"\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?", re.DOTALL)
"""What other readers of YAML take for a date: right for a field that holds one, wrong for a text."""
_DATED = frozenset({*KINDS, "on", "published", "recorded", "respond_by", "until", "window"})
"""The fields that hold dates."""
_FLOW = re.compile(r"[,\[\]{}?]")
"""What has to be in quotes within brackets; some readers take a question mark for a sign there."""
_UNPRINTABLE = re.compile("[^\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]")
"""What has to be escaped: not allowed in YAML, or a line break in one version of it and not in the other."""
_FOLDABLE = re.compile(r"\S+(?: \S+)+")
_LITERAL = re.compile(r"\S(?:.*\S)?(?:\n+(?:.*\S))+\n?")


def write_yaml(events: Iterable[Event]) -> str:
    """See `diplostate.ledger.logfile.write_yaml`."""
    record = list(events)
    tracks = {event.track for event in record}
    if len(tracks) != 1:
        raise Invalid([Fault(f"a YAML log holds one track, this one would hold {len(tracks)}: write one for each track")])
    head: dict[str, Any] = {"diplostate": FORMAT, "track": record[0].track}
    if isinstance(record[0], Described):
        said = to_dict(record.pop(0))
        said["described"] = said["occurred"]
        head |= {name: said[name] for name in DESCRIBING if name in said}
    return "\n".join([*_mapping(head, WIDTH), *_events(record)]) + "\n"


def _events(record: list[Event]) -> Lines:
    if record:
        yield from ("", "events:")
    for number, event in enumerate(record):
        yield from [""][:number]
        yield from _entry(_mapping(_block(event), WIDTH - len(_INDENT)))


def _block(event: Event) -> dict[str, Value]:
    """An event as a block: its kind and date first, what it says next, and how we know last."""
    said = to_dict(event)
    block = {said.pop("kind"): said.pop("occurred")}
    last = {name: said.pop(name) for name in ("id", "recorded", "sources") if name in said}
    return {**block, **{name: said[name] for name in said if name not in ("track", "version", "position")}, **last}


def _entry(lines: Lines) -> Lines:
    """The lines of a mapping as an entry of a list."""
    yield f"  - {next(lines)}"
    yield from (f"{_INDENT}{line}" if line else "" for line in lines)


def _mapping(fields: Mapping[str, Value], width: int) -> Lines:
    for name, value in fields.items():
        label = _text(name)
        if len(label) > LONGEST_NAME:
            yield f"? {label}"
            label = ""
        if name in _DATED and isinstance(value, str):
            yield f"{label}: {_text(value, is_date=True)}"
        else:
            yield from _field(f"{label}:", value, width)


def _field(label: str, value: Value, width: int) -> Lines:
    if isinstance(value, str):
        yield from _long(label, value, width) or [f"{label} {_text(value)}"]
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield label
        for part in value:
            yield from _entry(_mapping(part, 0)) if label == "links:" else _part(part, width - len(_INDENT))
    elif isinstance(value, int) or not value or len(f"{label} {_flow(value)}") <= SHORT:
        yield f"{label} {_flow(value)}"
    elif isinstance(value, list):
        yield label
        yield from (f"  - {_text(text)}" for text in value)
    else:
        yield label
        yield from (f"  {line}" if line else "" for line in _mapping(value, width - 2))


def _part(part: dict[str, Value], width: int) -> Lines:
    """A party or a source: on one line where it fits there."""
    line = _flow(part)
    if len(line) <= width and "\\n" not in line:
        yield f"  - {line}"
    else:
        yield from _entry(_mapping(part, width))


def _flow(value: Value, *, is_date: bool = False) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(name)}: {_flow(part, is_date=name in _DATED)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return (
        str(value).lower()
        if isinstance(value, int)
        else _quoted(value)
        if _FLOW.search(value)
        else _text(value, is_date=is_date)
    )


def _long(label: str, text: str, width: int) -> list[str]:
    """A text on lines of its own, where that is how people write it: of several lines, or too long for one."""
    if _UNPRINTABLE.search(text.replace("\n", "")):
        return []
    if _LITERAL.fullmatch(text):
        chomping = "" if text.endswith("\n") else "-"
        return [f"{label} |{chomping}", *(f"  {line}" if line else "" for line in text.removesuffix("\n").split("\n"))]
    if len(f"{label} {_text(text)}") > width and _FOLDABLE.fullmatch(text):
        return [f"{label} >-", *(f"  {line}" for line in _folded(text, width - 2))]
    return []


def _folded(text: str, width: int) -> Lines:
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _text(text: str, *, is_date: bool = False) -> str:
    is_typed = _TYPED.fullmatch(text) or (not is_date and _DAY.fullmatch(text))
    if _PLAIN.fullmatch(text) and not is_typed and not _UNPRINTABLE.search(text):
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    if '"' in text and "'" not in text and not _UNPRINTABLE.search(text):
        return f"'{text}'"
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))
