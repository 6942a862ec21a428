"""MEND: meetings of mediators, by conflict and process."""

from __future__ import annotations

import pytest

from codings.given import brought, mediated, mend, written
from diplostate.codings.bring import read_coded
from diplostate.errors import Invalid
from diplostate.ledger.memory import MemoryLedger
from diplostate.talks.fold import reduce

PROCESS = {"groupings_mechanisms": "Lake Process"}


def _read(tmp_path, *rows, name="mend_2025.csv", **more):
    return read_coded("mend", [written(tmp_path, name, mend(*rows))], **more)


def _only(tmp_path, *rows):
    (track,) = _read(tmp_path, *rows).tracks.values()
    return track


def test_a_process_is_a_track_and_what_has_none_is_the_conflict(tmp_path):
    found = _read(tmp_path, mediated("RUR1", "2025-1-2", **PROCESS), mediated("RUR2", "2025-1-9"))

    assert list(found.tracks) == ["mend-ruritania", "mend-ruritania-lake-process"]
    assert found.tracks["mend-ruritania-lake-process"][0].title == "Ruritania: Lake Process, as coded by MEND"


def test_all_of_a_conflict_can_be_one_track(tmp_path):
    found = _read(tmp_path, mediated("RUR1", "2025-1-2", **PROCESS), mediated("RUR2", "2025-1-9"), by="conflict")

    assert list(found.tracks) == ["mend-ruritania"]


def test_a_meeting_of_two_processes_is_in_both(tmp_path):
    found = _read(tmp_path, mediated("RUR1", "2025-1-2", groupings_mechanisms="Lake Process; QUAD"))

    assert [[event.kind for event in track] for track in found.tracks.values()] == [["described", "held"]] * 2


def test_mediators_and_parties_have_their_roles(tmp_path):
    described = _only(tmp_path, mediated("RUR1", "2025-1-2"))[0]

    assert {party.code: str(party.role) for party in described.parties} == {
        "NOR": "mediator",
        "REDS": "principal",
        "BLUES": "principal",
    }


@pytest.mark.parametrize(("kind", "expected"), [("M", "held"), ("MR", "noted"), ("I", "noted")])
def test_only_mediation_is_a_meeting(tmp_path, kind, expected):
    """What is related to it, such as mediators among themselves, is context."""
    assert _only(tmp_path, mediated("RUR1", "2025-1-2", med_type=kind))[1].kind == expected


def test_mediation_without_any_party_is_no_meeting(tmp_path):
    assert _only(tmp_path, mediated("RUR1", "2025-1-2", local_parties=""))[1].kind == "noted"


@pytest.mark.parametrize(("day", "expected"), [("2025-1-2", "2025-01-02"), ("2025-1-", "2025-01-XX"), ("2025--", "2025-XX-XX")])
def test_an_unknown_day_stays_unknown(tmp_path, day, expected):
    assert str(_only(tmp_path, mediated("RUR1", day))[1].occurred) == expected


def test_a_day_that_cannot_be_is_left_open_with_a_warning(tmp_path):
    found = _read(tmp_path, mediated("RUR1", "2025-2-30"))

    assert str(found.tracks["mend-ruritania"][1].occurred) == "2025-02-XX"
    assert [fault.line for fault in found.tally.warnings] == [2]


def test_rows_of_one_meeting_with_several_parties_are_one_meeting(tmp_path):
    rows = [
        mediated(f"RUR{number}", "2025-1-2", local_parties=party, Summary="A visit.")
        for number, party in enumerate(("Reds", "Blues"))
    ]
    held = _only(tmp_path, *rows)

    assert [event.kind for event in held] == ["described", "held"]
    assert "Parties: Reds, Blues." in held[1].note
    assert reduce(held, evidence="reported").rounds == 1


def test_every_row_is_accounted_for_once(tmp_path):
    """A row that tells of the same meeting as another one is merged with it, and is no event."""
    rows = [
        mediated(f"RUR{number}", "2025-1-2", local_parties=party, Summary="A visit.")
        for number, party in enumerate(("Reds", "Blues"))
    ]
    tally = _read(tmp_path, *rows).tally

    assert (tally.read, tally.merged.total(), tally.left.total()) == (2, 1, 0)
    assert tally.codes == {("M", "held"): 1}


def test_an_agreement_is_named(tmp_path):
    held = _only(tmp_path, mediated("RUR1", "2025-1-2", agmt="1", agmt_name="Accord of the Lake\n"))[1]

    assert held.agreement == "Accord of the Lake"


def test_place_and_unknown_place(tmp_path):
    place, code = "med_location - MULTISELECT", "med_loc_cty"

    assert _only(tmp_path, mediated("RUR1", "2025-1-2", **{place: "Oslo", code: "NOR"}))[1].venue == "Oslo, Norway"
    assert _only(tmp_path, mediated("RUR1", "2025-1-2", **{place: "unknown"}))[1].venue is None


def test_every_address_is_a_source_and_what_is_none_is_left_out(tmp_path):
    urls = "https://a.example/x;y;https://b.example/z; LINK"
    sources = _only(tmp_path, mediated("RUR1", "2025-1-2", source_urls=urls))[1].sources

    assert [source.url for source in sources] == ["https://a.example/x;y", "https://b.example/z"]
    assert sources[0].note == "imported from MEND: RUR1; row 2 of mend_2025.csv"


def test_rows_that_hold_nothing_but_an_id_are_counted(tmp_path):
    found = _read(tmp_path, mediated("RUR1", "2025-1-2"), {"med_event_ID": "RUR2"})

    assert found.tally.left == {"empty but for its id": 1}


def test_a_corrected_row_takes_the_place_of_the_earlier_one(tmp_path):
    """Under another name too, for vintages are named by their day."""
    ledger = MemoryLedger()
    rows = [mediated(f"RUR{number}", f"2025-1-{number}") for number in range(1, 9)]
    brought(ledger, "mend", written(tmp_path, "mend_2025-06-30.csv", mend(*rows)))
    rows[3] = mediated("RUR4", "2025-1-20")
    found = brought(ledger, "mend", written(tmp_path, "mend_2025-12-31.csv", mend(*rows)))

    assert [len(events) for kind in (found.change.new, found.change.gone) for events in kind.values()] == [1, 1]
    assert reduce(ledger.events("mend-ruritania"), evidence="reported").rounds == 8


def test_a_grouping_that_mend_does_not_have_is_refused(tmp_path):
    with pytest.raises(Invalid, match="grouping of mend 'country' is not known: name process or conflict"):
        _read(tmp_path, by="country")
