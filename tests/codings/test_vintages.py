"""A file that is imported again, and newer vintages of it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import diplostate
from codings.given import brought, coded, decoded, icews, written
from diplostate.ledger import ask
from diplostate.ledger.memory import MemoryLedger

MEET, TALK = "Express intent to meet or negotiate", "Engage in negotiation"
ROWS = (
    f"2020-01-01|Japan|{MEET}|Kenya",
    f"2020-01-05|Kenya|{MEET}|Japan",
    f"2020-02-01|Japan|{TALK}|Kenya",
    f"2020-01-03|France|{TALK}|Peru",
)
TRACK = "icews-tkg-jpn-ken"


def _phases(ledger):
    return {track: str(status.phase) for track, status in ask.statuses(ledger, evidence="reported")}


@pytest.fixture
def ledger():
    return MemoryLedger()


def test_the_same_file_twice_changes_nothing(ledger, tmp_path):
    file = written(tmp_path, "a.tsv", decoded(*ROWS))
    first = brought(ledger, "icews-tkg", file)
    head = ledger.head
    again = brought(ledger, "icews-tkg", file)

    assert head > 0
    assert ledger.head == head
    assert (first.change.known, again.change.known) == (0, head)


@pytest.mark.parametrize("name", ["a.tsv", "b.tsv"])
def test_a_newer_vintage_adds_what_is_new_and_retracts_what_is_gone(ledger, tmp_path, name):
    """It is known by its name, or by what it has in common with the earlier one."""
    brought(ledger, "icews-tkg", written(tmp_path, "a.tsv", decoded(*ROWS)))
    newer = decoded(ROWS[0], ROWS[1], ROWS[3], f"2020-02-03|Ghana|{TALK}|Peru")
    found = brought(ledger, "icews-tkg", written(tmp_path, name, newer))

    assert _phases(ledger) == {"icews-tkg-jpn-ken": "ACCEPTED", "icews-tkg-fra-per": "HELD", "icews-tkg-gha-per": "HELD"}
    assert sum(map(len, found.change.gone.values())) == 1


def test_a_row_that_returns_in_a_third_vintage_returns(ledger, tmp_path):
    """And is lost again in a fourth, and so on: each retraction takes back the one before."""
    whole, lesser = decoded(*ROWS), decoded(*ROWS[:2], ROWS[3])
    expected = []
    for vintage in (whole, lesser, whole, lesser, whole):
        brought(ledger, "icews-tkg", written(tmp_path, "a.tsv", vintage))
        expected.append(_phases(ledger)[TRACK])
        head = ledger.head
        brought(ledger, "icews-tkg", tmp_path / "a.tsv")

        assert ledger.head == head

    assert expected == ["HELD", "ACCEPTED", "HELD", "ACCEPTED", "HELD"]


def test_another_part_of_the_data_retracts_nothing(ledger, tmp_path):
    brought(ledger, "icews-tkg", written(tmp_path, "a.tsv", decoded(*ROWS)))
    found = brought(ledger, "icews-tkg", written(tmp_path, "b.tsv", decoded(f"2020-02-09|Japan|{TALK}|Kenya")))

    assert found.change.gone == {}
    assert len(found.change.new) == 1


def test_what_a_user_retracted_stays_retracted(ledger, tmp_path):
    file = written(tmp_path, "a.tsv", decoded(*ROWS))
    brought(ledger, "icews-tkg", file)
    ledger.append([diplostate.Retracted(track=TRACK, occurred="2020-03-01", retracts=f"{TRACK}/2020-02-01/held")])
    brought(ledger, "icews-tkg", file)

    assert _phases(ledger)[TRACK] == "ACCEPTED"


def test_a_file_of_another_coding_is_no_vintage_whatever_its_name(ledger, tmp_path):
    """The name of one coding begins like that of another."""
    brought(ledger, "icews-tkg", written(tmp_path, "a.tsv", decoded(*ROWS)))
    found = brought(ledger, "icews", written(tmp_path, "a.tsv", icews(coded("2020-01-01", "Japan", "046", "Peru"))))

    assert found.change.gone == {}
    assert _phases(ledger)[TRACK] == "HELD"


def test_a_vintage_without_any_event_takes_all_of_its_file_back(ledger, tmp_path):
    brought(ledger, "icews-tkg", written(tmp_path, "a.tsv", decoded(*ROWS)))
    brought(ledger, "icews-tkg", written(tmp_path, "a.tsv", decoded()))

    assert set(_phases(ledger).values()) == {"IDLE"}


@pytest.mark.parametrize("known_at", ["2020-02-02", None])
def test_what_was_believed_before_a_vintage_can_still_be_asked(ledger, tmp_path, known_at):
    """A retraction is recorded when it is made, not on the day of the event."""
    brought(ledger, "icews-tkg", written(tmp_path, "a.tsv", decoded(*ROWS)))
    brought(ledger, "icews-tkg", written(tmp_path, "a.tsv", decoded(*ROWS[:2])))
    found = ask.status(ledger, TRACK, known_at=known_at, evidence="reported")

    assert found.phase == ("HELD" if known_at else "ACCEPTED")


_LABELS = (
    MEET,
    TALK,
    "Halt negotiations",
    "Make a visit",
    "Reject proposal to meet, discuss, or negotiate",
    "Sign formal agreement",
)
_PAIRS = ("Japan|{}|Kenya", "Kenya|{}|Japan", "Ministry (Kenya)|{}|Japan")
_vintage = st.lists(
    st.builds(
        lambda day, label, pair: f"2020-01-{day:02}|{pair.format(label)}",
        st.integers(1, 28),
        st.sampled_from(_LABELS),
        st.sampled_from(_PAIRS),
    ),
    max_size=12,
)


@given(st.lists(_vintage, min_size=2, max_size=4))
@example(
    [
        [f"2020-01-01|Kenya|{MEET}|Japan", f"2020-01-05|Japan|{MEET}|Kenya"],
        [f"2020-01-05|{pair.format(MEET)}" for pair in _PAIRS],
    ]
)
def test_after_any_vintages_the_status_is_that_of_the_last_one_alone(vintages):
    """Whatever was added, lost and returned on the way, also within a day."""
    with TemporaryDirectory() as folder:
        long, short = MemoryLedger(), MemoryLedger()
        for vintage in vintages:
            brought(long, "icews-tkg", written(Path(folder), "a.tsv", decoded(*vintage)))
        brought(short, "icews-tkg", Path(folder, "a.tsv"))

    assert _moves(long) == _moves(short)


def _moves(ledger):
    """What the fold takes, in its order."""
    if TRACK not in ledger.tracks():
        return []
    return [(step.event.id, step.after.phase) for step in ask.history(ledger, TRACK, evidence="reported")]
