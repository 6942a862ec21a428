"""The parts of every picture: elements of SVG, the colours and patterns of phases, and PNG made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from diplostate.errors import DiplostateError, Fault, Invalid, MissingExtra
from diplostate.reports.visible import cells, visible
from diplostate.reports.words import unglued
from diplostate.talks.machine import Phase

WIDTH = 960
"""How wide a picture is, in the units of SVG."""
CHARACTER = 0.58
"""The width of a character, in font sizes: rather too much, for nobody knows the reader's font."""

LIGHT: Mapping[str, str] = {
    "paper": "#ffffff", "ink": "#1b1f24", "muted": "#59636e", "grid": "#e3e6ea",
    "pending": "#fff3d1", "pending-ink": "#8a5a00", "accepted": "#dcf3e6", "accepted-ink": "#1a7046",
    "declined": "#fde4e1", "declined-ink": "#ab2a20", "scheduled": "#dfecfd", "scheduled-ink": "#0b57a4",
    "held": "#14684c", "held-ink": "#ffffff", "stalled": "#eeeef2", "stalled-ink": "#5d6070",
    "concluded": "#e8e3f3", "concluded-ink": "#4f3a82",
}  # fmt: skip
"""The colours on light paper, which are those in print too: each phase has a ground and an ink to draw on it."""
DARK: Mapping[str, str] = {
    "paper": "#15181d", "ink": "#e8eaed", "muted": "#a3acb6", "grid": "#2b313a",
    "pending": "#3b2f12", "pending-ink": "#f2bb45", "accepted": "#143524", "accepted-ink": "#6fd19b",
    "declined": "#43201d", "declined-ink": "#ff9d92", "scheduled": "#152f4e", "scheduled-ink": "#8abfff",
    "held": "#58c79d", "held-ink": "#0c241a", "stalled": "#2a2c35", "stalled-ink": "#b3b7c6",
    "concluded": "#2e2648", "concluded-ink": "#c0aef2",
}  # fmt: skip
"""The same in the dark."""

PATTERNS = {
    Phase.ACCEPTED: ("0 0 6 6", '<circle cx="3" cy="3" r="0.9"/>'),
    Phase.DECLINED: ("0 0 8 8", '<path d="M0 0l8 8M8 0l-8 8"/>'),
    Phase.SCHEDULED: ("0 0 5 5", '<path d="M2.5 0v5"/>'),
    Phase.STALLED: ("0 0 7 7", '<path d="M-1 8l9 -9M-1 1l2 -2M6 8l2 -2"/>'),
    Phase.CONCLUDED: ("0 0 5 5", '<path d="M0 2.5h5"/>'),
}
"""What is drawn on the ground of a phase, for none is to be known by its colour alone; PENDING has a dashed border."""

SHOWN = tuple(phase for phase in Phase if phase is not Phase.IDLE)
"""The phases that are drawn."""


# Elements.


def tag(name: str, *inside: str, **given: object) -> str:
    """An element; ``given`` are its attributes, ``class_`` and ``font_size`` being ``class`` and ``font-size``."""
    said = "".join(
        f' {key.strip("_").replace("_", "-")}="{_value(value)}"' for key, value in given.items() if value is not None
    )
    return f"<{name}{said}>{''.join(inside)}</{name}>" if inside else f"<{name}{said}/>"


