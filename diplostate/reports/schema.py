"""The JSON Schema (draft 2020-12) of a log in YAML and of an event in JSON Lines, made from the classes and the rules.

A schema says what can be said of one value at a time. What is left to ``diplostate validate``: whether a day exists in the
calendar, the order of events, references between them, and parties that nobody declared.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

import attrs

from diplostate.errors import Fault, Invalid
from diplostate.ledger.canonical import LARGEST_INT
from diplostate.ledger.log_judge import FORMAT
from diplostate.ledger.yaml_log import DESCRIBING, HEAD
from diplostate.reports.help import WORDS, class_help, field_help
from diplostate.reports.render import View
from diplostate.talks.dates import Edtf
from diplostate.talks.events import KINDS, Described, Event, Link, Noted, Proposed, Retracted
from diplostate.talks.rules import EVENT_ID, LARGEST_ROUND, LONGEST_LIST, LONGEST_TEXT, PARTY, TRACK, nearest
from diplostate.talks.sources import Source
from diplostate.talks.words import Relation

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

# Patterns: in the part of the syntax that Python and ECMAScript share.

_YEAR = "(?!0000)[0-9]{4}"
_MONTH = "(?:0[1-9]|1[0-2])"
_MONTH_DAY = f"(?:{_MONTH}-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31|02-29)"
_EXACT = f"{_YEAR}-{_MONTH_DAY}"
_CALENDAR = (
    f"(?:{_EXACT}|{_YEAR}-{_MONTH}-XX|{_YEAR}-XX-XX|{_YEAR}-(?:{_MONTH}|2[1-4]|XX)|{_YEAR}"
    "|(?!000)[0-9]{3}X|(?!00)[0-9]{2}XX)[?~%]?"
)
_CLOCK, _OFFSET_HOURS = "(?:[01][0-9]|2[0-3]):[0-5][0-9]", "[+-](?:[01][0-9]|2[0-3])"
_TIME = f"{_EXACT}T{_CLOCK}(?::[0-5][0-9])?(?:Z|{_OFFSET_HOURS}(?::[0-5][0-9])?)?"
_ENDED = f"{_TIME}|(?:{_CALENDAR}|(?:\\.\\.)?)/{_CALENDAR}|{_CALENDAR}"
_DATE = f"{_ENDED}|{_CALENDAR}/(?:\\.\\.)?"
_INSTANT = f"{_EXACT}T{_CLOCK}(?::[0-5][0-9](?:\\.[0-9]{{1,6}})?)?(?:Z|{_OFFSET_HOURS}:[0-5][0-9])"


def _whole(pattern: str) -> str:
    """A pattern for the whole of a text; to Python ``$`` alone would allow a line break behind it."""
    return f"^(?:{pattern})$(?!\\n)"


_DATES = "a date such as 2025, 2025-07, 2025-07-21, 2025-07-21T10:00Z or 2025-07-21/2025-07-27 (EDTF levels 0 and 1)"
_SHAPES: Mapping[str, tuple[str, str]] = {
    "date": (_DATE, _DATES),
    "date_or_open": (f"{_DATE}|\\.\\.", f"{_DATES}, or '..' while it lasts"),
    "ended_date": (_ENDED, f"{_DATES} that has an end"),
    "instant": (_INSTANT, "an instant such as 2025-07-21T10:00:00Z"),
    "party_code": (PARTY.pattern, "a party code: capital letters, digits and '-', as in RUS"),
    "track": (TRACK.pattern, "a track id: letters, digits, '.', '_' and '-', at most 128"),
    "event_id": (EVENT_ID.pattern, "an event id: letters, digits and . _ - : / # @ +, at most 128"),
    "url": ("https?://\\S+", "a web address: it begins with https:// or http://"),
    "reliability": ("[A-F]", "a reliability: A to F"),
    "grade": ("[A-F][1-6]", "a grade from A1 to F6"),
    "hash": ("[0-9a-f]{64}", "a SHA-256 in hexadecimal digits"),
}
"""The shapes of texts: a pattern, and what it asks for in words."""

_SHAPE_OF: Mapping[str, str] = {
    **dict.fromkeys(("by", "to", "absent", "heads", "speaks_for", "code"), "party_code"),
    **dict.fromkeys(("id", "retracts", "confirms", "denies"), "event_id"),
    **dict.fromkeys(("track", "into"), "track"),
    **{name: name for name in ("url", "reliability", "grade", "hash")},
    "published": "ended_date",
    "until": "date_or_open",
}
"""The fields whose texts have another shape than their class tells."""
_SIMPLE: Mapping[type, str] = {str: "text", int: "whole_number", Edtf: "date", datetime: "instant"}
"""What values of these classes are where nothing else is said of their field."""
_LARGEST: Mapping[str, int] = {"round": LARGEST_ROUND, "credibility": 6}
_WITHOUT_SOURCE = (Described, Noted, Retracted)
_NOT_IN_A_BLOCK = frozenset({"track", "occurred", "version", "position"})
"""What a log in YAML says once, or by its order."""
_COMMON = tuple(field.name for field in attrs.fields(Event))


@attrs.frozen
class _Form:
    """How values are written: in YAML the types that an editor reads into a text are many, in JSON it is one."""

    is_yaml: bool

    def shape(self, name: str) -> Schema:
        """A text of one of the shapes."""
        pattern, asks = _SHAPES[name]
        shape = {"type": "string", "pattern": _whole(pattern), "patternErrorMessage": f"Expected {asks}"}
        if not self.is_yaml:
            return shape
        if name in ("party_code", "track", "event_id"):
            return shape | {"type": ["string", "number", "boolean"], "minimum": 0}
        if name in ("date", "date_or_open", "ended_date"):
            return shape | {"type": ["string", "integer"], "minimum": 1, "maximum": 9999}
        return shape

    def text(self) -> Schema:
        """Any text that is not blank."""
        types = ["string", "number", "boolean"] if self.is_yaml else "string"
        return {"type": types, "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": "\\S", "patternErrorMessage": "Is empty"}

    def number(self, largest: int) -> Schema:
        """A whole number from 1."""
        number: Schema = {"type": "integer", "minimum": 1, "maximum": largest}
        if not self.is_yaml:
            return number
        digits = f"[1-{largest}]" if largest < 10 else f"[1-9][0-9]{{0,{len(str(largest)) - 1}}}"
        return number | {
            "type": ["integer", "string"],
            "pattern": _whole(digits),
            "patternErrorMessage": "Expected a whole number",
        }

    def words(self, cls: type[StrEnum]) -> Schema:
        """One of the words of an enumeration, each with what it means."""
        meanings = WORDS[cls]
        numbers = [float(word) if "." in word else int(word) for word in meanings if self.is_yaml and word[0].isdigit()]
        return {
            "description": class_help(cls),
            "enum": [*meanings, *numbers],
            "enumDescriptions": [*meanings.values(), *list(meanings.values())[: len(numbers)]],
        }


class _Maker:
    """Makes schemas of fields and classes, and keeps what more than one of them needs under ``$defs``."""

    def __init__(self, form: _Form) -> None:
        self.form = form
        self.defs: dict[str, Schema] = {}

    def fields(self, cls: type, names: Iterable[str], kind: str = "") -> dict[str, Schema]:
        """The schemas of these fields of a class, each with what it says."""
        hints = get_type_hints(cls)
        return {name: {"description": field_help(name, kind), **self.value(name, hints[name])} for name in names}

    def value(self, name: str, hint: type) -> Schema:
        """The schema of a value by its annotation; by the name of its field where that says more."""
        if get_origin(hint) is types.UnionType:
            return self.value(name, get_args(hint)[0])
        if get_origin(hint) is tuple:
            return self._many(name, get_args(hint)[0])
        if hint is bool:
            return {"enum": [True, False, *(["true", "false"] if self.form.is_yaml else [])]}
        if hint in _SIMPLE:
            return self._simple(name, hint)
        if issubclass(hint, StrEnum):
            return self._ref(_snake(hint.__name__), lambda: self.form.words(hint))
        return self._ref(hint.__name__.lower(), lambda: self._class(hint))

    def _simple(self, name: str, hint: type) -> Schema:
        if hint is int:
            largest = _LARGEST.get(name, LARGEST_INT)
            return self._ref(name if name in _LARGEST else "whole_number", lambda: self.form.number(largest))
        shape = _SHAPE_OF.get(name) or _SIMPLE[hint]
        return self._ref(shape, lambda: self.form.shape(shape) if shape in _SHAPES else self.form.text())

    def _many(self, name: str, part: type) -> Schema:
        """A list; or a mapping, where the parts are pairs."""
        if get_origin(part) is not tuple:
            return {"type": "array", "maxItems": LONGEST_LIST, "items": self.value(name, part)}
        _, held = get_args(part)
        return {
            "type": "object",
            "maxProperties": LONGEST_LIST,
            "propertyNames": self._key(name),
            "additionalProperties": self.value("", held),
        }

    def _key(self, name: str) -> Schema:
        """The name of an entry is a text in either form."""
        return _Form(False).shape(_SHAPE_OF[name]) if name in _SHAPE_OF else _Form(False).text()

    def _ref(self, name: str, make: Callable[[], Schema]) -> Schema:
        if name not in self.defs:
            self.defs[name] = {}  # taken, should it need itself
            self.defs[name] = make()
        return {"$ref": f"#/$defs/{name}"}

    def _class(self, cls: type) -> Schema:
        """The schema of a part of an event."""
        if cls is Link:
            return self._link()
        names = [field.name for field in attrs.fields(cls)]
        schema = _object(class_help(cls), self.fields(cls, names), _required(cls))
        return schema if cls is not Source else self._source(schema)

    def _link(self) -> Schema:
        track = self.value("track", str)
        relations = {word: {"description": meaning, **track} for word, meaning in WORDS[Relation].items()}
        return _object(class_help(Link), relations, ()) | {"minProperties": 1, "maxProperties": 1}

    def _source(self, schema: Schema) -> Schema:
        """A source says who, and its grade in one way."""
        grade = {"description": field_help("grade"), **self.value("grade", str)}
        doubled = {"anyOf": [{"required": ["reliability"]}, {"required": ["credibility"]}]}
        return schema | {
            "properties": schema["properties"] | {"grade": grade},
            "anyOf": [{"required": [name]} for name in ("outlet", "speaker", "url")],
            "dependentSchemas": {"grade": {"not": doubled}},
        }

    def kind(self, cls: type[Event], left_out: Iterable[str], before: Mapping[str, Schema]) -> Schema:
        """The schema of an event of one kind; ``before`` holds the fields that tell which."""
        own = [field.name for field in attrs.fields(cls) if field.name not in _COMMON]
        own.sort(key=lambda name: name not in _required(cls))
        common = [name for name in (*_COMMON[2:], *_COMMON[:2]) if name not in left_out]
        properties = {**before, **self.fields(cls, [*own, *common], cls.kind)}
        required = [name for name in (*before, *_required(cls)) if name not in left_out]
        if cls not in _WITHOUT_SOURCE:
            required.append("sources")
            properties["sources"] = properties["sources"] | {"minItems": 1}
        return _object(class_help(cls), properties, required) | _OWN.get(cls, {}) | {"title": cls.kind}


_OWN: Mapping[type[Event], Schema] = {
    Proposed: {"allOf": [{"properties": {"to": {"minItems": 1}}}]},
    Noted: {
        "anyOf": [{"required": [name]} for name in ("text", "note", "confirms", "denies", "links")],
        "dependentSchemas": {
            name: {"required": ["sources"], "properties": {"sources": {"minItems": 1}}} for name in ("confirms", "denies")
        },
    },
}
"""What a kind asks for beside its fields."""


def _object(description: str, properties: Mapping[str, Schema], required: Iterable[str]) -> Schema:
    schema: Schema = {"description": description, "type": "object", "properties": dict(properties)}
    return schema | {"required": list(required), "additionalProperties": False}


def _required(cls: type) -> list[str]:
    return [field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING]


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


# The two documents.


def log_schema() -> Schema:
    """The schema of a log in YAML: the head of one track, and its events."""
    maker = _Maker(_Form(is_yaml=True))
    date = maker.value("", Edtf)
    head = {
        "diplostate": {"description": field_help("diplostate"), "enum": [FORMAT, str(FORMAT)]},
        **maker.fields(Described, ["track"]),
        "described": {"description": field_help("described"), **date},
        **maker.fields(Described, [name for name in DESCRIBING if name != "described"]),
        "events": {"description": field_help("events"), "type": "array", "items": _block(maker, date)},
    }
    told = {"required": ["events"], "properties": {"events": {"minItems": 1}}}
    schema = _object("A record of one talk track, for people.", {name: head[name] for name in HEAD}, ["diplostate", "track"])
    return _document("log", "diplostate log", schema | {"anyOf": [told, {"required": ["described"]}]}, maker)


def _block(maker: _Maker, date: Schema) -> Schema:
    """An event of the list: the field that names its kind holds its date."""
    kinds = {kind: {"description": class_help(cls), **date} for kind, cls in KINDS.items()}
    for kind, cls in KINDS.items():
        maker.defs[kind] = maker.kind(cls, _NOT_IN_A_BLOCK, {kind: kinds[kind]})
    return {
        "title": "event",
        "description": "An event: its kind with the date on which it occurred, and its fields.",
        "type": "object",
        "anyOf": [{"title": kind, "required": [kind], "properties": {kind: said}} for kind, said in kinds.items()],
        "allOf": [{"if": {"type": "object", "required": [kind]}, "then": {"$ref": f"#/$defs/{kind}"}} for kind in KINDS],
    }


def event_schema() -> Schema:
    """The schema of an event in JSON Lines: one line."""
    maker = _Maker(_Form(is_yaml=False))
    around: dict[str, Schema] = {
        "diplostate": {"description": field_help("diplostate"), "enum": [FORMAT, str(FORMAT)]},
        "kind": {"description": field_help("kind"), "enum": list(KINDS)},
    }
    last = {"hash": {"description": field_help("hash"), **maker.value("hash", str)}}
    for kind, cls in KINDS.items():
        schema = maker.kind(cls, (), around)
        maker.defs[kind] = schema | {"properties": schema["properties"] | last}
    schema = {
        "description": "An event of a talk track, for machines.",
        "type": "object",
        "properties": around,
        "required": list(around),
        "allOf": [
            {"if": {"type": "object", "properties": {"kind": {"const": kind}}}, "then": {"$ref": f"#/$defs/{kind}"}}
            for kind in KINDS
        ],
    }
    return _document("event", "diplostate event", schema, maker)


def _document(name: str, title: str, schema: Schema, maker: _Maker) -> Schema:
    head = {"$schema": DIALECT, "$id": f"urn:diplostate:schema:{name}:{FORMAT}", "title": title}
    return {**head, **schema, "$defs": dict(sorted(maker.defs.items()))}


SCHEMAS: Mapping[str, Callable[[], Schema]] = {"log": log_schema, "event": event_schema}
"""What there is a schema of."""


def schema(name: str) -> Schema:
    """The schema of a ``log`` in YAML, or of an ``event`` in JSON Lines; raises `Invalid` for any other name."""
    if name not in SCHEMAS:
        raise Invalid([Fault(f"{name!r} has no schema: ask for {' or '.join(SCHEMAS)}{nearest(name, SCHEMAS)}")])
    return SCHEMAS[name]()


def view(name: str) -> View:
    """A schema as a report: JSON, for that is what it is."""
    return View(name=f"schema {name}", data=lambda: schema(name))
