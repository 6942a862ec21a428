"""The fields of events as options of the command: one table, and the way from options to the wire form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

import attrs
import click

from diplostate.cli.options import NUMBER, Checked, Word
from diplostate.errors import Fault
from diplostate.reports.words import joined
from diplostate.talks.dates import Edtf
from diplostate.talks.events import Event
from diplostate.talks.rules import nearest
from diplostate.talks.words import Answer, Outcome, StallReason, Tier

F = TypeVar("F", bound=Callable[..., Any])

EDTF = Checked("date", lambda text: text and Edtf.parse(text).text)
"""A date as it is written, checked; nothing at all is left to mean nothing."""


def _word(words: type[StrEnum]) -> Word:
    return Word(word.value for word in words)


def _pair(text: str, option: str, what: str, cut: Callable[[str, str], tuple[str, str, str]]) -> tuple[str, str]:
    key, found, value = cut(text, "=")
    if not (key.strip() and found and value.strip()):
        raise click.UsageError(f"{option} {text!r}: write {what}")
    return key.strip(), value.strip()


def parts(text: str, option: str, first: str, names: Iterable[str]) -> dict[str, str]:
    """``first; name=value; name=value`` as a mapping; a part without ``=`` can only be the first, and a ``\\;`` is no cut."""
    found: dict[str, str] = {}
    for place, part in enumerate(re.split(r"(?<!\\);", text)):
        key, cut, value = (side.strip() for side in part.replace("\\;", ";").partition("="))
        if not cut and place == 0:
            key, value = first, key
        elif not cut and key:
            raise click.UsageError(f"{option}: {key!r} has no name: write {first}; NAME=VALUE; NAME=VALUE")
        elif not key:
            continue
        if key not in names:
            hint = nearest(key, tuple(names)) or f": it has {', '.join(names)}"
            raise click.UsageError(f"{option}: {key!r} is no part of it{hint}")
        if key in found:
            raise click.UsageError(f"{option}: {key!r} is said twice")
        if value:
            found[key] = value
    return found


@attrs.frozen(kw_only=True)
class Option:
    """How a field is said on the command line."""

    help: str
    name: str = ""
    """The option; without one it is called like its field."""
    type: click.ParamType[Any] | None = None
    many: bool = False
    """Whether it is said once for each thing."""
    pack: Callable[[tuple[str, ...]], Any] = list
    """What makes the value of the field of everything that was said."""


def _heads(said: tuple[str, ...]) -> dict[str, str]:
    return dict(_pair(text, "--head", "CODE=NAME", str.partition) for text in said)


def _items(said: tuple[str, ...]) -> dict[str, str]:
    return dict(_pair(text, "--item", "ITEM=OUTCOME, as in 'exchange of prisoners=agreed'", str.rpartition) for text in said)


def _links(said: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        dict([_pair(text, "--link", "RELATION=TRACK, as in prepares=ukr-rus-leaders", str.partition)]) for text in said if text
    ]


def _parties(said: tuple[str, ...]) -> list[dict[str, str]]:
    return [parts(text, "--party", "code", ("code", "name", "role")) for text in said if text]


_many = partial(Option, many=True)

FIELDS: Mapping[str, Option] = {
    "by": Option(help="The party that does it, by its code"),
    "to": _many(help="To whom, by code"),
    "answer": Option(help="What it says", type=_word(Answer)),
    "conditions": _many(help="On what condition", name="condition"),
    "title": Option(help="What people call the track"),
    "parties": _many(help='A party, as "CODE; name=NAME; role=ROLE"; say all of them', name="party", pack=_parties),
    "text": Option(help="What is to be noted"),
    "on": Option(help="When the meeting is to be (EDTF)", type=EDTF),
    "round": Option(help="The number of the round", type=NUMBER),
    "venue": Option(help="Where"),
    "window": Option(help="When, as proposed (EDTF, as in 2025-07-21/2025-07-27)", type=EDTF),
    "host": Option(help="Who hosts: a party by its code, or a name"),
    "level": Option(help="At what level, as in ministers"),
    "heads": _many(help="Who leads a delegation, as CODE=NAME", name="head", pack=_heads),
    "tier": Option(help="Track I, 1.5 or II, as diplomats say", type=_word(Tier)),
    "format": Option(help="In what format, as in trilateral", name="talks-format"),
    "agenda": _many(help="An item of the agenda"),
    "respond_by": Option(help="By when an answer is asked for (EDTF)", type=EDTF),
    "until": Option(help="When the meeting ended (EDTF; .. while it lasts)", type=EDTF),
    "absent": _many(help="Who stayed away, by code"),
    "outcomes": _many(help="How far an item of the agenda came, as ITEM=OUTCOME", name="item", pack=_items),
    "agreement": Option(help="A reference to what was agreed"),
    "reason": Option(help="Why", type=_word(StallReason)),
    "outcome": Option(help="How it ended", type=_word(Outcome)),
    "into": Option(help="The track that it was merged into"),
    "confirms": Option(help="The id of the event that it confirms"),
    "denies": Option(help="The id of the event that it denies"),
    "links": _many(help="Another track, as RELATION=TRACK", name="link", pack=_links),
}
"""Every field of an event that a command can record, in the order of the help."""

_BASE = {field.name for field in attrs.fields(Event)}


def own_fields(kind: type[Event]) -> tuple[str, ...]:
    """The fields that a kind of event has beyond those of all, in the order of the help."""
    names = {field.name for field in attrs.fields(kind)} - _BASE
    return tuple(name for name in FIELDS if name in names)


def option_name(field: str) -> str:
    """The option that says a field."""
    return f"--{(FIELDS[field].name if field in FIELDS else '') or field.replace('_', '-')}"


def option_for(field: str, *, required: bool = False, single: bool = False, help: str | None = None) -> Callable[[F], F]:
    """The option that says a field; ``single`` where the field holds one thing, though elsewhere it holds many."""
    option = FIELDS[field]
    many = option.many and not single
    told = f"{help or option.help}{'; say it again for more' if many else ''}"
    return click.option(option_name(field), field, type=option.type, multiple=many, required=required, help=told)


def packed(said: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given, as fields in the wire form."""
    given = {name: value for name, value in said.items() if value not in (None, ())}
    return {name: FIELDS[name].pack(value) if isinstance(value, tuple) else value for name, value in given.items()}