def _value(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else escape(str(value))


def plain(text: str) -> str:
    """A text as XML takes it."""
    return escape(unglued(visible(text)), quote=False)


def titled(title: str, *inside: str) -> str:
    """A group that tells what it is when it is pointed at."""
    return tag("g", tag("title", plain(title)), *inside)


def room(text: str, size: float) -> float:
    """How much room a text takes, about."""
    return cells(text) * size * CHARACTER


# The document.


def document(parts: Iterable[str], *, title: str, told: str, height: float) -> str:
    """A finished picture of its parts: it tells in words what it shows, follows the reader's light or dark, and prints well."""
    return (
        tag(
            "svg",
            tag("title", plain(title), id="title"),
            tag("desc", plain(told), id="desc"),
            _style(),
            _defs(),
            tag("rect", width="100%", height="100%", class_="paper"),
            *parts,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {WIDTH} {height:.0f}",
            width=WIDTH,
            height=f"{height:.0f}",
            role="img",
            aria_labelledby="title desc",
        ).replace(" width=", f" {_FONT} width=", 1)
        + "\n"
    )


def _style() -> str:
    dark = f"@media screen and (prefers-color-scheme: dark){{{_rules(DARK)}}}"
    return tag("style", f"{_rules(LIGHT)}{dark}")


def _rules(colours: Mapping[str, str]) -> str:
    """What the classes look like."""
    rules = [
        *(f".{name}{{fill:{colours[name]}}}" for name in ("paper", "ink", "muted")),
        f".line{{stroke:{colours['ink']};fill:none}}",
        f".hollow{{stroke:{colours['ink']};fill:{colours['paper']}}}",
        f".grid{{stroke:{colours['grid']}}}",
        f".halo{{stroke:{colours['paper']};stroke-width:4;paint-order:stroke}}",
    ]
    for phase in SHOWN:
        name = phase.lower()
        ground, ink = colours[name], colours[f"{name}-ink"]
        border = ground if phase is Phase.HELD else ink
        rules += [
            f".{name}{{fill:{ground};stroke:{border}}}",
            f".{name}-lines{{fill:{ink};stroke:{ink};stroke-width:.8;opacity:.5}}",
            f".{name}-word{{fill:{ink};stroke:{ground};stroke-width:4;paint-order:stroke;stroke-linejoin:round}}",
        ]
    return "".join(rules)


def _defs() -> str:
    patterns = (
        tag(
            "pattern",
            tag("g", drawing, class_=f"{phase.lower()}-lines"),
            id=f"{phase.lower()}-pattern",
            width=box.split()[2],
            height=box.split()[3],
            patternUnits="userSpaceOnUse",
        )
        for phase, (box, drawing) in PATTERNS.items()
    )
    fades = (
        tag(
            "linearGradient",
            *(tag("stop", offset=place, stop_color="#fff", stop_opacity=opacity) for place, opacity in enumerate(ends)),
            id=f"fade-{name}",
        )
        + tag("mask", tag("rect", width=1, height=1, fill=f"url(#fade-{name})"), id=name, maskContentUnits="objectBoundingBox")
        for name, ends in (("in", (0, 1)), ("out", (1, 0)))
    )
    return tag("defs", *patterns, *fades)


def rasterised(document: str, height: float, *, scale: int = 2, smaller: str) -> bytes:
    """A picture as a PNG on light paper, ``scale`` pixels to a unit of the SVG; ``smaller`` says how to ask for a smaller one.

    Raises `MissingExtra` without resvg, `Invalid` where the picture would be too large, and `DiplostateError` where no font is
    installed, for without one there are no words.
    """
    try:
        import resvg_py
    except ImportError as error:
        raise MissingExtra(package="resvg_py", extra="png") from error
    if WIDTH * height * scale**2 > _LARGEST:
        raise Invalid([Fault(f"{smaller}, or ask for SVG")])

    def made(document: str) -> bytes:
        return bytes(resvg_py.svg_to_bytes(svg_string=document.replace(_FONT, _FONTS, 1), zoom=scale))

    if made(_probe("x")) == made(_probe("")):
        raise DiplostateError("no font is installed, so a PNG would have no words: install one, such as DejaVu, or ask for SVG")
    return made(document)


_LARGEST = 60_000_000
"""Pixels of a PNG; each takes four bytes while it is made."""
_FONT = 'font-family="sans-serif"'
_FONTS = "font-family=\"Helvetica, Arial, 'Segoe UI', 'DejaVu Sans', 'Noto Sans', 'Liberation Sans', sans-serif\""
"""What a browser finds by itself, resvg has to be told by name."""


def _probe(text: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30" {_FONT}><text y="20">{text}</text></svg>'
