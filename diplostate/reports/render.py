"""The one renderer: a report's page, table or data as plain text, aligned table, Markdown, CSV or JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import attrs

from diplostate.errors import Fault, Invalid
from diplostate.reports.visible import cells, json_text, visible
from diplostate.reports.words import joined

FORMATS = ("table", "plain", "json", "csv", "md")
"""The formats of reports; which of them a report has, its `View` says."""
NARROWEST, WIDEST = 40, 100
"""Columns between which running text is kept, for longer lines are hard to read."""


@attrs.frozen
class Span:
    """A piece of text, and the name of the style in which a terminal may show it."""

    text: str
    style: str = ""


Line = Sequence[Span | str]
"""Running text; it is wrapped where it is written."""


def _lines(lines: Iterable[Line | str]) -> tuple[tuple[Span, ...], ...]:
    return tuple(_spans(line) for line in lines)


def _spans(line: Line | str) -> tuple[Span, ...]:
    return (Span(line),) if isinstance(line, str) else tuple(Span(part) if isinstance(part, str) else part for part in line)


@attrs.frozen
class Field:
    """A label, and what is to be said under it, each thing on a line of its own."""

    label: str
    lines: tuple[tuple[Span, ...], ...] = attrs.field(converter=_lines)


def _fields(fields: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(fields)


@attrs.frozen(kw_only=True)
class Section:
    """A heading, running text, and labelled fields."""

    heading: tuple[Span, ...] = attrs.field(default=(), converter=_spans)
    lead: tuple[tuple[Span, ...], ...] = attrs.field(default=(), converter=_lines)
    fields: tuple[Field, ...] = attrs.field(default=(), converter=_fields)
    airy: bool = False
    """Whether an empty line stands between the fields."""


def heading(title: str | None, track: str) -> tuple[Span, ...]:
    """The heading for a track, with its id."""
    return (Span(title, "heading"), Span(f" ({track})", "dim")) if title else (Span(track, "heading"),)


def _sections(sections: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(sections)


@attrs.frozen(kw_only=True)
class Page:
    """A text for people."""

    lead: tuple[tuple[Span, ...], ...] = attrs.field(default=(), converter=_lines)
    sections: tuple[Section, ...] = attrs.field(default=(), converter=_sections)


Cell = str | int | None


@attrs.frozen
class Table:
    """Columns by name, and rows of texts, numbers and nothing."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@attrs.frozen(kw_only=True)
