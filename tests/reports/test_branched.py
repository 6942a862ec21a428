"""What is different on a branch, and what would be, had some more happened."""

from __future__ import annotations

import pytest

from diplostate.errors import NotAllowed, TrackNotFound
from diplostate.reports.diff import branched
from diplostate.reports.diff_page import view
from diplostate.reports.question import Question
from diplostate.reports.render import render
from diplostate.reports.what_if import what_if
from diplostate.testing.conformance import held, proposed, responded


def test_a_branch_is_compared_with_where_it_began(seeds):
    """Whatever its base has become since; on the tracks to which something was added."""
    branch = seeds.branch()
    branch.append([responded("RUS", "declined", "2025-07-25", track="ukr-rus-turkiye"), held("2025-07-26", track="new")])
    found = branched(branch, now="2025-07-26")

    assert found.tracks == found.changed == ("ukr-rus-turkiye", "new")
    assert [(change.before.phase, change.after.phase) for change in found.changes] == [
        ("PENDING", "DECLINED"),
        ("IDLE", "HELD"),
    ]
    assert [[cause.event.hypothetical for cause in change.causes] for change in found.changes] == [[True], [True]]
    text = render(view(found))
    assert text.startswith("Hypothetical, on a branch, on official evidence: 2 of 2 tracks would move\n")
    assert "  Would be  Proposal declined, since 25 July 2025\n" in text
    assert view(found).data()["axis"] == "branch"


def test_a_branch_of_a_branch_is_compared_with_that(seeds):
    first = seeds.branch()
    first.append([responded("RUS", "declined", "2025-07-25", track="ukr-rus-turkiye")])
    second = first.branch()
    second.append([held("2025-07-26", track="ukr-rus-turkiye")])

    assert [(change.before.phase, change.after.phase) for change in branched(second).changes] == [("DECLINED", "HELD")]
    assert branched(second, as_of="2025-07-25").changes == ()
    assert branched(seeds.branch()).tracks == ()


# What if.


def test_what_would_be_is_said_of_a_branch_that_can_be_asked_more(seeds):
    found = what_if(seeds, "ukr-rus-turkiye", [responded("RUS", "declined", "2025-07-25", track="ukr-rus-turkiye")])

    assert (found.before.phase, found.brief.status.phase) == ("PENDING", "DECLINED")
    assert found.branch.own == found.events
    assert found.brief.hypothetical == 1
    assert found.branch.version("ukr-rus-turkiye") == seeds.version("ukr-rus-turkiye") + 1


def test_events_are_judged_one_after_the_other(seeds):
    moves = [
        proposed("RUS", "UKR", "2025-07-25", track="ukr-rus-leaders"),
        responded("UKR", "accepted", "2025-07-25", track="ukr-rus-leaders"),
    ]

    assert what_if(seeds, "ukr-rus-leaders", moves).brief.status.phase == "ACCEPTED"
    with pytest.raises(NotAllowed):
        what_if(seeds, "ukr-rus-leaders", moves[::-1])
    assert len(what_if(seeds, "ukr-rus-leaders", moves[::-1], strict=False).brief.status.anomalies) == 1


def test_a_track_begins_where_the_cuts_say(seeds):
    """Though it has not begun there."""
    move = held("2025-07-20", track="crimean-platform")
    found = what_if(seeds, "crimean-platform", [move], Question.of(as_of="2025-07-20", known_at="2025-07-20"))

    assert (found.branch.fork, found.before.phase, found.brief.status.phase) == (4, "IDLE", "HELD")
    with pytest.raises(TrackNotFound):
        what_if(seeds, "nowhere", [held("2025-07-20", track="nowhere")])