# Sources.

_SOURCE = ("attribution", "outlet", "speaker", "speaks_for", "url", "published", "grade", "note")
"""The parts of a source, as they are said; a grade is its reliability and its credibility."""
_DETAILS = {
    "speaker": "Who spoke, in that outlet",
    "speaks_for": "The party for which it speaks, by code; an answer is official only so",
    "url": "Where to read it",
    "published": "When it was published (EDTF)",
    "grade": "Its Admiralty grade, as in B2",
}
_OUTLETS = {
    "official": "An authorised representative, on the record: in this outlet",
    "state_media": "A medium that a state owns or steers: this outlet",
    "media": "Any other medium, in its own name: this outlet",
    "anonymous": "A medium that cites unnamed sources: this outlet",
    "inferred": "A coder, a rule or a program: its name",
}


def source_options(command: F) -> F:
    """The options that say who said it: one source by options of its own, any number by ``--source``."""
    options = [click.option(_dashed(name), f"told_{name}", metavar="OUTLET", help=told) for name, told in _OUTLETS.items()]
    options += [click.option(_dashed(name), f"told_{name}", metavar="TEXT", help=told) for name, told in _DETAILS.items()]
    whole = click.option(
        "--source",
        "told_sources",
        multiple=True,
        metavar="TEXT",
        help='A whole source, as "ATTRIBUTION; outlet=OUTLET; speaks_for=CODE"; say it again for more. '
        f"Its parts: {', '.join(_SOURCE)}",
    )
    for option in reversed([*options, whole]):
        command = option(command)
    return command


def _dashed(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def sources_of(said: dict[str, Any]) -> list[dict[str, str]]:
    """The sources that were given, in the wire form; they are taken out of what was said."""
    told = {name.removeprefix("told_"): said.pop(name) for name in list(said) if name.startswith("told_")}
    whole = [parts(text, "--source", "attribution", _SOURCE) for text in told.pop("sources")]
    given = {name: text for name, text in told.items() if text}
    outlets = [name for name in given if name in _OUTLETS]
    if len(outlets) > 1:
        raise click.UsageError(f"{' and '.join(map(_dashed, outlets))}: say one of them, and the other sources with --source")
    if not outlets and given:
        raise click.UsageError(
            f"{_dashed(next(iter(given)))} says more about a source, but none is named: say --official OUTLET"
        )
    if not outlets:
        return whole
    attribution = outlets[0]
    return [{"attribution": attribution, "outlet": given.pop(attribution), **given}, *whole]


def fault_words(fault: Fault) -> str:
    """A fault of an event that was put together from options, told by the option."""
    if fault.path == ("sources",):
        return f"nobody is named who said it: say {joined(map(_dashed, _OUTLETS), 'or')} OUTLET, or a whole --source"
    if fault.path and str(fault.path[0]) in FIELDS:
        return f"{option_name(str(fault.path[0]))}: {fault.message}"
    return str(fault)
