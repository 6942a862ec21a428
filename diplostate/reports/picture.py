"""The phases of tracks over time as a picture: SVG written by hand, and PNG made of it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from diplostate.reports.axis import Axis, ticks
from diplostate.reports.strip import Lane, Mark, Plan, Spell, Strip, Strips, until_of
from diplostate.reports.strip_lines import LETTERS
from diplostate.reports.strip_page import mark_words, plan_words, spell_words
from diplostate.reports.svg import CHARACTER, PATTERNS, SHOWN, WIDTH, document, plain, rasterised, room, tag, titled
from diplostate.reports.visible import visible
from diplostate.reports.words import capital, date_words, day_words, joined, unglued
from diplostate.talks.dates import Edtf
from diplostate.talks.events import Held
from diplostate.talks.machine import Phase
from diplostate.talks.status import HEADLINES

_MARGIN, _GUTTER, _EDGE = 24, 68, 20
_LEFT, _RIGHT = _MARGIN + _GUTTER, WIDTH - _MARGIN - _EDGE


def svg(found: Strips) -> str:
    """The strips as an SVG document: it tells in words what it shows, follows the reader's light or dark, and prints well."""
    picture = _Picture(found)
    picture.draw()
    return picture.document()


def png(found: Strips, *, scale: int = 2) -> bytes:
    """The strips as a PNG on light paper, ``scale`` pixels to a unit of the SVG.

    Raises `MissingExtra` without resvg, `Invalid` where the picture would be too large, and `DiplostateError` where no font is
    installed, for without one there are no words.
    """
    picture = _Picture(found)
    picture.draw()
    smaller = f"{len(found.drawn)} tracks make too large a picture for PNG: name fewer tracks"
    return rasterised(picture.document(), picture.y, scale=scale, smaller=smaller)


# The picture.


