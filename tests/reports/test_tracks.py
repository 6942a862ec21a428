"""The tracks of a ledger: as a list, as a tree, and as a graph; links may lead anywhere, and in circles."""

from __future__ import annotations

import csv
import io
import json

import pytest
from support import SEEDS

from diplostate import wiring
from diplostate.errors import TrackNotFound
from diplostate.ledger.memory import MemoryLedger
from diplostate.reports.question import Question
from diplostate.reports.render import render
from diplostate.reports.tracks import tracks, view
from diplostate.talks.events import Described, Link, Noted
from diplostate.testing.scenario import proposed

EVENING = Question.of(as_of="2025-07-21")


def linked(links, titles=None):
    """The tracks of a ledger that link to each other so: ``{"a": "prepares b, parallels c"}``."""
    ledger = MemoryLedger()
    for track, said in links.items():
        pairs = (pair.split() for pair in said.split(", ") if pair)
        ledger.append(
            [
                Described(
                    track=track,
                    occurred="2025-07-01",
                    title=(titles or {}).get(track),
                    links=[Link(relation, other) for relation, other in pairs],
                )
            ]
        )
    return tracks(ledger, None, EVENING)


def tree(links):
    return [line.replace(": no talks proposed", "") for line in render(view(linked(links)), "tree").splitlines()]


@pytest.fixture(scope="module")
def listed(seeds):
    return tracks(seeds, None, EVENING)


# The list.


def test_each_track_is_told_with_where_it_stands_and_how_much_is_on_record(listed):
    rows = {row["track"]: row for row in csv.DictReader(io.StringIO(render(view(listed), "csv")))}
    assert len(rows) == 9
    assert rows["ukr-rus-turkiye"] == {
        "track": "ukr-rus-turkiye",
        "title": "Ukraine–Russia direct talks in Türkiye",
        "phase": "PENDING",
        "status": "proposal pending official response",
        "since": "2025-07-19",
        "events": "5",
        "last_sign": "2025-07-21",
        "links": "prepares=ukr-rus-leaders",
    }


def test_data_and_rows_tell_the_same(listed):
    data = json.loads(render(view(listed), "json"))
    rows = csv.DictReader(io.StringIO(render(view(listed), "csv")))
    assert data["schema"] == "diplostate.tracks/1"
    assert [(track["track"], track["phase"], str(track["events"])) for track in data["tracks"]] == [
        (row["track"], row["phase"], row["events"]) for row in rows
    ]


def test_a_person_reads_title_status_and_links(listed):
    said = render(view(listed), "md")
    assert "- **ukr-rus-turkiye**\n  - Ukraine–Russia direct talks in Türkiye\n" in said
    assert "  - Proposal pending official response; 5 events, the last on 21 July 2025\n  - prepares ukr-rus-leaders\n" in said


def test_a_track_without_title_or_sign_is_told_by_its_id():
    found = linked({"a": ""})
    assert render(view(found), "plain") == "As of 21 July 2025, on official evidence\n\n  a  No talks proposed; 1 event\n"
    assert render(view(found), "table").splitlines()[1].split()[:5] == ["a", "no", "talks", "proposed", "1"]


def test_some_tracks_can_be_named():
    with wiring.open(SEEDS) as ledger:
        assert [listed.track for listed in tracks(ledger, ["ukr-rus-leaders"]).tracks] == ["ukr-rus-leaders"]
        with pytest.raises(TrackNotFound):
            tracks(ledger, ["nowhere"])


def test_the_question_cuts_the_status_and_not_the_record():
    ledger = MemoryLedger()
    ledger.append([proposed("2025-07-01", "UKR", "RUS"), Noted(track="scenario", occurred="2025-07-30", text="Well.")])
    (found,) = tracks(ledger, None, Question.of(as_of="2025-07-10")).tracks
    assert (found.events, str(found.status.last_sign)) == (2, "2025-07-01")


# The tree.


def test_a_track_stands_under_those_that_it_prepares_follows_or_is_part_of():
    assert tree(
        {"summit": "", "round-1": "prepares summit", "round-2": "follows round-1, prepares summit", "group": "part_of round-1"}
    ) == [
        "summit",
        "├─ prepared by round-1",
        "│  ├─ followed by round-2",
        "│  └─ includes group",
        "└─ prepared by round-2 (see above)",
    ]


def test_tracks_that_run_in_parallel_are_told_side_by_side():
    assert tree({"a": "parallels b", "b": ""}) == ["a", "└─ parallels b", "b", "└─ parallels a"]
    assert tree({"a": "parallels b", "b": "parallels a"}) == tree({"a": "parallels b", "b": ""})


def test_circles_are_told_once():
    assert tree({"a": "prepares b", "b": "prepares c", "c": "prepares a"}) == [
        "a",
        "└─ prepared by c",
        "   └─ prepared by b",
        "      └─ prepared by a (see above)",
    ]


def test_a_track_that_is_only_linked_to_is_told_as_such():
    assert tree({"a": "prepares summit"}) == ["summit (not listed here)", "└─ prepared by a"]


def test_a_chain_may_be_longer_than_python_can_recurse():
    links = {f"t{number}": f"follows t{number - 1}" if number else "" for number in range(1200)}
    lines = tree(links)
    assert len(lines) == 1200
    assert lines[-1].endswith("└─ followed by t1199")


def test_titles_stand_in_the_tree():
    said = render(view(linked({"a": ""}, {"a": "Talks\x1b[1m"})), "tree")
    assert said == "a: Talks␛[1m: no talks proposed\n"


# The graph.


def test_links_are_edges():
    said = render(view(linked({"a": "prepares b, parallels c", "c": "parallels a, part_of d"})), "dot")
    assert said.startswith("digraph tracks {\n")
    assert '  "a" -> "b" [label="prepares"];\n' in said
    assert said.count("parallels") == 1
    assert '  "a" -> "c" [label="parallels", dir=none, constraint=false];\n' in said
    assert '  "d" [style=dashed];\n' in said


def test_texts_cannot_break_out_of_a_graph():
    said = render(view(linked({"a": ""}, {"a": 'x"] ; } \\" \n y'})), "dot")
    assert '"a" [label="x\\"] ; } \\\\\\" \\n y\\nno talks proposed"];' in said
