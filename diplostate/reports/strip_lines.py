"""The phases of tracks over time as lines of a terminal, drawn with letters and patterns so that no colour is needed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter

import attrs

from diplostate.reports.axis import ticks
from diplostate.reports.render import NARROWEST, Page, Section, Span, heading, page_lines
from diplostate.reports.strip import Lane, Mark, Plan, Spell, Strip, Strips, until_of
from diplostate.reports.strip_page import quiet_sections
from diplostate.reports.words import GLUE
from diplostate.talks.machine import Phase
from diplostate.talks.status import HEADLINES

LETTERS = dict(zip(Phase, ("", *"PADSHTC"), strict=True))
"""The letter with which each phase begins; T for talks that stall, as S is taken."""


@attrs.frozen(kw_only=True)
class Ink:
    """The characters to draw with."""

    fills: Mapping[Phase, str]
    held: str
    set: str
    fell: str
    lasts: str
    before: str
    after: str
    tick: str


BLOCKS = Ink(
    fills=dict(zip(Phase, "·╌░╳▒█╱━", strict=True)), held="◆", set="◇", fell="×", lasts="─", before="…", after="…", tick="│"
)
"""Unicode."""
ASCII = Ink(
    fills=dict(zip(Phase, ".-+x:#/=", strict=True)), held="*", set="o", fell="!", lasts="_", before="<", after=">", tick="|"
)
"""For terminals that know no other characters."""
UNSURE = "?"
"""Where an imprecise date leaves it open whether a phase had begun."""

Drawn = tuple[str, str]
"""A character and the name of its style."""
_BLANK: Drawn = (" ", "")


def lines(found: Strips, width: int, ink: Ink = BLOCKS) -> Iterator[tuple[Span, ...]]:
    """The strips with their dates and a legend, ``width`` columns wide (at least 40)."""
    width = max(width, NARROWEST)
    labels = max((len(lane.evidence) for strip in found.drawn for lane in strip.lanes), default=0)
    drawing = _Drawing(found, ink, labels, width - labels - 5)
    used: set[str] = set()
    yield from page_lines(Page(lead=[[Span(found.question.words(), "dim")]]), width)
    for strip in found.drawn:
        yield ()
        yield from page_lines(Page(sections=[Section(heading=heading(strip.description.title, strip.track))]), width)
        for line in drawing.strip(strip):
            used.update(*(span.text for span in line[1:]))
            yield line
    if found.drawn:
        yield ()
        yield from drawing.dates()
        yield ()
        yield from page_lines(Page(lead=[[Span(_legend(ink, used), "dim")]]), width)
    if found.quiet:
        yield ()
        yield from page_lines(Page(sections=quiet_sections(found)), width)


@attrs.frozen
class _Drawing:
    """What all lines of one drawing share; ``columns`` are those of the axis, without the edges to its left and right."""

    found: Strips
    ink: Ink
    labels: int
    columns: int

    def strip(self, strip: Strip) -> Iterator[tuple[Span, ...]]:
        """The lanes of a track, each under its meetings."""
        for place, lane in enumerate(strip.lanes):
            meetings = self._meetings(strip, counts=place == 0)
            if set(meetings) != {_BLANK}:
                yield self._line("", meetings)
            yield self._line(lane.evidence, self._lane(lane))

    def dates(self) -> Iterator[tuple[Span, ...]]:
        """The days that the ticks name, and under them their years."""
        found = ticks(self.found.axis, self.columns)
        yield self._line("", self._written((tick.day, (f"{self.ink.tick}{tick.label}",)) for tick in found))
        if any(tick.year for tick in found):
            yield self._line("", self._written((tick.day, (f" {tick.year}",)) for tick in found if tick.year))

    def _line(self, label: str, row: Sequence[Drawn]) -> tuple[Span, ...]:
        """A row behind its label; neighbours of one style become one piece."""
        pieces = (Span("".join(char for char, _ in group), style) for style, group in groupby(row, key=itemgetter(1)))
        return (Span(f"  {label:<{self.labels}} ", "label"), *pieces)

    def _column(self, day: date) -> int:
        return self.found.axis.column(day.toordinal(), self.columns)

    def _written(self, texts: Iterable[tuple[date, Sequence[str]]], style: str = "label") -> list[Drawn]:
        """A row with texts that begin on their days, each in the first of its forms that finds room before the next."""
        row = [_BLANK] * (self.columns + 2)
        for day, forms in sorted(texts, key=itemgetter(0), reverse=True):
            start = self._column(day) + 1
            for text in forms:
                if row[start : start + len(text)] == [_BLANK] * len(text):
                    row[start : start + len(text)] = [(char, style) for char in text]
                    break
        return row

    def _lane(self, lane: Lane) -> list[Drawn]:
        """In each column the phase in which its days end, and at the edges whether it goes on beyond them."""
        owners: list[Spell | None] = [None] * self.columns
        for spell in lane.spells:
            start = self._column(spell.begin)
            owners[start:] = [spell] * (self.columns - start)
        row = [self._phase(owners, column) for column in range(self.columns)]
        for spell in lane.spells:
            for column in self._unsure(owners, spell):
                row[column] = (UNSURE, "dim")
        first, last = owners[0], owners[-1]
        goes_back = first is not None and first.begin.toordinal() < self.found.axis.first
        goes_on = last is not None and (last.end is None or last.end.toordinal() > self.found.axis.end)
        return [(self.ink.before, "dim") if goes_back else _BLANK, *row, (self.ink.after, "dim") if goes_on else _BLANK]

    def _phase(self, owners: Sequence[Spell | None], column: int) -> Drawn:
        """The letter of a phase where it begins, and its pattern while it lasts."""
        owner = owners[column]
        if owner is None:
            return self.ink.fills[Phase.IDLE], f"phase.{Phase.IDLE}"
        begins = column == 0 or owners[column - 1] is not owner
        return LETTERS[owner.phase] if begins else self.ink.fills[owner.phase], f"phase.{owner.phase}"

    def _unsure(self, owners: Sequence[Spell | None], spell: Spell) -> range:
        """The columns in which it may have begun already, behind the one in which the spell before it began."""
        stop = self._column(spell.begin)
        start = self._column(spell.earliest) if spell.earliest else 0
        before = owners[stop - 1] if stop else None
        return range(max(start, self._column(before.begin) + 1 if before else 0), stop)

    def _meetings(self, strip: Strip, *, counts: bool) -> list[Drawn]:
        """The meetings that were held, with the number of their round, and those that were set and not held."""
        marks, plans = self.found.meetings(strip, counts=counts)
        texts = [(mark.entry.day, self._held(mark)) for mark in marks]
        return self._written([*texts, *(planned for plan in plans for planned in self._plan(plan))], "heading")

    def _held(self, mark: Mark) -> tuple[str, ...]:
        told = f"{self.ink.held}{getattr(mark.entry.event, 'round', None) or ''}"
        return self._lasting(told, mark.entry.day, until_of(mark.entry.event)), told, self.ink.held

    def _plan(self, plan: Plan) -> Iterator[tuple[date, tuple[str, ...]]]:
        on = plan.event.on
        if on is not None and on.earliest is not None:
            sign = self.ink.set if plan.fate == "ahead" else self.ink.fell
            yield on.earliest, (self._lasting(sign, on.earliest, on.latest), sign)

    def _lasting(self, sign: str, first: date, last: date | None) -> str:
        """A sign, and a line up to the column of the last day."""
        columns = self._column(last) - self._column(first) + 1 if last else 1
        return sign.ljust(min(columns, self.columns - self._column(first)), self.ink.lasts)


def _legend(ink: Ink, used: Collection[str]) -> str:
    """What the characters mean that are used."""
    signs = (
        *((LETTERS[phase], f"{LETTERS[phase]}{ink.fills[phase]} {HEADLINES[phase]}") for phase in Phase if LETTERS[phase]),
        (ink.fills[Phase.IDLE], f"{ink.fills[Phase.IDLE]} {HEADLINES[Phase.IDLE]} yet"),
        (UNSURE, f"{UNSURE} either, for the date is imprecise"),
        (ink.before, f"{ink.before} goes back further"),
        (ink.after, f"{ink.after} goes on"),
        (ink.held, f"{ink.held} talks held, and their round"),
        (ink.set, f"{ink.set} a meeting is set"),
        (ink.fell, f"{ink.fell} a meeting was set, not held then"),
        (ink.lasts, f"{ink.lasts} its days"),
    )
    found = dict(said for said in signs if said[0] in used)
    return "; ".join(text.replace(" ", GLUE) for text in found.values())
