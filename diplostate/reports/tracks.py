"""The tracks of a ledger: where each stands, how much is on record, and how they are linked, as a list, a tree or a graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from diplostate.ledger import ask
from diplostate.ledger.protocol import Ledger
from diplostate.reports.facts import iso
from diplostate.reports.question import Question
from diplostate.reports.render import Cell, Field, Line, Page, Section, Span, Table, View
from diplostate.reports.sentences import INVERSES, RELATIONS, link_words
from diplostate.reports.visible import visible
from diplostate.reports.words import capital, counted, day_words, unglued
from diplostate.talks.events import Link
from diplostate.talks.status import Status
from diplostate.talks.words import Relation


@attrs.frozen(kw_only=True)
class Listed:
    """One track."""

    track: str
    status: Status
    events: int
    """How many are on record, whatever the question cuts; also the version of the track."""

    @property
    def title(self) -> str | None:
        """What people call it."""
        return self.status.description.title

    @property
    def links(self) -> tuple[Link, ...]:
        """What it says of other tracks."""
        return self.status.description.links


@attrs.frozen(kw_only=True)
class Tracks:
    """The tracks of a ledger, in its order."""

    question: Question
    tracks: tuple[Listed, ...]

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Tracks that are linked to, and that are not among these."""
        held = {listed.track for listed in self.tracks}
        linked = (link.track for listed in self.tracks for link in listed.links)
        return tuple(dict.fromkeys(track for track in linked if track not in held))


def tracks(ledger: Ledger, names: Sequence[str] | None = None, question: Question | None = None) -> Tracks:
    """Some tracks of a ledger (None: all); raises `TrackNotFound`."""
    asked = question or Question.of()
    statuses = ask.statuses(ledger, names, as_of=asked.as_of, known_at=asked.known_at, evidence=asked.evidence)
    return Tracks(
        question=asked,
        tracks=tuple(Listed(track=track, status=status, events=ledger.version(track)) for track, status in statuses),
    )


def view(found: Tracks) -> View:
    """The tracks as a report."""
    return View(
        name="tracks",
        page=lambda: page(found),
        table=lambda: table(found),
        rows=lambda: rows(found),
        data=lambda: data(found),
        own={"tree": lambda: tree(found), "dot": lambda: dot(found)},
    )


# In words, as rows, and as data.


def page(found: Tracks) -> Page:
    """The tracks as a text."""
    fields = [Field(listed.track, list(_lines(listed, found))) for listed in found.tracks]
    return Page(lead=[[Span(found.question.words(), "dim")]], sections=[Section(fields=fields, airy=True)])


def _lines(listed: Listed, found: Tracks) -> Iterator[Line | str]:
    if listed.title:
        yield [Span(listed.title, "heading")]
    last = listed.status.last_sign
    on_record = f"{counted(listed.events, 'event')}{f', the last on {day_words(last)}' if last else ''}"
    yield [Span(capital(listed.status.headline(found.question.now)), f"phase.{listed.status.phase}"), f"; {on_record}"]
    yield from map(link_words, listed.links)


def table(found: Tracks) -> Table:
    """A row for each track, for people."""
    columns = ("track", "status", "events", "last sign", "title")
    return Table(columns, tuple(_row(listed, found, columns) for listed in found.tracks))


def rows(found: Tracks) -> Table:
    """A row for each track, for programs."""
    columns = ("track", "title", "phase", "status", "since", "events", "last sign", "links")
    named = tuple(column.replace(" ", "_") for column in columns)
    return Table(named, tuple(_row(listed, found, columns) for listed in found.tracks))


def _row(listed: Listed, found: Tracks, columns: Sequence[str]) -> tuple[Cell, ...]:
    values: dict[str, Cell] = {
        "track": listed.track,
        "title": listed.title,
        "phase": listed.status.phase.value,
        "status": listed.status.headline(found.question.now),
        "since": iso(listed.status.since),
        "events": listed.events,
        "last sign": iso(listed.status.last_sign),
        "links": " ".join(f"{link.relation}={link.track}" for link in listed.links),
    }
    return tuple(values[column] for column in columns)


def data(found: Tracks) -> dict[str, Any]:
    """The tracks as plain data, in their envelope."""
    return found.question.envelope("tracks", tracks=[_data(listed, found) for listed in found.tracks])


