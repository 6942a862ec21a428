"""The commands that keep the record: one for each kind of event."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, TypeVar

import attrs
import click

from diplostate.cli import journal, session
from diplostate.cli.fields import EDTF, fault_words, option_for, own_fields, packed, source_options, sources_of
from diplostate.cli.session import Session, command
from diplostate.errors import Fault, InvalidEvent
from diplostate.ledger.appending import track_not_found
from diplostate.ledger.codec import from_dict
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.protocol import Ledger
from diplostate.reports.question import Question
from diplostate.reports.recorded import Standings, recorded, view
from diplostate.talks.events import Concluded, Described, Event, Held, Noted, Proposed, Responded, Scheduled, Stalled
from diplostate.talks.rules import errors, faults

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("plain", "json", "md")
"""The formats in which it is told what was recorded."""


@attrs.frozen
class Kind:
    """A command that records events of one kind."""

    event: type[Event]
    short: str
    help: str
    examples: str
    needed: tuple[str, ...] = ()


KINDS = {
    "propose": Kind(
        Proposed,
        "A party proposes talks, or a text, to others",
        "Record that a party proposes talks, or a text, to others.",
        """
diplostate propose ukr-rus-turkiye --by UKR --to RUS --round 3 --venue Türkiye --window 2025-07-21/2025-07-27 \\
    --official "Office of the President of Ukraine" --speaks-for UKR""",
        needed=("by", "to"),
    ),
    "respond": Kind(
        Responded,
        "A party answers a proposal",
        "Record that a party answers a proposal. It is official only where its source speaks for that party.",
        """
diplostate respond ukr-rus-turkiye --by RUS --answer accepted --official "Kremlin press service" --speaks-for RUS
diplostate respond ukr-rus-turkiye --by RUS --answer acknowledged --anonymous "RIA Novosti"
""",
        needed=("by", "answer"),
    ),
    "schedule": Kind(
        Scheduled,
        "A meeting is set, or set anew",
        "Record that a meeting is set, or set anew.",
        """
diplostate schedule ukr-rus-turkiye --on 2025-07-23 --venue Istanbul --host TUR \\
    --official "Ministry of Foreign Affairs of Türkiye" --speaks-for TUR""",
    ),
    "hold": Kind(
        Held,
        "A meeting took place",
        "Record that a meeting took place.",
        """
diplostate hold ukr-rus-turkiye --occurred 2025-07-23 --round 3 --venue Istanbul \\
    --item "return of prisoners of war=agreed" --official TASS --speaker "Vladimir Medinsky" --speaks-for RUS""",
    ),
    "stall": Kind(
        Stalled,
        "Talks do not move, or a proposal is withdrawn",
        "Record that talks do not move, or that a party withdraws its proposal.",
        """
diplostate stall ukr-rus-turkiye --reason postponed --by RUS --official "Kremlin press service" --speaks-for RUS""",
    ),
    "conclude": Kind(
        Concluded,
        "The track is over",
        "Record that the track is over.",
        """
diplostate conclude ukr-rus-turkiye --outcome merged --into ukr-rus-leaders --media Reuters""",
    ),
    "note": Kind(
        Noted,
        "Context; or an event is confirmed or denied",
        "Record context that moves nothing, or that an event was confirmed or denied.",
        """
diplostate note ukr-rus-turkiye "Ambassadors are asked to win support for the format." --by UKR
diplostate note usa-irn-2025 --by IRN --denies trump-next-week --official "Ministry of Foreign Affairs of Iran\"""",
    ),
    "describe": Kind(
        Described,
        "What a track is: title, parties, linked tracks",
        "Record what a track is: its title, its parties, the tracks that it is linked to.",
        """
diplostate describe ukr-rus-turkiye --title "Ukraine–Russia direct talks in Türkiye" \\
    --party "UKR; name=Ukraine" --party "RUS; name=Russia" --party "TUR; name=Türkiye; role=host" \\
    --link prepares=ukr-rus-leaders""",
    ),
}
"""The commands that record, by name."""


@attrs.frozen(kw_only=True)
class Writing:
    """What all commands that write take beside the fields of an event."""

    occurred: str | None = None
    note: str | None = None
    id: str | None = None
    force: bool = False
    new: bool = False
    expected_version: int | None = None

    @classmethod
    def out_of(cls, said: dict[str, Any]) -> Writing:
        """Take these options out of what was said."""
        return cls(**{field.name: said.pop(field.name) for field in attrs.fields(cls) if field.name in said})

    def fields(self) -> dict[str, str]:
        """What they say of the event, in the wire form; it occurred today unless they say when."""
        occurred = self.occurred or session.present().date().isoformat()
        return {"occurred": occurred, **{name: text for name in ("id", "note") if (text := getattr(self, name))}}