class View:
    """A report ready to be rendered: how to make each shape that it has, and formats that are its own.

    A page is rendered as ``plain`` and ``md``, a table as ``table``, rows as ``csv``, data as ``json``; what is ``drawn``, as
    lines for a width, comes before them.
    """

    name: str
    page: Callable[[], Page] | None = None
    table: Callable[[], Table] | None = None
    rows: Callable[[], Table] | None = None
    data: Callable[[], Mapping[str, Any]] | None = None
    own: Mapping[str, Callable[[], str]] = attrs.field(factory=dict)
    drawn: Mapping[str, Callable[[int], Iterable[tuple[Span, ...]]]] = attrs.field(factory=dict)

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats that it has."""
        has = {"table": self.table, "plain": self.page, "json": self.data, "csv": self.rows, "md": self.page}
        return (*(name for name in FORMATS if has[name]), *self.own, *(name for name in self.drawn if name not in has))


class NoSuchFormat(Invalid):
    """A format that a report does not have: it is refused, not faked."""

    def __init__(self, view: View, format: str) -> None:
        self.format = format
        super().__init__([Fault(f"{view.name} has no {format}: ask for {joined(view.formats, 'or')}")])


def render(view: View, format: str = "plain", *, width: int = 80) -> str:
    """A report as text that ends with a line break; raises `NoSuchFormat`. ``width`` counts columns, for running text alone."""
    if format in view.own:
        return view.own[format]()
    if format == "json" and view.data:
        return json_text(view.data())
    if format == "csv" and view.rows:
        return csv_text(view.rows())
    if format == "md" and view.page:
        return md_page(view.page())
    lines = styled(view, format, width=None if format == "table" else width)
    if lines is None:
        raise NoSuchFormat(view, format)
    return "".join("".join(span.text for span in line).rstrip() + "\n" for line in lines)


def styled(view: View, format: str, *, width: int | None) -> Iterable[tuple[Span, ...]] | None:
    """The lines of a drawing, page or table as styled pieces, fitted to a terminal of this width; None for other formats."""
    if format in view.drawn:
        return view.drawn[format](width or WIDEST)
    if format == "plain" and view.page:
        return page_lines(view.page(), width or WIDEST)
    if format == "table" and view.table:
        return table_lines(view.table(), width)
    return None


# Plain text.


def page_lines(page: Page, width: int) -> Iterator[tuple[Span, ...]]:
    """The lines of a page, wrapped, as styled pieces."""
    measure = max(NARROWEST, min(width, WIDEST))
    for line in page.lead:
        yield from _wrapped(line, measure)
    for number, section in enumerate(page.sections):
        if number or page.lead:
            yield ()
        yield from _section_lines(section, measure)


def _section_lines(section: Section, width: int) -> Iterator[tuple[Span, ...]]:
    if section.heading:
        yield from _wrapped([attrs.evolve(span, style=span.style or "heading") for span in section.heading], width)
    for line in section.lead:
        yield from _wrapped(line, width)
    if section.fields and section.lead:
        yield ()
    sizes = [size for field in section.fields if (size := cells(visible(field.label))) <= width // 2]
    for number, field in enumerate(section.fields):
        if number and section.airy:
            yield ()
        yield from _field_lines(field, max(sizes, default=0), width)


def _field_lines(field: Field, labels: int, width: int) -> Iterator[tuple[Span, ...]]:
    """Label and text side by side; a label that is too long for its column has a line for itself."""
    label = visible(field.label).replace("\N{NO-BREAK SPACE}", " ")
    if cells(label) > labels:
        yield (Span(f"  {label}", "label"),)
        label = ""
    room = max(width - labels - 4, NARROWEST // 2)
    for line in (line for said in field.lines for line in _wrapped(said, room, inset=2)):
        yield (Span(f"  {label}{' ' * (labels - cells(label))}  ", "label"), *line)
        label = ""


def _wrapped(line: Sequence[Span], width: int, *, inset: int = 0) -> Iterator[tuple[Span, ...]]:
    """A line as lines of at most ``width`` columns, all but the first set in by ``inset``.

    A word that is longer, such as an address, is left whole.
    """
    current: list[Span] = []
    used = 0
    for span in _words(line):
        size = cells(span.text)
        if current and used + size > width:
            yield _spaced(current)
            current, used = ([Span(" " * (inset - 1))], inset) if inset else ([], 0)
        current.append(span)
        used += size + 1
    yield _spaced(current)


def _words(line: Sequence[Span]) -> Iterator[Span]:
    """The words of a line, each in its style; spans that touch without a space make one word in the style of the first."""
    pending: Span | None = None
    for span in line:
        first, *rest = visible(span.text).split(" ")
        pending = Span((pending.text if pending else "") + first, pending.style if pending and pending.text else span.style)
        for word in rest:
            if pending.text:
                yield pending
            pending = Span(word, span.style)
    if pending is not None and pending.text:
        yield pending


def _spaced(words: Sequence[Span]) -> tuple[Span, ...]:
    """Words with a space between them; the glue has done its work and becomes one too."""
    return tuple(
        Span((" " if place else "") + word.text.replace("\N{NO-BREAK SPACE}", " "), word.style)
        for place, word in enumerate(words)
    )


# Aligned tables.


def table_lines(table: Table, width: int | None) -> Iterator[tuple[Span, ...]]:
    """Aligned columns, without those that are empty; with a ``width`` the widest are wrapped into it, without one none is."""
    rows = [tuple(visible(_shown(cell)) for cell in row) for row in table.rows]
    kept = [place for place in range(len(table.columns)) if place == 0 or any(row[place] != NOTHING for row in rows)]
    lines = [tuple(row[place] for place in kept) for row in ([name.upper() for name in table.columns], *rows)]
    sizes = [max(map(cells, column)) for column in zip(*lines, strict=True)]
    if width is not None:
        words = [max(cells(word) for cell in column for word in cell.split(" ")) for column in zip(*lines, strict=True)]
        _squeeze(sizes, words, width - 2 * (len(sizes) - 1))
    for number, row in enumerate(lines):
        yield from _row_lines(row, sizes, "" if number else "label")


NOTHING = "–"
"""What stands in a table where there is nothing."""


def _shown(cell: Cell) -> str:
    return NOTHING if cell is None or cell == "" else str(cell)


def _squeeze(sizes: list[int], words: Sequence[int], width: int) -> None:
    """Take from the widest column until the row fits, from one that would break its words last; none gets very narrow."""
    for least in (words, [NARROWEST // 4] * len(sizes)):
        while sum(sizes) > width and (wide := [place for place, size in enumerate(sizes) if size > least[place]]):
            sizes[max(wide, key=sizes.__getitem__)] -= 1


def _row_lines(row: Sequence[str], sizes: Sequence[int], style: str) -> Iterator[tuple[Span, ...]]:
    columns = [_cell_lines(cell, size) for cell, size in zip(row, sizes, strict=True)]
    for parts in zip_longest(*columns, fillvalue=""):
        yield (Span("  ".join(part + " " * (size - cells(part)) for part, size in zip(parts, sizes, strict=True)), style),)


def _cell_lines(text: str, size: int) -> list[str]:
    """A cell wrapped at its spaces, and where it has none, such as in a long id, wherever the column ends."""
    lines = ["".join(span.text for span in line) for line in _wrapped([Span(text)], size)]
    return [piece for line in lines for piece in _pieces(line, size)]


def _pieces(line: str, size: int) -> Iterator[str]:
    piece = ""
    for char in line:
        if piece and cells(piece + char) > size:
            yield piece
            piece = ""
        piece += char
    yield piece


# CSV.

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
"""What a spreadsheet would run."""


def csv_text(table: Table) -> str:
    """Rows by RFC 4180 but for their line ends, which are those of Unix; with a header."""
    return "".join(",".join(map(_csv_cell, row)) + "\n" for row in (table.columns, *table.rows))


def _csv_cell(cell: Cell) -> str:
    """A cell by RFC 4180; a text that a spreadsheet would run is disarmed by a quotation mark before it."""
    if cell is None or isinstance(cell, int):
        return "" if cell is None else str(cell)
    text = visible(cell).replace("\N{NO-BREAK SPACE}", " ")
    if _FORMULA.match(text):
        text = f"'{text}"
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if set(text) & set('",') or text != text.strip() else text


# Markdown.


def md_page(page: Page) -> str:
    """A page as Markdown."""
    blocks = ["  \n".join(map(_md_line, page.lead))] if page.lead else []
    for section in page.sections:
        blocks += _md_section(section)
    return "\n\n".join(blocks) + "\n"


def _md_section(section: Section) -> Iterator[str]:
    if section.heading:
        yield f"## {_md_line(section.heading)}"
    if section.lead:
        yield "  \n".join(f"**{_md_line(line)}**" for line in section.lead)
    if section.fields:
        yield "\n".join(_md_field(field) for field in section.fields)


def _md_field(field: Field) -> str:
    label = f"- **{md_text(field.label)}**"
    if len(field.lines) == 1:
        return f"{label}: {_md_line(field.lines[0])}"
    return "\n".join((label, *(f"  - {_md_line(line)}" for line in field.lines)))


def _md_line(line: Iterable[Span]) -> str:
    return md_text("".join(span.text for span in line))


_MD = re.compile(r"[\\`*_\[\]<>|~#!&]|^[-+=]")
_NUMBERED = re.compile(r"^(\d+)([.)])")


def md_text(text: str) -> str:
    """A text that Markdown and HTML take for nothing but text."""
    plain = visible(text).replace("\N{NO-BREAK SPACE}", " ").strip()
    return _NUMBERED.sub(r"\1\\\2", _MD.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), plain))


_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
