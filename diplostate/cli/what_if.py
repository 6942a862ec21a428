"""The command that tries things on: ``whatif``, the status that a track would have, had some more happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from diplostate.cli import session
from diplostate.cli.options import question_of, question_options
from diplostate.cli.session import Session, command
from diplostate.errors import Invalid
from diplostate.talks.dates import Edtf, as_edtf, day_of
from diplostate.talks.events import Concluded, Event, Held, Proposed, Responded, Scheduled, Stalled
from diplostate.talks.rules import nearest
from diplostate.talks.sources import Attribution, Source
from diplostate.talks.words import Answer, Outcome, StallReason


class InOrder(click.Command):
    """A command that remembers the order in which its options were said: click tells it of no two different ones."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it, with the arguments kept."""
        ctx.meta[_SAID] = tuple(args)
        return super().parse_args(ctx, args)


_SAID = "diplostate.whatif"


def _source(by: str | None) -> list[Source]:
    return [Source(attribution=Attribution.OFFICIAL, outlet="what if", speaks_for=by)]


def _respond(text: str) -> tuple[type[Event], dict[str, Any]]:
    by, answer, to = _parts(text, "--respond", "BY:ANSWER, as in RUS:declined, or BY:ANSWER:TO", 2, 3)
    return Responded, {"by": by, "answer": _word(answer, Answer, "--respond"), "to": to}


def _propose(text: str) -> tuple[type[Event], dict[str, Any]]:
    by, to = _parts(text, "--propose", "BY:TO, as in UKR:RUS, or BY:TO,TO", 2, 2)
    return Proposed, {"by": by, "to": str(to).split(",")}


def _schedule(text: str) -> tuple[type[Event], dict[str, Any]]:
    return Scheduled, {"on": _date(text, "--schedule")}


def _hold(text: str) -> tuple[type[Event], dict[str, Any]]:
    if not text.isdecimal():
        raise click.UsageError(f"--hold {text!r}: write the number of the round, as in 3")
    return Held, {"round": int(text)}


def _stall(text: str) -> tuple[type[Event], dict[str, Any]]:
    reason, by = _parts(text, "--stall", "REASON, as in postponed, or REASON:BY", 1, 2)
    return Stalled, {"reason": _word(reason, StallReason, "--stall"), "by": by}


def _conclude(text: str) -> tuple[type[Event], dict[str, Any]]:
    return Concluded, {"outcome": _word(text, Outcome, "--conclude")}


MOVES: Mapping[str, Callable[[str], tuple[type[Event], dict[str, Any]]]] = {
    "--propose": _propose,
    "--respond": _respond,
    "--schedule": _schedule,
    "--hold": _hold,
    "--stall": _stall,
    "--conclude": _conclude,
}
"""What each option says that would happen."""


def _parts(text: str, option: str, how: str, least: int, most: int) -> list[str | None]:
    found = [part.strip() for part in text.split(":")]
    if not least <= len(found) <= most or not all(found):
        raise click.UsageError(f"{option} {text!r}: write {how}")
    return [*found, *[None] * (most - len(found))]


def _word(text: str | None, words: Iterable[str], option: str) -> str:
    known = [str(word) for word in words]
    if text not in known:
        raise click.UsageError(f"{option}: {text!r} is none of {', '.join(known)}{nearest(str(text), known)}")
    return str(text)


def _date(text: str, option: str) -> Edtf:
    try:
        return as_edtf(text)
    except Invalid as error:
        raise click.UsageError(f"{option}: {error}") from None


def moves(args: Sequence[str], track: str, day: Edtf) -> list[Event]:
    """The events that the options say, in their order; ``--on`` is the day of the move before it, and of those behind it.

    The first ``--on`` is the day of all moves before it; ``day`` is that of moves of which none tells.
    """
    found: list[tuple[type[Event], dict[str, Any], Edtf | None]] = []
    on: Edtf | None = None
    for option, value in _said(args):
        if option != "--on":
            found.append((*MOVES[option](value), on))
            continue
        on, before = _date(value, option), on
        undated = len(found) if before is None else 1
        found[-undated:] = [(kind, fields, on) for kind, fields, _ in found[-undated:]]
    return [kind(track=track, occurred=on or day, sources=_source(fields.get("by")), **fields) for kind, fields, on in found]


def _said(args: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The options that matter, each with its value, in the order in which they were said."""
    rest = iter(args)
    for word in rest:
        option, is_joined, value = word.partition("=")
        if option == "--":
            return
        if option == "--on" or option in MOVES:
            yield option, value if is_joined else next(rest, "")


@command(
    "whatif",
    "The status that a track would have",
    formats=("plain", "json", "md"),
    cls=InOrder,
    examples="""
diplostate whatif ukr-rus-turkiye --respond RUS:declined --on 2025-07-25 --ledger seeds
diplostate whatif ukr-rus-turkiye --respond RUS:accepted --on 2025-07-22 --schedule 2025-07-23 --hold 3 --on 2025-07-23
diplostate whatif ukr-rus-turkiye --stall withdrawn:UKR --as-of 2025-07-21 --ledger seeds --format json""",
)
@click.argument("track")
@click.option("--propose", multiple=True, metavar="BY:TO", help="If BY proposed to TO (TO,TO: to several)")
@click.option("--respond", multiple=True, metavar="BY:ANSWER", help="If BY answered so (BY:ANSWER:TO: to the proposal of TO)")
@click.option("--schedule", multiple=True, metavar="DATE", help="If a meeting were set for DATE")
@click.option("--hold", multiple=True, metavar="ROUND", help="If the round of this number were held")
@click.option("--stall", multiple=True, metavar="REASON", help="If talks stalled (REASON:BY: by whom)")
@click.option("--conclude", multiple=True, metavar="OUTCOME", help="If the track were concluded")
@click.option("--on", multiple=True, metavar="DATE", help="The day of what is said before it, and of what follows")
@click.option("--force", is_flag=True, help="Keep an answer to which there would be no proposal, as an anomaly")
@question_options
def whatif(here: Session, track: str, force: bool, **said: Any) -> None:
    """Tell the status that a track would have, had some more happened, and what would be otherwise; nothing is recorded.

    What would happen is said in its order, by official sources of those who act. Without --on it happens on the day of
    --as-of, else today; the first --on is the day of all that is said before it.
    """
    from diplostate.reports.what_if import view, what_if

    asked = {name: said[name] for name in ("as_of", "known_at", "evidence")}
    question = question_of(**asked, present=session.present())
    events = moves(click.get_current_context().meta[_SAID], track, as_edtf(day_of(question.now)))
    if not events:
        raise click.UsageError(f"say what would happen: {', '.join(MOVES)}")
    with here.ledger() as ledger:
        found = what_if(ledger, track, events, question, strict=not force)
    here.show(view(found))


COMMANDS = {"whatif": whatif}
