"""``diff`` as an analyst uses it: what happened, and hindsight."""

from __future__ import annotations

import json

import pytest
from support import SEEDS

TRACK = "ukr-rus-turkiye"


def test_what_happened_is_told_with_the_events_that_moved_it(run):
    result = run("diff", TRACK, "--from", "2025-07-18", "--to", "2025-07-21", "--ledger", SEEDS)
    assert (result.code, result.err) == (0, "")
    for line in (
        "From 18 July 2025 to 21 July 2025, on official evidence: moved",
        "Was       No talks proposed",
        "Is        Proposal pending official response, since 19 July 2025",
        "awaited: nobody → Russia",
    ):
        assert line in result.out


def test_hindsight_tells_what_was_shown_and_what_is_known(run, record, talks):
    """On 20 July the minister heard that an answer was awaited; on 22 July it is known that it had been given on the 19th."""
    record(
        "respond", TRACK, "--by", "RUS", "--answer", "declined", "--occurred", "2025-07-19",
        "--official", "Kremlin", "--speaks-for", "RUS",
    )  # fmt: skip
    result = run("diff", "--all", "--known-from", "2025-07-20", "--ledger", talks)
    assert (result.code, result.err) == (0, "")
    for line in (
        "1 of 9 tracks shown otherwise",
        "As of 19–20 July 2025",
        "We showed  Proposal pending official response, since 19 July 2025",
        "We know    Proposal declined, since 19 July 2025",
        "Recorded on 22 July 2025, 09:30 UTC, 2 days after what we showed",
        "official, for Russia: Kremlin",
    ):
        assert line in result.out
    assert "none of 9 tracks shown otherwise" in run(
        "diff", "--all", "--known-from", "2025-07-20", "--known-to", "2025-07-21", "--ledger", talks
    ).out.replace("\n", " ")


@pytest.mark.parametrize("form", ["table", "plain", "json", "csv", "md"])
def test_every_format_is_had(run, form):
    result = run("diff", TRACK, "--from", "2025-07-18", "--to", "2025-07-21", "--ledger", SEEDS, "--format", form)
    assert (result.code, result.err) == (0, "")
    assert "proposal pending official response" in result.out.casefold()


def test_all_tracks_can_be_compared(run):
    told = json.loads(run("diff", "--all", "--from", "2025-07-18", "--ledger", SEEDS, "--format", "json").out)
    assert len(told["tracks"]) == 9
    assert told["now"] == "2025-07-22T09:30:00Z"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "2025-07-18"], "say which tracks, or --all"),
        ([TRACK, "--all", "--from", "2025-07-18"], "say which tracks, or --all, but not both"),
        ([TRACK], "say --from DATE (what happened), or --known-from DATE (hindsight)"),
        ([TRACK, "--to", "2025-07-18"], "say --from DATE (what happened), or --known-from DATE (hindsight)"),
        ([TRACK, "--from", "2025-07-18", "--known-from", "2025-07-18"], "(hindsight), but not both"),
        ([TRACK, "--from", "2025-07-18", "--known-to", "2025-07-18"], "--known-to belongs to --known-from, not to --from"),
        ([TRACK, "--from", "2025-07-18", "--as-of", "2025-07-18"], "--as-of belongs to --known-from, not to --from"),
        ([TRACK, "--known-from", "2025-07-18", "--to", "2025-07-18"], "--to belongs to --from, not to --known-from"),
        ([TRACK, "--known-from", "2025-07-18", "--known-at", "2025-07-18"], "--known-at belongs to --from"),
        ([TRACK, "--from", "2025-07-20", "--to", "2025-07-18"], "--from 2025-07-20 is after --to 2025-07-18: swap them"),
        ([TRACK, "--from", "2025-07"], "'2025-07' is not one day or instant"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_together_is_a_slip(run, arguments, message):
    result = run("diff", *arguments, "--ledger", SEEDS)
    assert result.code == 2
    assert message in result.err


def test_a_track_that_is_not_there_is_not_found(run):
    assert run("diff", "nowhere", "--from", "2025-07-18", "--ledger", SEEDS).code == 3