def _data(listed: Listed, found: Tracks) -> dict[str, Any]:
    return {
        "track": listed.track,
        "title": listed.title,
        "phase": listed.status.phase.value,
        "headline": listed.status.headline(found.question.now),
        "since": iso(listed.status.since),
        "events": listed.events,
        "last_sign": iso(listed.status.last_sign),
        "links": [{"relation": link.relation.value, "track": link.track} for link in listed.links],
    }


# As a tree.


@attrs.frozen
class _Branch:
    """Another track as one track sees it; one that runs in parallel stands beside it, and is not told again below."""

    words: str
    track: str
    is_below: bool = True


def tree(found: Tracks) -> str:
    """Every track under those that it prepares, follows or is part of; where links lead in a circle, each is told once."""
    below = _branches(found)
    children = {branch.track for branches in below.values() for branch in branches if branch.is_below}
    names = {listed.track: _name(listed, found) for listed in found.tracks}
    names |= {track: f"{track} (not listed here)" for track in found.elsewhere}
    told: set[str] = set()
    lines: list[str] = []
    # Circles have no root: their first track stands for one.
    for root in (*(track for track in names if track not in children), *names):
        if root not in told:
            lines += _tree(root, below, names, told)
    return "".join(f"{unglued(visible(line))}\n" for line in lines)


def _branches(found: Tracks) -> dict[str, list[_Branch]]:
    """For each track those that are told below it."""
    below: dict[str, list[_Branch]] = {}
    for listed in found.tracks:
        for link in listed.links:
            beside = link.relation is Relation.PARALLELS
            branch = _Branch(INVERSES[link.relation], listed.track, not beside)
            found_below = below.setdefault(link.track, [])
            found_below += [branch] if branch not in found_below else []
            other = _Branch(RELATIONS[link.relation], link.track, is_below=False)
            if beside and other not in below.setdefault(listed.track, []):
                below[listed.track].append(other)
    return below


def _tree(root: str, below: dict[str, list[_Branch]], names: dict[str, str], told: set[str]) -> Iterator[str]:
    """A track and what is below it, by a stack of its own: a chain of links may be longer than Python can recurse."""
    stack = [("", "", _Branch("", root))]
    while stack:
        stem, indent, branch = stack.pop()
        lead = f"{stem}{branch.words}{' ' if branch.words else ''}"
        again = branch.track in told
        if again or not branch.is_below:
            yield f"{lead}{branch.track}{' (see above)' if again and branch.is_below else ''}"
            continue
        told.add(branch.track)
        yield f"{lead}{names[branch.track]}"
        children = below.get(branch.track, [])
        for place in range(len(children) - 1, -1, -1):
            is_last = place == len(children) - 1
            stems = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
            stack.append((f"{indent}{stems[0]}", f"{indent}{stems[1]}", children[place]))


def _name(listed: Listed, found: Tracks) -> str:
    title = f" {listed.title}:" if listed.title else ""
    return f"{listed.track}:{title} {listed.status.headline(found.question.now)}"


# As a graph.


def dot(found: Tracks) -> str:
    """The links in the language of Graphviz: ``diplostate tracks --format dot | dot -Tsvg``."""
    nodes = [f"  {_quoted(listed.track)} [label={_quoted(_label(listed, found))}];" for listed in found.tracks]
    strangers = [f"  {_quoted(track)} [style=dashed];" for track in found.elsewhere]
    return "\n".join(
        ["digraph tracks {", '  rankdir="BT";', "  node [shape=box];", *nodes, *strangers, *_edges(found), "}", ""]
    )


def _edges(found: Tracks) -> Iterator[str]:
    told: set[frozenset[str]] = set()
    for listed in found.tracks:
        for link in listed.links:
            pair = frozenset((listed.track, link.track))
            beside = link.relation is Relation.PARALLELS
            if not (beside and pair in told):
                more = ", dir=none, constraint=false" if beside else ""
                yield f"  {_quoted(listed.track)} -> {_quoted(link.track)} [label={_quoted(RELATIONS[link.relation])}{more}];"
            if beside:
                told.add(pair)


def _label(listed: Listed, found: Tracks) -> str:
    return "\n".join((listed.title or listed.track, listed.status.headline(found.question.now)))


def _quoted(text: str) -> str:
    """A string of DOT; its line breaks are kept, and whatever else could mean something is not."""
    lines = (visible(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return '"' + "\\n".join(lines) + '"'
