"""Reading a YAML log, the form for people: one track, its head and its events, every fault with line and column."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, datetime

import attrs

from diplostate.errors import Fault, InvalidEvent, InvalidLog
from diplostate.ledger.codec import from_dict
from diplostate.ledger.log_judge import FORMAT, Judge, faults_of_format
from diplostate.ledger.log_text import MOST_FAULTS, Located, Source, name_of, opened, refuse_utf16, short, text_of
from diplostate.ledger.strict import UnknownField
from diplostate.ledger.yaml_nodes import Node, parse
from diplostate.talks.events import KINDS, Described, Event
from diplostate.talks.rules import nearest

DESCRIBING = ("hypothetical", "title", "described", "id", "recorded", "parties", "links", "sources", "note")
"""The fields of the head that are told as a `Described` event, in the order in which they are written."""
HEAD = ("diplostate", "track", *DESCRIBING, "events")

MOST_BYTES = 64 * 2**20
"""How large a file may be."""

_NOT_HERE = {
    "kind": "in YAML the kind is the name of the field that holds the date, as in 'proposed: 2025-07-19'",
    "occurred": "in YAML the date stands behind the kind, as in 'proposed: 2025-07-19'",
    "track": "the track is named once, in the head",
    "version": "a version is the place in the track: in YAML the order of the events says it",
    "position": "a position is the place in a ledger, which a YAML log does not tell",
    "hash": "a hash is for the lines of JSON",
}
"""Fields of the wire form that a block does not have."""


@attrs.frozen
class Block:
    """An event as it stands in the file: its data in the wire form, and where each part of them stands."""

    node: Node
    track: Node
    """The track in the head."""
    data: dict[str, object]
    occurred: str = "described"
    """The field that holds the date."""

    def place(self, fault: Fault) -> Fault:
        """The fault with line and column: of the value, of the name that nobody knows, or of the block that lacks it."""
        if fault.path == ("track",):
            return _at(self.track, fault)
        node = self.node
        for depth, step in enumerate(fault.path, start=1):
            name = self.occurred if fault.path == ("occurred",) else step
            if isinstance(fault, UnknownField) and depth == len(fault.path):
                return _at(node.fields[str(name)][0], fault)
            found = node.step(name)
            if found is None:
                break
            node = found
        return _at(node, fault)


def _at(node: Node, fault: Fault | str) -> Fault:
    if isinstance(fault, str):
        fault = Fault(fault)
    return attrs.evolve(fault, line=node.line, column=node.column)


def read_yaml(source: Source, *, hypothetical: bool = False) -> Iterator[Located | Fault]:
    """The events of a YAML log in the order of the file, and everything that is wrong with it, in the order of its lines."""
    name = name_of(source)
    with opened(source) as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        yield Fault(f"is larger than {MOST_BYTES // 2**20} MiB: split it, or write it as JSON Lines", file=name)
        return
    try:
        refuse_utf16(data, name)
        events, faults = _read(text_of(data, name), Judge(hypothetical=hypothetical))
    except InvalidLog as error:
        yield from error.faults
        return
    found = {(fault.line, fault.column, fault.message): fault for fault in faults}
    yield from (attrs.evolve(found[place], file=name) for place in sorted(found))
    yield from events


def _read(text: str, judge: Judge) -> tuple[list[Located], list[Fault]]:
    root, faults = parse(text)
    if root is None:
        empty = Fault(f"holds no log: begin it with 'diplostate: {FORMAT}', then name its track", line=1, column=1)
        return [], faults or [empty]
    faults += _faults_of_head(root)
    if "diplostate" not in root.fields or faults_of_format(root.fields["diplostate"][1].value):
        return [], faults
    events, wrong = _judged(root, judge)
    # Where the reader of the file has found a fault, what the others make of the same place is only its echo.
    known = {(fault.line, fault.column) for fault in faults}
    return events, faults + [fault for fault in wrong if (fault.line, fault.column) not in known]


def _faults_of_head(root: Node) -> Iterator[Fault]:
    if not isinstance(root.value, dict):
        yield _at(root, f"a log is a mapping: begin it with 'diplostate: {FORMAT}', then name its track")
        return
    if "diplostate" not in root.fields:
        yield _at(root, f"does not say the version of its format: begin it with 'diplostate: {FORMAT}'")
    else:
        version = root.fields["diplostate"][1]
        yield from (_at(version, fault) for fault in faults_of_format(version.value))
    if "track" not in root.fields:
        yield _at(root, "does not name its track: add 'track: ID'")
    for name, (key, value) in root.fields.items():
        if name not in HEAD:
            yield _at(key, f"{short(name)} is no field of the head{_hint(name)}")
        elif name == "events" and not isinstance(value.value, list):
            yield _at(value, "expected the list of events, each behind a '-'")


def _hint(name: str) -> str:
    if name in KINDS:
        return ": events stand in the list 'events', each behind a '-'"
    return nearest(name, HEAD) or f": it has {', '.join(HEAD)}"


def _judged(root: Node, judge: Judge) -> tuple[list[Located], list[Fault]]:
    """The events, completed, and their faults, each with its place."""
    faults: list[Fault] = []
    track = root.fields["track"][1] if "track" in root.fields else Node("unnamed", 0, 0)
    nodes = itertools.takewhile(lambda _: len(faults) <= MOST_FAULTS, _events(root))
    told = [_told(_block(node, track, faults), faults) for node in nodes]
    is_broken = "events" in root.fields and not isinstance(root.fields["events"][1].value, list)
    if not told and not is_broken and "described" not in root.fields:
        faults.append(_at(root, "tells nothing: add 'events', or what the track is and on which day that was 'described'"))
    if any(name in root.fields for name in DESCRIBING):
        told.insert(0, _told(_head(root, track, [event for _, event in told if event is not None]), faults))
    return list(_admitted(told, judge, faults)), faults


def _events(root: Node) -> list[Node]:
    _, node = root.fields.get("events", (root, root))
    return node.value if isinstance(node.value, list) else []


def _told(block: Block, faults: list[Fault]) -> tuple[Block, Event | None]:
    """The event that a block tells, or None where it cannot be read."""
    try:
        return block, from_dict(block.data, texts=True) if "kind" in block.data else None
    except InvalidEvent as error:
        faults += map(block.place, error.faults)
        return block, None


def _admitted(told: list[tuple[Block, Event | None]], judge: Judge, faults: list[Fault]) -> Iterator[Located]:
    for block, event in told:
        if event is None:
            judge.mention(block.data)
            continue
        judged, wrong = judge.judge(event, block.node.line)
        faults += map(block.place, wrong)
        yield Located(judged, block.node.line, block.node.column)


def _block(node: Node, track: Node, faults: list[Fault]) -> Block:
    """An event of the list, in the wire form but for what is wrong with the names of its fields."""
    kinds = [name for name in node.fields if name in KINDS]
    data = {name: value.plain() for name, (_, value) in node.fields.items() if name not in KINDS and name not in _NOT_HERE}
    faults += (_at(node.fields[name][0], _NOT_HERE[name]) for name in node.fields if name in _NOT_HERE)
    data["track"] = track.plain()
    if not kinds:
        faults.append(_without_kind(node))
        return Block(node, track, data)
    kind, *others = kinds
    faults += (
        _at(node.fields[name][0], f"two kinds in one event, {kind!r} and {name!r}: begin a new event with '-'")
        for name in others
    )
    return Block(node, track, {"kind": kind, "occurred": node.fields[kind][1].plain(), **data}, kind)


def _without_kind(node: Node) -> Fault:
    if not isinstance(node.value, dict):
        return _at(node, "expected an event, as in '- proposed: 2025-07-19' with its fields below")
    for name, (key, _) in node.fields.items():
        if hint := nearest(name, KINDS):
            return _at(key, f"{short(name)} is no kind of event{hint}")
    return _at(node, f"does not say its kind: begin with one of {', '.join(KINDS)}, and its date")


def _head(root: Node, track: Node, events: list[Event]) -> Block:
    """The head as a description of the track, the first event in it; what it does not say is taken from the others."""
    said = {name: root.fields[name][1].plain() for name in DESCRIBING if name in root.fields}
    days = [day for event in events if (day := event.occurred.earliest or event.occurred.latest) is not None]
    # Without any event that can be read, faults have been found that keep this day from being used.
    data = {"described": min(days, default=date.min).isoformat(), **_recorded(events), **said}
    return Block(root, track, {"kind": Described.kind, "track": track.plain(), "occurred": data.pop("described"), **data})


def _recorded(events: list[Event]) -> dict[str, object]:
    known = [moment for moment in map(_known, events) if moment is not None]
    return {"recorded": min(known).isoformat()} if known else {}


def _known(event: Event) -> datetime | None:
    try:
        return event.known
    except InvalidEvent:
        return None
