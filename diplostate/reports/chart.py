"""A chart of shares between 0 and 1: areas, lines with their bands, and dots, as SVG and PNG."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

import attrs

from diplostate.reports.svg import CHARACTER, PATTERNS, WIDTH, document, plain, rasterised, room, tag, titled
from diplostate.reports.visible import visible
from diplostate.reports.words import unglued
from diplostate.talks.machine import Phase

Points = Sequence[tuple[float, float]]
"""Places on the axis, and shares."""


@attrs.frozen(kw_only=True)
class Area:
    """What lies between two lines, in the colour and pattern of a phase."""

    name: str
    phase: Phase
    lower: Points
    upper: Points


@attrs.frozen(kw_only=True)
class Curve:
    """A line, and the band around it."""

    name: str
    points: Points
    band: tuple[Points, Points] | None = None
    dashed: bool = False


@attrs.frozen(kw_only=True)
class Dot:
    """A share that was observed, with the interval around it, and what it is in words."""

    x: float
    y: float
    lower: float
    upper: float
    says: str


@attrs.frozen(kw_only=True)
class Chart:
    """What is to be drawn, and the same in words for those who cannot see it."""

    title: str
    lead: tuple[str, ...]
    told: str
    last: float
    """Where the axis ends; it begins at 0."""
    ticks: tuple[tuple[float, str], ...]
    axis: str
    """What the horizontal axis tells."""
    share: str
    """What the vertical axis tells."""
    areas: tuple[Area, ...] = ()
    curves: tuple[Curve, ...] = ()
    dots: tuple[Dot, ...] = ()
    beneath: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Rows of numbers under the ticks, each with its label."""


def stepped(points: Points, last: float) -> Points:
    """A share that holds from each point until the next, and from the last of them until the end of the axis."""
    path: list[tuple[float, float]] = []
    for x, y in points:
        if x > last:
            break
        if path:
            path.append((x, path[-1][1]))
        path.append((x, y))
    return [*path, (last, path[-1][1])] if path else []


def svg(chart: Chart) -> str:
    """The chart as an SVG document: it tells in words what it shows, follows the reader's light or dark, and prints well."""
    drawing = _Drawing(chart)
    return document(drawing.parts, title=chart.title, told=chart.told, height=drawing.y)


def png(chart: Chart, *, scale: int = 2) -> bytes:
    """The chart as a PNG on light paper; raises as `rasterised` does."""
    drawing = _Drawing(chart)
    made = document(drawing.parts, title=chart.title, told=chart.told, height=drawing.y)
    return rasterised(made, drawing.y, scale=scale, smaller="this is too large a picture for PNG: ask for a smaller scale")


_MARGIN, _LEFT, _RIGHT, _HEIGHT = 24.0, 110.0, WIDTH - 40.0, 340.0
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


