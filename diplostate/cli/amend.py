"""The commands that correct the record: nothing is changed, a retraction and the right event are appended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import click

from diplostate.cli import session
from diplostate.cli.fields import FIELDS, option_for, option_name, own_fields, packed, source_options, sources_of
from diplostate.cli.record import FORMATS, Writing, append, event_of, writing_options
from diplostate.cli.session import Session, command
from diplostate.ledger.codec import to_dict
from diplostate.ledger.protocol import Ledger
from diplostate.ledger.transfer import correction, retraction
from diplostate.talks.events import Event, Noted
from diplostate.talks.rules import nearest

_PLACE = ("id", "recorded", "version", "position")
"""What a corrected event does not take over."""


def _today() -> str:
    return session.present().date().isoformat()


def _correct(here: Session, event: str, because: str | None, **said: Any) -> None:
    """Record the right event in the place of a wrong one: its retraction, and the event with other fields.

    Fields that are not named stay as they were; an empty one ('') is taken out. A field that can be said several times is said
    whole. Sources, where any is named, take the place of all that were there.
    """
    sources = sources_of(said)
    options = Writing.out_of(said)
    given = {name: value for name, value in said.items() if value not in (None, ())}
    meant = {name: text for name in ("occurred", "note", "id") if (text := getattr(options, name)) is not None}
    if not (given or meant or sources):
        raise click.UsageError("say what is to be another way, as in --venue Istanbul")
    change = partial(_changed, said=given, meant=meant, sources=sources)
    with here.ledger() as ledger:
        events = correction(ledger, event, change, occurred=_today(), reason=because)
        _tell_notes(here, ledger, events[0].track, event)
        append(here, ledger, events[0].track, events, options)


def _changed(wrong: Event, said: Mapping[str, Any], meant: Mapping[str, str], sources: list[dict[str, str]]) -> Event:
    known = own_fields(type(wrong))
    for name in said:
        if name not in known:
            has = ", ".join(map(option_name, known)) or "no fields of its own"
            raise click.UsageError(
                f"{option_name(name)} is no field of a {wrong.kind!r} event{nearest(name, known)}: it has {has}"
            )
    kept = {name: value for name, value in to_dict(wrong).items() if name not in _PLACE}
    empty = {name for name, value in {**said, **meant}.items() if value in ("", ("",))}
    data = {**kept, **packed(dict(said)), **meant, **({"sources": sources} if sources else {})}
    return event_of({name: value for name, value in data.items() if name not in empty})


def _tell_notes(here: Session, ledger: Ledger, track: str, event_id: str) -> None:
    """Notes keep speaking of the event that they name, and that is the wrong one."""
    for note in ledger.events(track):
        if isinstance(note, Noted) and event_id in (note.confirms, note.denies):
            here.say(f"Warning: event {note.id} confirms or denies {event_id}: record it anew for the event in its place")


def _retract(here: Session, event: str, reason: str | None, **said: Any) -> None:
    """Record that an event was recorded in error: it counts no longer, and can still be read."""
    options = Writing.out_of(said)
    with here.ledger() as ledger:
        wrong = retraction(ledger, event, occurred=options.occurred or _today(), reason=reason)
        append(here, ledger, wrong.track, [wrong], options)


def _with(function: Callable[..., Any], *options: Callable[[Any], Any]) -> Callable[..., Any]:
    for option in reversed(options):
        function = option(function)
    return function


correct = command(
    "correct",
    "Put the right event in the place of a wrong one",
    formats=FORMATS,
    examples="""
diplostate correct 0197f2c4-7c1e-7d3a-9f52-0d8f1a2b3c4d --venue Ankara --because "The venue was misheard." """,
)(
    _with(
        _correct,
        click.argument("event"),
        *(option_for(name) for name in FIELDS),
        writing_options("--occurred", without=("new",)),
        click.option("--because", metavar="TEXT", help="Why the wrong event is taken out"),
        source_options,
    )
)
retract = command(
    "retract",
    "Take out what was recorded in error",
    formats=FORMATS,
    examples="""
diplostate retract 0197f2c4-7c1e-7d3a-9f52-0d8f1a2b3c4d --reason "Another meeting was meant." """,
)(
    _with(
        _retract,
        click.argument("event"),
        click.option("--reason", metavar="TEXT", help="Why it is taken out"),
        writing_options("--occurred", "--on", without=("new", "note", "id")),
    )
)

COMMANDS = {"correct": correct, "retract": retract}
