"""The JSON Schemas: whatever the product reads, they admit, and what they admit it reads, but for what no schema can say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support import ROOT, require
from wire import strategies as wire

from diplostate.errors import Invalid, InvalidDate
from diplostate.ledger.codec import to_dict
from diplostate.ledger.jsonl_log import write_jsonl
from diplostate.ledger.logfile import read_log, write_yaml
from diplostate.ledger.yaml_log import HEAD
from diplostate.ledger.yaml_nodes import parse
from diplostate.reports.help import FIELDS, WORDS, class_help, field_help
from diplostate.reports.render import render
from diplostate.reports.schema import SCHEMAS, schema, view
from diplostate.talks.dates import Edtf
from diplostate.talks.events import KINDS, Event, Party, Proposed
from diplostate.talks.rules import LARGEST_ROUND, LONGEST_LIST, LONGEST_TEXT, errors
from diplostate.talks.sources import Source
from diplostate.testing import strategies
from diplostate.testing.conformance import NOON, every_kind

LOG, EVENT = (Draft202012Validator(schema(name)) for name in ("log", "event"))


def log_of(text: str) -> Any:
    """A log in YAML as plain data, every scalar a text: as the product reads it."""
    node, faults = parse(text)
    assert node is not None
    assert not faults
    return node.plain()


_TYPES = (
    (re.compile(r"true|True|TRUE|false|False|FALSE"), lambda text: text[0] in "tT"),
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 0)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 0)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
)
"""The core schema of YAML 1.2 (section 10.3.2): how editors read a scalar that stands without quotation marks."""


def as_an_editor_reads(value: Any) -> Any:
    """The same data as an editor types them, were no scalar in quotation marks."""
    if isinstance(value, dict):
        return {name: as_an_editor_reads(part) for name, part in value.items()}
    if isinstance(value, list):
        return [as_an_editor_reads(part) for part in value]
    read = next((read for pattern, read in _TYPES if pattern.fullmatch(value)), str)
    return read(value)


def line_of(event: Event) -> dict[str, Any]:
    return json.loads(next(iter(write_jsonl([event]))))


def is_read(data: dict[str, Any]) -> bool:
    """Whether the product reads this as a well-formed event."""
    return not refusals(data)


def refusals(data: dict[str, Any]) -> list[str]:
    """Everything that the product has against it, as a log of one line."""
    try:
        read_log(("a.jsonl", json.dumps(data).encode()))
    except Invalid as error:
        return [fault.message for fault in errors(error.faults)]
    return []


# What is published.


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_a_schema_by_the_dialect_that_it_names(name):
    """Draft 2020-12, with a name of its own, a title and a description."""
    found = schema(name)

    Draft202012Validator.check_schema(found)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["$id"] == f"urn:diplostate:schema:{name}:1"
    assert found["title"] == f"diplostate {name}"
    assert found["description"]
    assert json.loads(render(view(name), "json")) == found


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_says_what_it_is_for(name):
    """So an editor shows help wherever the cursor stands."""
    for where, properties in _properties(schema(name), ()):
        for field, said in properties.items():
            assert said.get("description", ""), f"{field} at {where}"


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_reference_leads_somewhere(name):
    """And every definition is used."""
    found = schema(name)
    references = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(found)))

    assert references == found["$defs"].keys()


def _properties(part: Any, where: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every list of properties of an object that is described, with its place."""
    if isinstance(part, list):
        for number, item in enumerate(part):
            yield from _properties(item, (*where, str(number)))
    if isinstance(part, dict):
        if "properties" in part and "additionalProperties" in part:
            yield where, part["properties"]
        for key, item in part.items():
            yield from _properties(item, (*where, key))


def test_every_kind_of_event_is_there_with_all_its_fields():
    """Made from the classes: in JSON Lines each has every field, in YAML those that a block has."""
    for kind, cls in KINDS.items():
        fields = {field.name for field in attrs.fields(cls)}

        assert schema("event")["$defs"][kind]["properties"].keys() == fields | {"diplostate", "kind", "hash"}
        block = schema("log")["$defs"][kind]["properties"].keys()
        assert block == fields - {"track", "occurred", "version", "position"} | {kind}
    assert tuple(schema("log")["properties"]) == HEAD