class _Drawing:
    """A chart that grows downwards while it is drawn."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.y = _MARGIN / 2
        self.parts: list[str] = []
        self.text(chart.title, size=15, class_="ink", weight=600)
        for line in chart.lead:
            self.text(line, size=12, class_="muted")
        self.y += 30
        self.parts.append(tag("text", plain(chart.share), x=_MARGIN, y=self.y - 10, font_size=11, class_="muted"))
        self.bottom = self.y + _HEIGHT
        self.parts += [*self.areas(), *self.grid(), *map(self.label, chart.areas), *self.curves(), *self.dots()]
        self.y = self.bottom
        self.parts += [*self.axis(), *self.legend()]
        self.y += _MARGIN

    def text(self, said: str, *, size: float, class_: str, weight: int | None = None) -> None:
        """Running text, wrapped, under what is drawn already."""
        for line in textwrap.wrap(unglued(visible(said)), int((WIDTH - 2 * _MARGIN) / (size * CHARACTER))):
            self.y += size * 1.4
            self.parts.append(tag("text", plain(line), x=_MARGIN, y=self.y, font_size=size, class_=class_, font_weight=weight))

    def at(self, x: float, share: float) -> tuple[float, float]:
        """Where a share at a place is drawn."""
        return _LEFT + min(max(x / self.chart.last, 0), 1) * (_RIGHT - _LEFT), self.bottom - share * _HEIGHT

    def path(self, points: Points) -> str:
        """A line through points."""
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (self.at(*point) for point in points))

    def between(self, lower: Points, upper: Points) -> str:
        """What lies between two lines."""
        return f"{self.path(upper)}L{self.path(list(reversed(lower)))[1:]}z"

    def areas(self) -> Iterator[str]:
        """The areas."""
        for area in self.chart.areas:
            yield titled(area.name, *_filled(area.phase, d=self.between(area.lower, area.upper)))

    def label(self, area: Area) -> str:
        """The name of an area where it is about highest, as far right as that is so, and if there is room for it."""
        heights = [(x, low, high) for (x, high), (_, low) in zip(area.upper, area.lower, strict=True)]
        highest = max(high - low for _, low, high in heights)
        x, low, high = next(place for place in reversed(heights) if place[2] - place[1] >= 0.9 * highest)
        place, top = self.at(x, (high + low) / 2)
        size = room(area.name, 11.5)
        if (high - low) * _HEIGHT < 16:
            return ""
        left = min(max(place - size / 2, _LEFT + 6), _RIGHT - size - 6)
        return tag("text", plain(area.name), x=left, y=top + 4, font_size=11.5, class_=_word(area.phase))

    def grid(self) -> Iterator[str]:
        """Lines for quarters, with their names."""
        for share in _QUARTERS:
            _, y = self.at(0, share)
            yield tag("path", d=f"M{_LEFT} {y:.1f}H{_RIGHT}", class_="grid", fill="none")
            yield tag("text", f"{share:.0%}", x=_LEFT - 8, y=y + 4, font_size=11, class_="muted", text_anchor="end")

    def curves(self) -> Iterator[str]:
        """The lines, each on its band."""
        for curve in self.chart.curves:
            band = tag("path", d=self.between(*curve.band), class_="ink", opacity="0.16") if curve.band else ""
            dashes = "5 4" if curve.dashed else None
            line = tag("path", d=self.path(curve.points), class_="line", stroke_width=1.6, stroke_dasharray=dashes)
            yield titled(curve.name, band, line)

    def dots(self) -> Iterator[str]:
        """The dots, each with its interval."""
        for dot in self.chart.dots:
            (x, y), (_, low), (_, high) = (self.at(dot.x, share) for share in (dot.y, dot.lower, dot.upper))
            whisker = tag("path", d=f"M{x:.1f} {low:.1f}V{high:.1f}", class_="line", stroke_width=1.2)
            yield titled(dot.says, whisker, tag("circle", cx=x, cy=y, r=4.5, class_="ink"))

    def axis(self) -> Iterator[str]:
        """The ticks, what stands under them, and what they tell."""
        rows = [("", tuple(label for _, label in self.chart.ticks)), *self.chart.beneath]
        for label, cells in rows:
            self.y += 17
            yield tag("text", plain(label), x=_MARGIN, y=self.y, font_size=11, class_="muted")
            for (x, _), cell in zip(self.chart.ticks, cells, strict=True):
                place, _ = self.at(x, 0)
                yield tag("text", plain(cell), x=place, y=self.y, font_size=11, class_="muted", text_anchor="middle")
        self.y += 18
        yield tag("text", plain(self.chart.axis), x=_RIGHT, y=self.y, font_size=11, class_="muted", text_anchor="end")

    def legend(self) -> Iterator[str]:
        """What the colours and lines mean."""
        self.y += 6
        column = (WIDTH - 2 * _MARGIN) / 3
        for number, (sign, said) in enumerate(self.signs()):
            x = _MARGIN + number % 3 * column
            self.y += 0 if number % 3 else 21
            yield tag("g", sign, transform=f"translate({x:.1f} {self.y:.1f})")
            yield tag("text", plain(said), x=x + 36, y=self.y, font_size=11.5, class_="ink")

    def signs(self) -> Iterator[tuple[str, str]]:
        """Each sign with what it means, the uppermost area first."""
        for area in reversed(self.chart.areas):
            yield "".join(_filled(area.phase, d="M0 -11H28V3H0z")), area.name
        for curve in self.chart.curves:
            band = tag("path", d="M0 -11H28V3H0z", class_="ink", opacity="0.16") if curve.band else ""
            dashes = "5 4" if curve.dashed else None
            yield band + tag("path", d="M0 -4H28", class_="line", stroke_width=1.6, stroke_dasharray=dashes), curve.name


def _filled(phase: Phase, **place: object) -> Iterator[str]:
    """A shape in the colours of a phase; IDLE is an outline."""
    if phase is Phase.IDLE:
        yield tag("path", class_="paper", stroke="#8b949e", stroke_width="0.8", **place)
        return
    yield tag("path", class_=phase.lower(), stroke_width="0.8", **place)
    if phase in PATTERNS:
        yield tag("path", fill=f"url(#{phase.lower()}-pattern)", **place)


def _word(phase: Phase) -> str:
    return "muted" if phase is Phase.IDLE else f"{phase.lower()}-word"


def stacked(layers: Iterable[tuple[str, Phase, Points]]) -> tuple[Area, ...]:
    """Areas that lie on each other from the bottom up; every layer gives its height at the same places."""
    floor: Points | None = None
    areas: list[Area] = []
    for name, phase, heights in layers:
        below = floor or [(x, 0.0) for x, _ in heights]
        floor = [(x, low + high) for (x, low), (_, high) in zip(below, heights, strict=True)]
        areas.append(Area(name=name, phase=phase, lower=below, upper=floor))
    return tuple(areas)