class _Picture:
    """A picture that grows downwards while it is drawn."""

    def __init__(self, found: Strips) -> None:
        self.found = found
        self.axis: Axis = found.axis
        self.y: float = _MARGIN / 2
        self.parts: list[str] = []
        self.grounds: list[tuple[float, float]] = []

    def draw(self) -> None:
        """Everything, from the top."""
        self.text(self.found.question.words(), size=12, class_="muted")
        for strip in self.found.drawn:
            self.track(strip)
        if self.found.drawn:
            self.dates()
            self.legend()
        self.quiet()
        self.y += _MARGIN / 2

    def document(self) -> str:
        """The finished picture."""
        return document(self.parts, title=self.title(), told=" ".join(self.told()), height=self.y)

    def title(self) -> str:
        """What it shows."""
        names = [strip.description.title or strip.track for strip in self.found.drawn]
        return f"Phases over time: {joined(names)}" if names else "Phases over time: no talks proposed"

    def told(self) -> Iterator[str]:
        """The same in words."""
        yield f"{self.found.question.words()}."
        for strip in self.found.drawn:
            yield f"{strip.description.title or strip.track}:"
            for lane in strip.lanes:
                said = "; ".join(f"{spell_words(spell)}: {_said(spell, strip)}" for spell in lane.spells)
                yield f"{lane.evidence}: {said or 'no talks proposed'}."

    def x(self, ordinal: int) -> float:
        """Where a day begins."""
        return _LEFT + self.axis.place(ordinal, _RIGHT - _LEFT)

    def text(self, said: str, *, size: float, class_: str, x: float = _MARGIN, weight: int | None = None) -> None:
        """Running text, wrapped, under what is drawn already."""
        for line in textwrap.wrap(unglued(visible(said)), max(int((WIDTH - _MARGIN - x) / (size * CHARACTER)), 20)):
            self.y += size * 1.4
            self.parts.append(tag("text", plain(line), x=x, y=self.y, font_size=size, class_=class_, font_weight=weight))

    # Tracks.

    def track(self, strip: Strip) -> None:
        """A track with its title, where it stands, its lanes and its events."""
        self.y += 18
        title = strip.description.title
        self.text(f"{title} ({strip.track})" if title else strip.track, size=15, class_="ink", weight=600)
        official, *others = [_stands(lane, strip) for lane in strip.lanes]
        reported = [f"Reported, not official: {said}" for said in others if said != official]
        for said in (official, *reported):
            self.text(said, size=12.5, class_="muted")
        self.y += 6
        top = self.y
        for place, lane in enumerate(strip.lanes):
            self.meetings(strip, counts=place == 0)
            self.lane(lane, strip, height=26 if place == 0 else 16)
        self.events(strip.marks, strip)
        self.grounds.append((top, self.y + 8))

    def lane(self, lane: Lane, strip: Strip, *, height: float) -> None:
        """The spells of a lane, side by side, and ``…`` where it goes on beyond what is shown."""
        top, middle = self.y + 3, self.y + 7 + height / 2
        self.parts.append(tag("text", plain(lane.evidence), x=_MARGIN, y=middle, font_size=11.5, class_="muted"))
        for before, spell, after in zip((None, *lane.spells), lane.spells, (*lane.spells[1:], None), strict=False):
            self.parts += self.spell(before, spell, after, strip, top, height)
        if any(self.goes_back(spell) for spell in lane.spells):
            self.parts.append(tag("text", "…", x=_LEFT - 3, y=middle, font_size=15, class_="ink", text_anchor="end"))
        if any(map(self.goes_on, lane.spells)):
            self.parts.append(tag("text", "…", x=_RIGHT + 3, y=middle, font_size=15, class_="ink"))
        self.y = top + height

    def goes_back(self, spell: Spell) -> bool:
        """Whether it began before what is shown."""
        return spell.begin.toordinal() < self.axis.first and (spell.end is None or spell.end.toordinal() > self.axis.first)

    def goes_on(self, spell: Spell) -> bool:
        """Whether it lasts beyond what is shown."""
        return spell.begin.toordinal() < self.axis.end and (spell.end is None or spell.end.toordinal() > self.axis.end)

    def spell(
        self, before: Spell | None, spell: Spell, after: Spell | None, strip: Strip, top: float, height: float
    ) -> Iterator[str]:
        """A spell, and beside it the days on which it, or the one after it, may have begun: there one fades into the other."""
        dim, full = self.x(self.earliest(spell, before)), self.x(spell.begin.toordinal())
        fading, gone = (self.x(self.earliest(after, spell)), self.x(after.begin.toordinal())) if after else (_RIGHT, _RIGHT)
        if gone > dim:
            yield titled(
                f"{spell_words(spell)}: {_said(spell, strip)}",
                _box(spell.phase, dim, full, top, height, mask="in"),
                _box(spell.phase, full, fading, top, height) if fading > full or gone == fading else "",
                _box(spell.phase, fading, gone, top, height, mask="out"),
                _word(spell, strip, full, fading, top, height),
            )

    def earliest(self, spell: Spell, before: Spell | None) -> int:
        """The first day on which a spell may have begun, behind the beginning of the one before it."""
        bound = before.begin.toordinal() if before else self.axis.first
        return max(spell.earliest.toordinal() if spell.earliest else bound, min(bound, spell.begin.toordinal()))

    # Meetings and events.

    def meetings(self, strip: Strip, *, counts: bool) -> None:
        """The meetings that were held, and those that were set and not held."""
        marks, plans = self.found.meetings(strip, counts=counts)
        if not marks and not plans:
            self.y += 2
            return
        self.y += 20
        signs = [*(self.x(mark.entry.day.toordinal()) for mark in marks), *map(self.planned, plans)]
        for mark in marks:
            x = self.x(mark.entry.day.toordinal())
            self.parts.append(self.held(mark, x, min((sign for sign in signs if sign > x), default=WIDTH), strip))
        self.parts += (self.plan(plan, strip) for plan in plans)

    def held(self, mark: Mark, place: float, following: float, strip: Strip) -> str:
        """A full diamond where a meeting began, a line while it lasted, and the number of its round where there is room."""
        event = mark.entry.event
        assert isinstance(event, Held)
        until, x, y = until_of(event), place + _INSET, self.y - 5
        stop = self.x(until.toordinal() + 1) if until else x
        number = str(event.round or "")
        has_room = following - place > 16 + room(number, 10.5)
        return titled(
            f"{date_words(event.occurred)}: {mark_words(mark, strip)}",
            tag("path", d=f"M{x:.1f} {y:.1f}H{stop:.1f}", class_="line", stroke_width=1.5) if stop > x else "",
            _diamond(x, y, "ink"),
            tag("text", number, x=x + 7, y=y + 4, font_size=10.5, class_="ink halo") if number and has_room else "",
        )

    def plan(self, plan: Plan, strip: Strip) -> str:
        """An empty diamond on the day for which a meeting is set, a cross where it did not come to it; a line over its days."""
        on = plan.event.on
        assert on is not None
        first, last = self.bounds(on)
        start, stop, x, y = self.x(first), self.x(last + 1), self.planned(plan), self.y - 5
        cross = tag("path", d=f"M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8", class_="line", stroke_width=1.8)
        return titled(
            f"{date_words(on)}: {plan_words(plan, strip)}",
            self.blur(start, x, y, "in") + self.blur(x, stop, y, "out") if last > first else "",
            _diamond(x, y, "hollow") if plan.fate == "ahead" else cross,
        )

    def planned(self, plan: Plan) -> float:
        """Where its sign stands: on the one day, or amid all that the date allows."""
        assert plan.event.on is not None
        first, last = self.bounds(plan.event.on)
        return self.x(first) + _INSET if last == first else (self.x(first) + self.x(last + 1)) / 2

    def bounds(self, date: Edtf) -> tuple[int, int]:
        """The first and the last day that a date allows; where one is open, the edge of the picture."""
        return (
            date.earliest.toordinal() if date.earliest else self.axis.first,
            date.latest.toordinal() if date.latest else self.axis.end - 1,
        )

    def blur(self, start: float, stop: float, y: float, mask: str) -> str:
        """A line that fades where nothing is certain."""
        return tag("rect", x=start, y=y - 1.5, width=stop - start, height=3, class_="ink", mask=f"url(#{mask})")

    def events(self, marks: Sequence[Mark], strip: Strip) -> None:
        """A dot for each event on its day, empty where it is only reported, with a blurred line where the date is imprecise."""
        self.y += 10
        shown = (mark for mark in marks if self.axis.shows(mark.entry.day, mark.entry.day))
        for day, found in groupby(shown, key=lambda mark: mark.entry.day):
            those = list(found)
            width = self.x(day.toordinal() + 1) - self.x(day.toordinal())
            step = min(width / len(those), 8)
            for place, mark in enumerate(those):
                self.parts.append(self.event(mark, self.x(day.toordinal()) + _INSET + step * place, strip))

    def event(self, mark: Mark, x: float, strip: Strip) -> str:
        """One dot."""
        event = mark.entry.event
        start = self.x(self.bounds(event.occurred)[0])
        return titled(
            f"{date_words(event.occurred)}: {mark_words(mark, strip)}",
            "" if event.occurred.earliest == mark.entry.day else self.blur(start, x, self.y, "in"),
            _dot(x, self.y, counts=mark.counts),
        )

    # Around them.

    def dates(self) -> None:
        """The days that the ticks name, each with a line behind all tracks, and the day that is asked for."""
        grid = []
        self.y += 24
        for tick in ticks(self.axis, int((_RIGHT - _LEFT) / (11 * CHARACTER))):
            x = self.x(tick.day.toordinal())
            grid.append(self.upright(x, class_="grid"))
            self.parts.append(tag("text", tick.label, x=x, y=self.y, font_size=11, class_="muted"))
            if tick.year:
                self.parts.append(tag("text", tick.year, x=x, y=self.y + 14, font_size=11, class_="muted"))
        if self.shows_today():
            grid.append(self.upright(self.x(self.found.question.today.toordinal() + 1), class_="line", dashes="2 3"))
        self.parts[:0] = grid
        self.y += 16

    def upright(self, x: float, *, class_: str, dashes: str | None = None) -> str:
        """A line up through all tracks."""
        path = "".join(f"M{x:.1f} {top:.1f}V{bottom:.1f}" for top, bottom in self.grounds)
        return tag("path", d=path, class_=class_, stroke_dasharray=dashes)

    def shows_today(self) -> bool:
        """Whether the day that is asked for is within what is shown, and not its edge."""
        return self.axis.first <= self.found.question.today.toordinal() < self.axis.end - 1

    def legend(self) -> None:
        """What the signs mean, those that are drawn."""
        column = (WIDTH - 2 * _MARGIN) / 3
        for number, (drawing, said) in enumerate(self.signs()):
            x = _MARGIN + number % 3 * column
            self.y += 0 if number % 3 else 21
            self.parts.append(tag("g", drawing, transform=f"translate({x:.1f} {self.y:.1f})"))
            self.parts.append(tag("text", said, x=x + 36, y=self.y, font_size=11.5, class_="ink"))
        self.y += 8

    def signs(self) -> Iterator[tuple[str, str]]:
        """Each sign, drawn around the left end of its line, with what it means."""
        lanes = [lane for strip in self.found.drawn for lane in strip.lanes]
        marks = [mark for strip in self.found.drawn for mark in strip.marks]
        fates = {plan.fate for strip in self.found.drawn for plan in strip.plans}
        phases = {spell.phase for lane in lanes for spell in lane.spells}
        for phase in SHOWN:
            if phase in phases:
                word = tag("text", LETTERS[phase], x=6, y=0.5, font_size=11.5, class_=f"{phase.lower()}-word")
                yield _box(phase, 0, 28, -11, 15) + word, HEADLINES[phase]
        if any(spell.earliest != spell.begin for lane in lanes for spell in lane.spells):
            fading = _box(Phase.HELD, 0, 27, -11, 15, mask="in") + _box(Phase.SCHEDULED, 0, 27, -11, 15, mask="out")
            yield fading, "either: the date is imprecise"
        if any(isinstance(mark.entry.event, Held) for mark in marks):
            yield _diamond(13, -4, "ink"), "talks held, and their round"
        if "ahead" in fates:
            yield _diamond(13, -4, "hollow"), "a meeting is set"
        if fates & {"moved", "missed", "off"}:
            yield tag("path", d="M9 -8l8 8m0 -8l-8 8", class_="line", stroke_width=1.8), "a meeting was set, not held then"
        yield _dot(13, -4, counts=True), "an event"
        if not all(mark.counts for mark in marks):
            yield _dot(13, -4, counts=False), "an event that is only reported"
        if any(self.goes_on(spell) or self.goes_back(spell) for lane in lanes for spell in lane.spells):
            yield tag("text", "…", x=8, y=0, font_size=15, class_="ink"), "goes on"
        if self.shows_today():
            today = tag("path", d="M13 -12V3", class_="line", stroke_dasharray="2 3")
            yield today, f"end of {unglued(day_words(self.found.question.today))}, the day of this report"

    def quiet(self) -> None:
        """The tracks of which there is nothing to draw."""
        if self.found.quiet:
            self.y += 14
            names = "; ".join(strip.description.title or strip.track for strip in self.found.quiet)
            self.text(f"No talks proposed: {names}.", size=11.5, class_="muted")