def test_every_word_is_there_with_what_it_means():
    """Made from the enumerations."""
    for cls, meanings in WORDS.items():
        assert tuple(meanings) == tuple(member.value for member in cls)
    answers = schema("event")["$defs"]["answer"]
    assert answers["enum"] == ["acknowledged", "accepted", "countered", "declined"]
    assert len(answers["enumDescriptions"]) == len(answers["enum"])


def test_help_is_there_for_what_there_is_and_for_nothing_else():
    """Nothing that is no field any more, and no field that has none."""
    classes = [*KINDS.values(), Source, Party]
    names = {field.name for cls in classes for field in attrs.fields(cls)} | {*HEAD, "kind", "hash", "grade"}
    special = {name for name in FIELDS if "." in name}

    assert FIELDS.keys() - special == names
    assert all(attrs.fields_dict(KINDS[kind])[field] for kind, field in (name.split(".") for name in special))
    assert field_help("to", "responded") != field_help("to", "proposed")
    assert class_help(Proposed) == "'by' proposes talks or a text to one or more parties."


def test_what_has_no_schema_is_refused():
    """With what there is."""
    with pytest.raises(Invalid, match="'logs' has no schema: ask for log or event; did you mean 'log'"):
        schema("logs")


# What is admitted.


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_seeds_are_admitted(path):
    """As texts, and as an editor reads them."""
    data = log_of(path.read_text("utf-8"))

    LOG.validate(data)
    LOG.validate(as_an_editor_reads(data))


def test_the_coded_negotiations_are_admitted():
    """In YAML as they are, and as lines."""
    paths = sorted(Path(str(require("shared")), "cases").glob("*.yaml"))
    assert paths
    for path in paths:
        data = log_of(path.read_text("utf-8"))
        LOG.validate(data)
        LOG.validate(as_an_editor_reads(data))
        for event in read_log(path).events:
            EVENT.validate(line_of(event))


@given(wire.events() | strategies.events())
def test_every_event_is_admitted_as_a_line(event):
    """Of any kind, with any field."""
    EVENT.validate(line_of(event))


def test_what_is_hypothetical_is_admitted():
    """It is well-formed; whether it is welcome is for the ledger to say. Nothing else than true or false is."""
    record = [attrs.evolve(event, hypothetical=True, recorded=NOON) for event in every_kind()]
    data = log_of(write_yaml(record))

    LOG.validate(data)
    LOG.validate(as_an_editor_reads(data))
    for event in record:
        EVENT.validate(line_of(event))
        assert not EVENT.is_valid({**line_of(event), "hypothetical": "yes"})
    data["events"][0]["hypothetical"] = "yes"
    assert not LOG.is_valid(data)


@given(wire.logs())
def test_every_log_is_admitted(record):
    """As it is written in YAML; and as an editor reads it, had it no quotation marks."""
    assume(record)
    data = log_of(write_yaml(record))

    LOG.validate(data)
    assert not [error for error in LOG.iter_errors(as_an_editor_reads(data)) if not _is_lost_in_an_editor(error)]


def _is_lost_in_an_editor(error: Any) -> bool:
    """A text such as -1 or 1e999 for a party: without quotation marks an editor takes it for a number that is none."""
    return any(isinstance(part.instance, (int, float)) for part in (error, *(error.context or ())))


@pytest.mark.parametrize(
    "text",
    [
        "diplostate: 1\ntrack: a\ndescribed: 2025",
        "diplostate: 1\ntrack: a\ntitle: 1984\ndescribed: 2025-07\nevents: []",
        "diplostate: '1'\ntrack: 7\nevents:\n- {noted: 2025, text: true}",
        "diplostate: 1\ntrack: a\nevents:\n- {held: 2025, round: 3, sources: [{attribution: media, outlet: 7, grade: B2}]}",
        "diplostate: 1\ntrack: a\nevents:\n- {noted: 2025, by: NO, text: 1.5, sources: [{attribution: media, outlet: 0x1F}]}",
    ],
)
def test_an_editor_may_take_texts_for_numbers(text):
    """The product reads every scalar as a text; what an editor makes of it is admitted all the same."""
    data = yaml.load(text.replace("NO", "'NO'"), Loader=yaml.SafeLoader)

    assert read_log(("a.yaml", text.encode()))
    LOG.validate(data)
    LOG.validate(log_of(text))


