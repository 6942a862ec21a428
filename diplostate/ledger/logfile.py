"""Log files: a record as a file, in YAML for people or in JSON Lines for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath

import attrs

from diplostate.errors import Fault, InvalidLog
from diplostate.ledger.log_text import MOST_FAULTS, Located, Source, name_of
from diplostate.talks.events import Event

SUFFIXES = (".yaml", ".yml", ".jsonl")
"""What the names of log files end with."""


@attrs.frozen
class Log:
    """What a log file holds: events with id and recorded, in the order of the file, and what is most likely a slip."""

    events: tuple[Event, ...]
    warnings: tuple[Fault, ...] = ()

    @property
    def tracks(self) -> tuple[str, ...]:
        """The tracks of its events, in the order in which they begin."""
        return tuple(dict.fromkeys(event.track for event in self.events))

    @property
    def count(self) -> int:
        """How many events it holds."""
        return len(self.events)


def read_log(source: Source, *, hypothetical: bool = False) -> Log:
    """Read a log from a path, or from a name and bytes; ``hypothetical`` takes events that are marked so, else a fault.

    Raises `InvalidLog` with all faults, each with file, line and column, and `LedgerError` where the file cannot be had.
    """
    events: list[Event] = []
    faults: list[Fault] = []
    for found in scan(source, hypothetical=hypothetical):
        events.append(found) if isinstance(found, Event) else faults.append(found)
    if any(fault.severity == "error" for fault in faults):
        raise InvalidLog(faults)
    return Log(tuple(events), tuple(faults))


def scan(source: Source, *, hypothetical: bool = False) -> Iterator[Event | Fault]:
    """The events of a log as they are read, and all that is wrong with it; nothing is raised for a fault.

    JSON Lines of any length are read without keeping them. Scan such a log twice to import all of it or nothing: whether
    there are faults is known at its end.
    """
    return (found if isinstance(found, Fault) else found.event for found in locate(source, hypothetical=hypothetical))


def locate(source: Source, *, hypothetical: bool = False) -> Iterator[Located | Fault]:
    """The same, each event with its place."""
    left = MOST_FAULTS
    for found in _scan(source, hypothetical):
        if isinstance(found, Fault):
            left -= 1
            if left < 0:
                yield Fault(f"and more: the first {MOST_FAULTS} faults are shown", file=name_of(source))
                return
        yield found


def _scan(source: Source, hypothetical: bool) -> Iterator[Located | Fault]:
    # Each form is imported when it is met: most readers of a ledger meet none.
    suffix = PurePath(name_of(source)).suffix.lower()
    if suffix == ".jsonl":
        from diplostate.ledger.jsonl_log import read_jsonl

        return read_jsonl(source, hypothetical=hypothetical)
    if suffix in SUFFIXES:
        from diplostate.ledger.yaml_log import read_yaml

        return read_yaml(source, hypothetical=hypothetical)
    return iter([Fault(f"is no log: its name ends with none of {', '.join(SUFFIXES)}", file=name_of(source))])


def write_yaml(events: Iterable[Event]) -> str:
    """The events of one track as a YAML log; raises `Invalid` where there are none, or of several tracks.

    What the place in a ledger gives an event, its version and position, is left out: the order of the events tells the one,
    and a YAML log has no other.
    """
    from diplostate.ledger.yaml_writer import write_yaml as write

    return write(events)


def write_jsonl(events: Iterable[Event]) -> Iterator[str]:
    """The events as lines of JSON, each with its line end and its hash."""
    from diplostate.ledger.jsonl_log import write_jsonl as write

    return write(events)