_INSET = 4.0
"""How far into its day a sign stands."""


def _box(phase: Phase, start: float, stop: float, top: float, height: float, *, mask: str | None = None) -> str:
    """A stretch of a phase; one that fades has no border."""
    if mask and stop <= start:
        return ""
    name, bare = phase.lower(), "none" if mask else None
    place = {"x": start + 0.5, "y": top, "width": max(stop - start - 1.5, 1.5), "height": height, "rx": 2}
    dashes = "5 3" if phase is Phase.PENDING and not mask else None
    ground = tag("rect", **place, class_=name, style=f"stroke:{bare}" if bare else None, stroke_dasharray=dashes)
    lines = tag("rect", **place, fill=f"url(#{name}-pattern)") if phase in PATTERNS else ""
    return tag("g", ground, lines, mask=f"url(#{mask})") if mask else ground + lines


def _word(spell: Spell, strip: Strip, start: float, stop: float, top: float, height: float) -> str:
    """The longest of the words for a spell that finds room in it."""
    size = 11.5 if height > 20 else 10
    phase = capital(spell.phase.lower())
    awaited = f"{phase}: {joined(map(strip.description.name, spell.awaiting))}" if spell.awaiting else phase
    forms = (capital(spell.headline), awaited, phase, LETTERS[spell.phase])
    said = next((form for form in forms if room(form, size) + 10 <= stop - start), "")
    middle = top + height / 2 + size * 0.36
    return tag("text", plain(said), x=start + 6, y=middle, font_size=size, class_=f"{spell.phase.lower()}-word") if said else ""


def _diamond(x: float, y: float, class_: str) -> str:
    return tag("path", d=f"M{x - 5:.1f} {y:.1f}l5 -5l5 5l-5 5z", class_=class_, stroke_width=1.5)


def _dot(x: float, y: float, *, counts: bool) -> str:
    return tag("circle", cx=x, cy=y, r=2.6, class_="ink" if counts else "hollow", stroke_width=1.2)


def _said(spell: Spell, strip: Strip) -> str:
    awaited = f" (awaited: {joined(map(strip.description.name, spell.awaiting))})" if spell.awaiting else ""
    return f"{spell.headline}{awaited}"


def _stands(lane: Lane, strip: Strip) -> str:
    """Where a track stands at the end."""
    if not lane.spells:
        return capital(HEADLINES[Phase.IDLE])
    last = lane.spells[-1]
    awaited = f"; awaited: {joined(map(strip.description.name, last.awaiting))}" if last.awaiting else ""
    return f"{capital(last.headline)}, since {day_words(last.begin)}{awaited}"