# What is not.

GOOD: dict[str, Any] = {
    "diplostate": 1, "kind": "proposed", "id": "e1", "track": "a-track", "version": 1, "position": 1, "occurred": "2025-07-19",
    "recorded": "2025-07-21T10:00:00Z", "by": "UKR", "to": ["RUS"], "round": 3, "agenda": ["prisoners"], "tier": "1.5",
    "sources": [{"attribution": "official", "outlet": "Office", "speaks_for": "UKR", "reliability": "B", "credibility": 2}],
}  # fmt: skip
ANSWER = {**{name: GOOD[name] for name in ("diplostate", "track", "occurred", "sources")}, "kind": "responded", "by": "RUS"}
NOTE = {"diplostate": 1, "kind": "noted", "track": "a-track", "occurred": "2025", "text": "A remark"}


def test_the_good_ones_are_good():
    """Or what follows would prove nothing."""
    for data in (GOOD, {**ANSWER, "answer": "accepted"}, NOTE):
        EVENT.validate(data)
        assert is_read(data)


@pytest.mark.parametrize(
    "change",
    [
        {"diplostate": 2}, {"diplostate": None}, {"kind": "propose"}, {"kind": 1}, {"track": "a track"}, {"track": ""},
        {"track": "x" * 129}, {"id": "e 1"}, {"id": 7}, {"version": 0}, {"version": "1"}, {"position": 1.5},
        {"occurred": "21.07.2025"}, {"occurred": "2025-13"}, {"occurred": "2025-04-31"}, {"occurred": ".."},
        {"occurred": "2025-07-21\n"}, {"occurred": 2025}, {"recorded": "2025-07-21"}, {"recorded": "2025-07-21T10:00:00"},
        {"by": "Ukraine"}, {"by": None}, {"to": []}, {"to": "RUS"}, {"to": ["rus"]}, {"round": 0}, {"round": "3"},
        {"round": LARGEST_ROUND + 1}, {"agenda": [""]}, {"agenda": ["x" * (LONGEST_TEXT + 1)]},
        {"agenda": ["x"] * (LONGEST_LIST + 1)},
        {"tier": "3"}, {"tier": 2}, {"venue": "  "}, {"venue": None}, {"venu": "Here"}, {"sources": []}, {"sources": [{}]},
        {"sources": [{"attribution": "oficial", "outlet": "Office"}]}, {"sources": [{"attribution": "official"}]},
        {"sources": [{**GOOD["sources"][0], "grade": "B2"}]}, {"sources": [{**GOOD["sources"][0], "credibility": 7}]},
        {"sources": [{**GOOD["sources"][0], "reliability": "G"}]}, {"sources": [{**GOOD["sources"][0], "url": "example.org"}]},
        {"sources": [{**GOOD["sources"][0], "published": "2025/.."}]}, {"window": ".."}, {"respond_by": "soon"},
    ],
    ids=lambda change: json.dumps(change)[:60],
)  # fmt: skip
def test_what_cannot_be_read_is_not_admitted(change):
    """Neither by the product nor by the schema."""
    data = GOOD | change

    assert not EVENT.is_valid(data)
    assert not is_read(data)


