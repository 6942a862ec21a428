"""The mapping table, and the codebooks that number otherwise."""

from __future__ import annotations

import pytest

from codings.given import brought, coded, decoded, gdelt, icews, kinds, written
from diplostate.cli import coded as cli
from diplostate.codings.bring import CODINGS, read_coded
from diplostate.codings.cameo import Codebook, Reading, codebooks, differences, table
from diplostate.errors import Invalid, InvalidLog
from diplostate.ledger.memory import MemoryLedger


def test_every_code_has_a_reason():
    assert len(table()) == 312
    assert [code.code for code in table().values() if not code.reason.endswith((".", ")"))] == []


def test_codes_are_texts_with_their_zeros():
    assert table()["010"] is not table()["10"]
    assert {len(code) for code in table()} == {2, 3, 4}


def test_whatever_has_to_do_with_talks_has_the_label_by_which_data_calls_it():
    silent = [code.code for code in table().values() if code.reads_as is not Reading.NONE and not code.label]

    assert silent == ["04"]  # the root of the family, which data without a kind is given


def test_the_words_of_the_command_are_those_of_the_codings():
    """They are written twice, so that the command starts without the codings."""
    assert tuple(CODINGS) == cli.CODINGS
    assert codebooks() == cli.CODEBOOKS
    assert {word for coding in CODINGS.values() for word in coding.groupings} == set(cli.GROUPINGS)


@pytest.mark.parametrize("row", differences(), ids=lambda row: f"{row.codebook}-{row.code}")
def test_a_code_that_another_codebook_numbers_otherwise_is_read_by_its_meaning(row):
    found = Codebook.named(row.codebook).codes[row.code]

    assert found.code == (row.known_as or row.code)
    assert found.reads_as is (table()[row.known_as].reads_as if row.known_as in table() else Reading.NONE)


def test_in_the_older_codebook_124_refuses_a_meeting(tmp_path):
    """And 163 halts negotiations: read by the table of 1.1b3 both would be lost."""
    refuse, halt = (
        coded("2020-01-02", "Peru", "125", "Japan", CAMEO_Code="124"),
        coded("2020-01-09", "Peru", "164", "Japan", CAMEO_Code="163"),
    )
    ledger = MemoryLedger()
    rows = icews(coded("2020-01-01", "Japan", "036", "Peru"), refuse, coded("2020-01-05", "Japan", "046", "Peru"), halt)
    brought(ledger, "icews", written(tmp_path, "a.tab", rows), codebook="older")

    assert kinds(ledger, "icews-jpn-per") == [
        "2020-01-01 proposed",
        "2020-01-02 declined",
        "2020-01-05 held",
        "2020-01-09 stalled",
    ]
    assert "CAMEO older: 124" in ledger.event("icews-jpn-per/2020-01-02/declined/PER").sources[0].note


def test_a_file_of_the_other_codebook_is_refused_with_its_lines(tmp_path):
    rows = icews(coded("2020-01-01", "Japan", "036", "Peru"), coded("2020-01-02", "Peru", "125", "Japan", CAMEO_Code="124"))
    with pytest.raises(
        InvalidLog, match=r"a.tab:3:1: code '124' stands beside 'Reject proposal.*125 in CAMEO 1.1b3.*--codebook older"
    ):
        read_coded("icews", [written(tmp_path, "a.tab", rows)])


def test_a_file_of_1_1b3_is_refused_where_the_older_codebook_is_named(tmp_path):
    rows = icews(coded("2020-01-02", "Peru", "125", "Japan"))
    with pytest.raises(InvalidLog, match=r"a.tab:2:1: code '125'.*--codebook 1.1b3"):
        read_coded("icews", [written(tmp_path, "a.tab", rows)], codebook="older")


def test_a_label_that_belongs_to_no_code_about_talks_is_refused_beside_one(tmp_path):
    rows = icews(coded("2020-01-02", "Peru", "164", "Japan", Event_Text="Expel or withdraw, not specified below"))
    with pytest.raises(InvalidLog, match="code '164' stands beside 'Expel"):
        read_coded("icews", [written(tmp_path, "a.tab", rows)])


def test_codes_on_which_gdelt_and_its_codebook_disagree_are_not_read(tmp_path):
    rows = "".join(gdelt("20200101", "JPN", code, "PER") for code in ("105", "106", "107", "108"))
    found = read_coded("gdelt", [written(tmp_path, "a.csv", rows)])

    assert found.tracks == {}
    assert found.tally.left["not about talks"] == 4


def test_a_codebook_that_nobody_knows_is_told_with_the_nearest(tmp_path):
    with pytest.raises(Invalid, match="did you mean 'older'"):
        read_coded("icews", [written(tmp_path, "a.tab", icews())], codebook="olden")


def test_mend_is_not_coded_by_cameo(tmp_path):
    with pytest.raises(Invalid, match="leave out the codebook"):
        read_coded("mend", [written(tmp_path, "a.csv", "")], codebook="1.1b3")


def test_relations_of_a_decoded_benchmark_are_known_by_their_labels(tmp_path):
    rows = decoded(
        "2020-01-01|Japan|Meet at a 'third' location|Peru",
        "2020-01-01|Japan|Consult|Chad",
        "2020-01-02|Japan|Praise or endorse|Peru",
    )
    found = read_coded("icews-tkg", [written(tmp_path, "a.tsv", rows)])

    assert [event.kind for event in found.tracks["icews-tkg-jpn-per"]] == ["described", "held"]
    assert [event.kind for event in found.tracks["icews-tkg-jpn-tcd"]] == ["described", "noted"]
    assert found.tally.left["not about talks"] == 1