def writing_options(*occurred: str, without: Collection[str] = ()) -> Callable[[F], F]:
    """The options of `Writing`; ``occurred`` holds the options that say when it occurred."""
    options = {
        "occurred": click.option(
            *occurred, "occurred", type=EDTF, metavar="DATE", help="When it occurred (EDTF; default: today)"
        ),
        "note": click.option("--note", metavar="TEXT", help="Anything worth knowing"),
        "id": click.option("--id", metavar="ID", help="A name for the event (default: one is made)"),
        "force": click.option("--force", is_flag=True, help="Keep an answer to which there is no proposal, as an anomaly"),
        "new": click.option("--new", is_flag=True, help="Begin a new track, though another one has nearly that name"),
        "version": click.option(
            "--expected-version", type=click.IntRange(0), metavar="N", help="Refuse if the track has moved on from version N"
        ),
    }

    def decorate(command: F) -> F:
        for name in reversed(options):
            command = command if name in without else options[name](command)
        return command

    return decorate


def write(here: Session, track: str, events: Sequence[Event], options: Writing) -> None:
    """Append events to a track, and show what that did."""
    if here.is_missing():
        # What is refused here must not leave an empty ledger behind.
        MemoryLedger().append(events, strict=not options.force)
    with here.ledger(create=True) as ledger:
        _refuse_slip(ledger, track, options)
        append(here, ledger, track, events, options)


def append(here: Session, ledger: Ledger, track: str, events: Sequence[Event], options: Writing) -> None:
    """Append events to a track of an open ledger, and show what that did."""
    before = Standings.of(ledger, track)
    _warn(here, events, before)
    expected = {} if options.expected_version is None else {track: options.expected_version}
    stored = ledger.append(events, expected_version=expected, strict=not options.force)
    journal.info("appended", track=track, events=len(stored), head=ledger.head)
    here.show(view(recorded(ledger, stored, before, Question.of(now=session.present()))))


def _refuse_slip(ledger: Ledger, track: str, options: Writing) -> None:
    """A new track that is named nearly like another one is most likely a slip."""
    if options.new or ledger.version(track):
        return
    slip = track_not_found(track, ledger.tracks())
    if slip.nearest:
        slip.args = (f"{slip} To begin a track of that name, say --new.",)
        raise slip


def _warn(here: Session, events: Sequence[Event], before: Standings) -> None:
    """Tell what is legal, but most likely a slip."""
    declared = [party.code for party in before.official.description.parties] or None
    for event in events:
        for fault in faults(event, recorded=session.present(), declared=declared):
            if fault.severity != "error":
                here.say(f"Warning: {fault_words(fault)}")


def event_of(data: dict[str, Any]) -> Event:
    """An event from the wire form, judged by itself; its faults are told by the options that said them."""
    try:
        event = from_dict(data)
        if found := errors(faults(event, recorded=session.present())):
            raise InvalidEvent(found)
    except InvalidEvent as error:
        raise InvalidEvent([Fault(fault_words(fault)) for fault in error.faults]) from None
    return event


def _command(name: str, kind: Kind) -> click.Command:
    def run(here: Session, track: str, **said: Any) -> None:
        sources = sources_of(said)
        options = Writing.out_of(said)
        data = {"kind": kind.event.kind, "track": track, **options.fields(), **packed(said)}
        write(here, track, [event_of({**data, "sources": sources} if sources else data)], options)

    run.__doc__ = kind.help
    function: Callable[..., Any] = run
    for option in reversed(list(_options(kind))):
        function = option(function)
    return command(name, kind.short, formats=FORMATS, examples=kind.examples)(function)


def _options(kind: Kind) -> Iterator[Callable[..., Any]]:
    yield click.argument("track")
    if kind.event is Noted:
        yield click.argument("text", required=False)
    for field in own_fields(kind.event):
        if (kind.event, field) == (Responded, "to"):
            yield option_for(field, single=True, help="Whose proposal it answers, by code (default: the open one)")
        elif (kind.event, field) != (Noted, "text"):
            yield option_for(field, required=field in kind.needed)
    yield writing_options("--occurred", *([] if kind.event is Scheduled else ["--on"]))
    yield source_options


COMMANDS = {name: _command(name, kind) for name, kind in KINDS.items()}