@pytest.mark.parametrize("name", ["diplostate", "kind", "track", "occurred", "by", "to", "sources"])
def test_what_is_needed_is_asked_for(name):
    """A proposal without it is none."""
    assert not EVENT.is_valid({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    "data",
    [
        ANSWER,
        {**ANSWER, "answer": "maybe"},
        {**ANSWER, "answer": "accepted", "to": ["UKR"]},
        {key: value for key, value in NOTE.items() if key != "text"},
        {**NOTE, "confirms": "e1"},
        {**NOTE, "denies": "e1", "sources": []},
        {**NOTE, "links": [{"prepares": "a", "follows": "b"}]},
        {**NOTE, "links": [{}]},
        {**NOTE, "links": [{"precedes": "a"}]},
        {**NOTE, "kind": "described", "title": "T"},
        {**NOTE, "kind": "described", "text": None},
        {"diplostate": 1, "kind": "retracted", "track": "a", "occurred": "2025"},
        {
            **{key: GOOD[key] for key in ("diplostate", "track", "occurred", "sources")},
            "kind": "held",
            "outcomes": {"it": "done"},
        },
        {
            **{key: GOOD[key] for key in ("diplostate", "track", "occurred", "sources")},
            "kind": "scheduled",
            "heads": {"rus": "N"},
        },
    ],
    ids=lambda data: f"{data['kind']}: {', '.join(data)}"[:70],
)
def test_each_kind_has_its_own_demands(data):
    """What fits one kind does not fit another."""
    assert not EVENT.is_valid(data)
    assert not is_read(data)


HEADED = "diplostate: 1\ntrack: a\n"


@pytest.mark.parametrize(
    "text",
    [
        "track: a\ndescribed: 2025",
        "diplostate: 1\ndescribed: 2025",
        "diplostate: 2\ntrack: a\ndescribed: 2025",
        HEADED,
        HEADED + "title: T",
        HEADED + "events: []",
        HEADED + "titel: T\ndescribed: 2025",
        HEADED + "events: {noted: 2025, text: T}",
        HEADED + "events:\n- {text: T}",
        HEADED + "events:\n- {note: 2025, text: T}",
        HEADED + "events:\n- noted",
        HEADED + "events:\n- {noted: 2025, text: T, track: a}",
        HEADED + "events:\n- {noted: 2025, text: T, occurred: 2025}",
        HEADED + "events:\n- {noted: 2025, held: 2025, text: T}",
        HEADED + "events:\n- {noted: July, text: T}",
        HEADED + "events:\n- {held: 2025, round: third, sources: [{attribution: media, outlet: O}]}",
        HEADED + "events:\n- {held: 2025, round: 0, sources: [{attribution: media, outlet: O}]}",
        HEADED + "events:\n- {held: 2025}",
        HEADED + "described: 2025\nparties: [{name: N}]",
        HEADED + "described: 2025\nparties: [{code: AAA, role: guest}]",
        HEADED + "described: 2025\nlinks: [{prepares: a b}]",
    ],
)
def test_a_log_that_cannot_be_read_is_not_admitted(text):
    """Neither by the product nor by the schema."""
    with pytest.raises(Invalid):
        read_log(("a.yaml", text.encode()))

    assert not LOG.is_valid(log_of(text))
    assert not LOG.is_valid(as_an_editor_reads(log_of(text)))


# Schema and reader against each other.

JUNK = st.sampled_from(
    [None, True, 0, 1, 7, -1, 1.5, 10**16, "", " ", "x", "UKR", "1", "2025", "2025-02-30", "2025-07-21T10:00Z", "..", "../..",
     "2025/..", "2026/2025", "accepted", "agreement", "raised", "a b", "https://a.b", [], [""], ["UKR"], [1], {}, {"a": "b"},
     {"prepares": "b"}, [{"prepares": "b"}], [{"code": "UKR"}], {"UKR": "agreed"}, "Türkiye", "e1"]
)  # fmt: skip


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """An event with one value exchanged, added or taken away, most often to its harm."""
    data = line_of(draw(wire.events()))
    data.pop("hash")
    part: Any = data
    while isinstance(part, (dict, list)) and part:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        key = draw(st.sampled_from(keys))
        if isinstance(part[key], (dict, list)) and draw(st.integers(0, 3)):
            part = part[key]
            continue
        what = draw(st.sampled_from(["exchange", "exchange", "take", "add"]))
        if what == "take":
            del part[key]
        elif what == "add" and isinstance(part, dict):
            part[draw(st.sampled_from(sorted({field for cls in KINDS.values() for field in attrs.fields_dict(cls)})))] = draw(
                JUNK
            )
        else:
            part[key] = draw(JUNK)
        break
    return data


BEYOND = re.compile(
    r"does not exist in the calendar|ends before it begins|has a time of day|addressed to nobody but|cannot answer its own"
    r"|before the meeting began|merged into itself|linked to itself|declared twice|confirms and denies the same"
    r"|lies after the day on which it was recorded|has no end: say when it was recorded|names no earlier event"
    r"|is not declared in 'parties'"
)
"""What no schema can say: it would have to compare values, or to know the calendar."""


@given(broken())
def test_schema_and_reader_agree(data):
    """Whatever the reader accepts, the schema admits; what the schema admits, the reader refuses only for reasons beyond it."""
    refused = refusals(data)

    if EVENT.is_valid(data):
        assert all(BEYOND.search(message) for message in refused), refused
    else:
        assert refused, [error.message for error in EVENT.iter_errors(data)]


@given(st.data())
def test_a_mutated_log_is_judged_as_its_lines_are(data):
    """The log of one event is admitted exactly where its line is, but for what only one of them can say."""
    event = data.draw(wire.events())
    line = line_of(event)
    log = log_of(write_yaml([event]))

    assert EVENT.is_valid(line) == LOG.is_valid(log)
    field = data.draw(
        st.sampled_from(sorted(set(to_dict(event)) - {"kind", "track", "occurred", "id", "recorded"}) or ["note"])
    )
    blocks = log.get("events") or [log]
    del line["hash"]
    for target in (line, blocks[0]):
        target.pop(field, None)
    refused = not is_read(line)

    assert (not EVENT.is_valid(line)) == refused
    if blocks[0] is not log:
        assert (not LOG.is_valid(log)) == refused


DATE, ENDED = (re.compile(schema("event")["$defs"][name]["pattern"]) for name in ("date", "ended_date"))
_calendar = st.from_regex(r"[0-9X]{4}(-[0-9X]{2}(-[0-9X]{2})?)?[?~%]?", fullmatch=True)
_mixed = st.text("0123456789-X/.?~%TZ:+\n", max_size=24)
_intervals = st.builds("{}/{}".format, _calendar | st.sampled_from(["", ".."]), _calendar | st.sampled_from(["", ".."]))
_times = st.from_regex(
    r"20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9](:[0-6][0-9])?(Z|[+-][0-2][0-9](:[0-9]{2})?)?", fullmatch=True
)


@given(strategies.dates().map(str) | _calendar | _intervals | _times | _mixed)
def test_the_pattern_of_dates_is_as_exact_as_a_pattern_can_be(text):
    """It matches every date, and nothing else but days that are not in the calendar and intervals that end too early."""
    date, problem = _parsed(text)

    if date is None:
        assert not DATE.search(text) or re.search("calendar|ends before it begins|time of day or an offset", problem), problem
    else:
        assert bool(DATE.search(text)) == (text != "..")
        assert bool(ENDED.search(text)) == (date.latest is not None)


def _parsed(text: str) -> tuple[Edtf | None, str]:
    """The date, or what is wrong with it."""
    try:
        return Edtf.parse(text), ""
    except InvalidDate as error:
        return None, str(error)


@given(
    _times
    | st.from_regex(
        r"20[0-9]{2}-0[1-9]-[0-2][0-9]T[0-2][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,7})?)?(Z|[+-][0-2][0-9]:[0-9]{2})?",
        fullmatch=True,
    )
)
def test_the_pattern_of_instants_too(text):
    """Of ``recorded``, which needs an offset."""
    data = {**NOTE, "recorded": text}
    found = [message for message in refusals(data) if "lies after" not in message]

    if EVENT.is_valid(data):
        assert all("calendar" in message for message in found)
    else:
        assert found


def test_patterns_are_safe_to_share():
    """They use nothing that Python and ECMAScript read differently."""
    for name in SCHEMAS:
        for pattern in re.findall(r'"pattern": (".*?(?<!\\)")', json.dumps(schema(name))):
            assert not re.search(r"\\[dwbAZ]|\(\?[^:!]|\\p", json.loads(pattern).replace("\\S", "")), pattern
