"""The rules by which coded rows of two parties become events, one by one."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codings.given import brought, coded, icews, kinds, written
from diplostate.codings.background import QUIET_DAYS, Background
from diplostate.codings.bring import read_coded
from diplostate.codings.cameo import table
from diplostate.codings.dyads import Dyad, read
from diplostate.codings.rows import Row, Tally
from diplostate.ledger.memory import MemoryLedger
from diplostate.talks.events import Event
from diplostate.talks.fold import reduce

START = date(2020, 1, 1)


def row(day: int, by: str, code: str, *, actor: str = "", target: str = "", line: int = 0) -> Row:
    """A row between A and B on a day counted from the first of January 2020."""
    to = "B" if by == "A" else "A"
    day_ = (START + timedelta(days=day)).isoformat()
    return Row(day_, by, to, table()[code], code, actor or by, target or to, "invented.tab", line)


def both(day: int, code: str, **more: str) -> list[Row]:
    """A row and its mirrored twin."""
    return [row(day, "A", code, **more), row(day, "B", {"042": "043"}.get(code, code), **more)]


def events(*rows: Row, tally: Tally | None = None) -> list[Event]:
    dyad = Dyad(track="a-b", parties=("A", "B"), title="Invented", codebook="1.1b3", tally=tally or Tally())
    return read(dyad, rows)


def said(*rows: Row) -> list[str]:
    """The events as ``day symbol``, the day counted from the start."""
    return [f"{(event.day - START).days} {event.symbol}" for event in events(*rows) if event.kind != "described"]


# Noise.


def test_exact_repeats_count_once():
    tally = Tally()
    found = events(row(0, "A", "036"), row(0, "A", "036"), row(0, "A", "036"), tally=tally)

    assert len(found) == 2
    assert tally.merged["repeats a row of the day"] == 2


def test_mirrored_twins_are_one_meeting():
    tally = Tally()
    held = events(*both(0, "046"), tally=tally)[1]

    assert held.symbol == "held"
    assert tally.merged["the mirrored twin of a row"] == 1
    assert reduce([held], evidence="reported").rounds == 1


def test_a_visit_and_its_host_are_one_visit():
    tally = Tally()
    events(*both(0, "042"), tally=tally)

    assert (tally.merged["the mirrored twin of a row"], tally.codes["042", "noted"]) == (1, 1)


def test_reports_of_one_session_over_several_days_are_one_meeting():
    assert said(*both(0, "046"), *both(1, "046"), *both(3, "046"), *both(9, "046")) == ["0 held", "9 held"]


def test_a_restatement_within_a_week_adds_nothing():
    """After a week it is said again, and the fold knows it for a restatement."""
    assert said(row(0, "A", "036"), row(5, "A", "036"), row(20, "A", "036")) == ["0 proposed", "20 proposed"]
    assert len(reduce(events(row(0, "A", "036"), row(20, "A", "036")), evidence="reported").table) == 1


# 036 by context.


def test_036_is_a_proposal_where_nothing_is_open():
    (proposed,) = events(row(0, "A", "036"))[1:]

    assert (proposed.symbol, proposed.by, proposed.to) == ("proposed", "A", ("B",))


def test_036_answers_the_open_proposal_of_the_other_side():
    accepted = events(row(0, "A", "036"), row(9, "B", "036"))[2]

    assert (accepted.symbol, accepted.by, accepted.to) == ("accepted", "B", "A")


def test_036_from_both_sides_on_one_day_is_a_proposal_and_its_acceptance():
    assert said(row(0, "A", "036"), row(0, "B", "036")) == ["0 proposed", "0 accepted"]


def test_036_after_an_agreement_is_word_of_a_meeting_that_is_set():
    assert said(*both(0, "036"), row(3, "A", "036"), row(20, "A", "036")) == ["0 proposed", "0 accepted", "20 scheduled"]


def test_036_from_both_sides_sets_again_what_was_called_off():
    rows = (*both(0, "036"), row(20, "A", "036"), row(25, "A", "164"), *both(30, "036"))

    assert said(*rows)[2:] == ["20 scheduled", "25 stalled", "30 scheduled"]


def test_a_proposal_is_waited_for_as_long_as_talks_are_not_silent():
    late = QUIET_DAYS + 5

    assert said(row(0, "A", "036"), row(late, "B", "036")) == ["0 proposed", f"{late} proposed"]


# What counts only where there is something for it.


@pytest.mark.parametrize("code", ["160", "161"])
def test_breaking_off_counts_only_where_there_is_something_to_break_off(code):
    assert said(row(0, "A", code)) == []
    assert said(*both(0, "036"), row(5, "A", code))[-1] == "5 stalled"


def test_a_refusal_declines_the_open_proposal():
    assert said(row(0, "A", "036"), row(4, "B", "125")) == ["0 proposed", "4 declined"]


def test_a_refusal_tells_of_a_proposal_that_was_not_coded():
    described, proposed, declined = events(row(4, "B", "125"))

    assert (proposed.by, proposed.to, declined.by, declined.to) == ("A", ("B",), "B", "A")
    assert reduce([described, proposed, declined], evidence="reported").phase == "DECLINED"
    assert "not coded" in (proposed.note or "").lower()
    assert said(*both(0, "036"), row(4, "B", "125")) == ["0 proposed", "0 accepted", "4 stalled"]
    assert said(*both(0, "125")) == []


def test_a_plan_is_rejected_where_an_answer_is_owed():
    """Elsewhere talks go on all the same."""
    assert said(row(0, "A", "036"), row(4, "B", "127")) == ["0 proposed", "4 declined"]
    assert said(row(0, "A", "036"), row(4, "A", "127")) == ["0 proposed", "4 noted"]
    assert said(*both(0, "036"), row(4, "B", "127"))[-1] == "4 noted"


def test_a_refusal_by_the_proposer_is_no_answer():
    assert said(row(0, "A", "036"), row(4, "A", "125")) == ["0 proposed", "4 stalled"]


@pytest.mark.parametrize(
    ("before", "reason"),
    [([], "suspended"), (both(0, "036"), "cancelled"), (both(3, "046"), "collapsed"), (both(0, "046"), "suspended")],
)
def test_164_is_read_by_the_state_of_the_talks(before, reason):
    stalled = events(*before, row(4, "A", "164"))[-1]

    assert (stalled.symbol, stalled.reason, stalled.by) == ("stalled", reason, "A")


def test_a_halt_that_both_sides_are_said_to_make_is_nobodys():
    assert events(*both(0, "164"))[-1].by is None


def test_an_agreement_is_one_of_talks_that_are_under_way_and_no_others():
    held = events(*both(0, "046"), *both(9, "057"))[-1]

    assert (held.symbol, held.agreement) == ("held", "signed, on what is not coded")
    assert said(*both(0, "057")) == ["0 noted"]


def test_an_agreement_is_told_on_the_first_day_on_which_it_is_signed():
    """Also where that is not the first day of the session; what is said of it in the week after is a restatement."""
    signed = [row for day in (1, 2, 6) for actor in ("", "X") for row in both(day, "057", actor=actor)]
    found = [event for event in events(*both(0, "046"), *signed, *both(30, "057")) if event.symbol == "held"]

    told = [((event.day - START).days, event.agreement is not None) for event in found]
    assert told == [(0, False), (1, True), (6, False), (30, True)]


def test_where_meetings_outnumber_signatures_no_agreement_is_told():
    held = events(*both(0, "036"), *both(5, "046"), *both(5, "057"))[-1]

    assert ((held.day - START).days, held.symbol, held.agreement) == (5, "held", None)


def test_a_truce_is_an_agreement_only_where_both_sides_declare_it():
    assert said(*both(0, "046"), row(9, "A", "0871")) == ["0 held", "9 noted"]
    assert events(*both(0, "046"), *both(9, "0871"))[-1].agreement == "truce"


def test_a_visit_is_the_meeting_where_one_is_ahead():
    """Elsewhere it is contact."""
    assert said(*both(0, "042")) == ["0 noted"]
    assert said(row(0, "A", "036"), *both(9, "042")) == ["0 proposed", "9 held"]


def test_contact_is_noted_once_a_week_and_moves_nothing():
    found = events(*both(0, "040"), *both(3, "041"), *both(12, "040"))

    assert [event.symbol for event in found] == ["described", "noted", "noted"]
    assert reduce(found, evidence="reported").phase == "IDLE"


@pytest.mark.parametrize("code", ["026", "027", "028", "037", "107", "108", "134", "135", "139"])
def test_what_asks_others_to_meet_or_only_threatens_is_context(code):
    assert said(row(0, "A", code)) == ["0 noted"]


# Evidence that contradicts itself.


def test_the_order_of_rows_within_a_day_means_nothing():
    rows = [*both(0, "036"), row(5, "A", "036"), *both(5, "046"), row(5, "B", "164", actor="B1"), row(5, "B", "161")]
    expected = said(*rows)
    for seed in range(20):
        random.Random(seed).shuffle(rows)

        assert said(*rows) == expected


def _busy(days: int) -> list[Row]:
    """Talk of a meeting and reports of talks every day, as between governments that are in the news."""
    return [one for day in range(days) for one in (row(day, "A", "036"), row(day, "B", "036"), *both(day, "046"))]


def test_what_is_usual_between_two_parties_moves_nothing():
    found = said(*_busy(60))

    assert found[:2] == ["0 proposed", "0 accepted"]
    assert [event for event in found if int(event.split()[0]) > 7] == []


def test_a_burst_beyond_the_usual_outweighs_it():
    """Talk of a meeting goes on, on the day on which it is called off."""
    burst = [row(60, "A", code, actor=f"A{number}") for number, code in enumerate(("164", "164", "161", "125"))]

    assert said(*_busy(62), *burst)[-1] == "60 stalled"
    assert said(*both(0, "036"), *both(20, "046"), row(20, "A", "036"), row(20, "B", "036"))[-1] == "20 scheduled"


def test_reports_of_talks_are_word_of_those_to_come_unless_they_outnumber_it():
    ahead = both(0, "036")
    words = [row(30, "A", "036"), row(30, "B", "036")]

    assert said(*ahead, *words, *both(30, "046"), *both(30, "044"))[-1] == "30 scheduled"
    assert said(*ahead, *words, *both(30, "046"), *both(30, "044"), *both(30, "046", actor="X", target="Y"))[-1] == "30 held"


def test_a_row_means_less_where_there_are_many():
    quiet, busy = Background(), Background()
    for day in range(100):
        busy.weigh(day, {"held": 3})
    assert quiet.weigh(100, {"held": 1})
    assert not busy.weigh(100, {"held": 4})
    assert busy.weigh(101, {"held": 12})


# What holds for all rows.

_CODES = ("036", "038", "046", "044", "042", "043", "040", "057", "0871", "125", "161", "164", "127", "106")
_rows = st.lists(
    st.builds(row, st.integers(0, 150), st.sampled_from("AB"), st.sampled_from(_CODES), actor=st.sampled_from(("", "X"))),
    max_size=60,
)


@given(_rows)
def test_every_row_is_accounted_for_once(rows):
    """Each is merged, left out, or part of an event."""
    tally = Tally()
    events(*rows, tally=tally)

    assert sum(tally.merged.values()) + sum(tally.left.values()) + sum(tally.codes.values()) == len(rows)


@given(_rows, st.randoms(use_true_random=False))
def test_rows_mean_the_same_in_any_order(rows, chance):
    shuffled = list(rows)
    chance.shuffle(shuffled)

    assert said(*shuffled) == said(*rows)


@given(_rows, st.integers(0, 150))
def test_what_was_read_of_the_past_does_not_change_with_what_comes(rows, until):
    """So a day knows nothing of later ones, and a longer vintage only adds."""
    past = [one for one in rows if (date.fromisoformat(one.day) - START).days <= until]
    expected = [event for event in said(*rows) if int(event.split()[0]) <= until]

    assert said(*past) == expected


@given(_rows)
def test_what_is_imported_has_no_anomalies_and_ids_of_its_own(rows):
    """Answers are read only where there is a proposal to answer."""
    found = events(*rows)

    assert len({event.id for event in found}) == len(found)
    assert reduce(found, evidence="reported").anomalies == ()
    assert all(event.sources for event in found if event.kind != "described")


# Who takes part.


def _track_ids(tmp_path, *rows, **more):
    return sorted(read_coded("icews", [written(tmp_path, "a.tab", icews(*rows))], **more).tracks)


def test_persons_and_ministries_are_rolled_up_to_their_country(tmp_path):
    rows = (
        coded("2020-01-01", "Japan", "036", "Peru", Source_Name="Hanako Invented", Source_Sectors="Government,Executive"),
        coded("2020-01-05", "Japan", "046", "Peru", Target_Name="Ministry (Peru)", Target_Sectors="Government"),
    )

    assert _track_ids(tmp_path, *rows) == ["icews-jpn-per"]
    assert _track_ids(tmp_path, *rows, by="actor") == ["icews-hanako-invented-peru", "icews-japan-ministry-peru"]


def test_rows_without_a_country_are_left_out_and_counted(tmp_path):
    file = written(
        tmp_path, "a.tab", icews(coded("2020-01-01", "Japan", "036", "Peru", Target_Name="Somebody", Target_Country="NA"))
    )
    tally = read_coded("icews", [file]).tally

    assert tally.left["an actor of no known country"] == 1
    assert tally.strangers == {"Somebody": 1}


def test_those_who_speak_for_no_state_are_left_out(tmp_path):
    assert (
        _track_ids(
            tmp_path, coded("2020-01-01", "Japan", "036", "Peru", Source_Name="Student (Japan)", Source_Sectors="Social")
        )
        == []
    )


@pytest.mark.parametrize("name", ["European Union", "European Commission", "Hamas"])
def test_organisations_and_groups_that_negotiate_are_parties(tmp_path, name):
    assert len(_track_ids(tmp_path, coded("2020-01-01", "Japan", "036", name, Target_Country="NA"))) == 1


def test_two_names_of_a_country_are_one_party(tmp_path):
    rows = coded("2020-01-01", "Russia", "036", "Japan"), coded("2020-03-01", "Russian Federation", "046", "Japan")

    assert _track_ids(tmp_path, *rows) == ["icews-jpn-rus"]


# What is kept of a row.


def test_an_event_keeps_its_codes_its_codebook_and_its_rows(tmp_path):
    ledger = MemoryLedger()
    rows = icews(coded("2020-01-01", "Japan", "046", "Peru"), coded("2020-01-01", "Peru", "046", "Japan"))
    brought(ledger, "icews", written(tmp_path, "a.tab", rows))
    (source,) = ledger.event("icews-jpn-per/2020-01-01/held").sources

    assert source.note == "imported from ICEWS, CAMEO 1.1b3: 046 ×2; rows 2, 3 of a.tab"
    assert (source.outlet, source.attribution) == ("The Invented Times", "media")


def test_without_a_publisher_it_is_inferred(tmp_path):
    file = written(tmp_path, "a.tab", icews(coded("2020-01-01", "Japan", "046", "Peru", Publisher="NA")))
    (source,) = read_coded("icews", [file]).tracks["icews-jpn-per"][1].sources

    assert (source.outlet, source.attribution) == ("ICEWS", "inferred")


def test_what_was_outweighed_is_told_beside_the_event():
    held = events(*both(0, "046"), row(0, "A", "036"), *both(0, "040"))[-1]

    assert "Also that day: A 0" in (held.note or "")


def test_the_place_of_a_meeting_is_kept_where_all_rows_agree(tmp_path):
    place = {"City": "Lima", "Country": "Peru"}
    file = written(tmp_path, "a.tab", icews(coded("2020-01-01", "Japan", "046", "Peru", **place)))

    assert read_coded("icews", [file]).tracks["icews-jpn-per"][1].venue == "Lima, Peru"


def test_an_imported_event_was_known_at_the_end_of_its_day(tmp_path):
    ledger = MemoryLedger()
    brought(ledger, "icews", written(tmp_path, "a.tab", icews(coded("2020-01-01", "Japan", "046", "Peru"))))

    assert ledger.event("icews-jpn-per/2020-01-01/held").recorded.isoformat() == "2020-01-01T23:59:59+00:00"
    assert kinds(ledger, "icews-jpn-per") == ["2020-01-01 held"]
