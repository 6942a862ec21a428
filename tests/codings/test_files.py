"""Files as they come: packed, damaged, of another kind."""

from __future__ import annotations

import gzip
import zipfile

import pytest

from codings.given import coded, decoded, gdelt, icews, mediated, mend, written
from diplostate.codings.bring import read_coded
from diplostate.errors import InvalidLog, LedgerError

ROW = coded("2020-01-01", "Japan", "046", "Peru")


def _tracks(coding, *files):
    return list(read_coded(coding, files).tracks)


def test_a_gzipped_file_is_read(tmp_path):
    (tmp_path / "a.tab.gz").write_bytes(gzip.compress(icews(ROW).encode()))

    assert _tracks("icews", tmp_path / "a.tab.gz") == ["icews-jpn-per"]


def test_a_zipped_file_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("inside/a.tab", icews(ROW))

    assert _tracks("icews", tmp_path / "a.zip") == ["icews-jpn-per"]


def test_a_decoded_benchmark_without_a_header_is_read(tmp_path):
    """With the day at last, as several benchmarks are published; rows are counted from the first line."""
    bare = "Japan\tEngage in negotiation\tPeru\t2020-01-01\nPeru\tEngage in negotiation\tJapan\t2020-01-01\n"
    named = decoded("2020-01-01|Japan|Engage in negotiation|Peru", "2020-01-01|Peru|Engage in negotiation|Japan")
    (without,), (with_,) = (
        read_coded("icews-tkg", [written(tmp_path, name, text)]).tracks.values() for name, text in (("a", bare), ("b", named))
    )

    assert [(event.kind, event.occurred) for event in without] == [(event.kind, event.occurred) for event in with_]
    assert without[1].sources[0].note == "imported from ICEWS, CAMEO 1.1b3: 046 ×2; rows 1, 2 of a"


def test_a_zip_archive_with_several_files_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.tab", icews(ROW))
        archive.writestr("b.tab", icews(ROW))
    with pytest.raises(InvalidLog, match=r"a.zip: holds 2 files"):
        _tracks("icews", tmp_path / "a.zip")


@pytest.mark.parametrize("name", ["a.tab.gz", "a.zip"])
def test_a_damaged_archive_is_refused(tmp_path, name):
    packed = gzip.compress(icews(ROW).encode() * 50)
    (tmp_path / name).write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InvalidLog, match=f"{name}: is damaged"):
        _tracks("icews", tmp_path / name)


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        ((b"PK\x03\x04", 6, b"PK\x01\x02", 8), 1, "is encrypted"),
        ((b"PK\x03\x04", 8, b"PK\x01\x02", 10), 9, "is packed by another method than deflate"),
    ],
)
def test_an_archive_that_cannot_be_unpacked_is_refused(tmp_path, place, value, problem):
    """Some tools pack what is larger than 2 GB by deflate64, which has the number 9."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.tab", icews(ROW))
    packed = bytearray((tmp_path / "a.zip").read_bytes())
    for mark, offset in (place[:2], place[2:]):
        packed[packed.find(mark) + offset] = value
    (tmp_path / "a.zip").write_bytes(packed)
    with pytest.raises(InvalidLog, match=f"a.zip: {problem}: unpack it, and name the file"):
        _tracks("icews", tmp_path / "a.zip")


@pytest.mark.parametrize("coding", ["icews", "icews-tkg", "mend"])
def test_an_empty_file_is_called_empty(tmp_path, coding):
    with pytest.raises(InvalidLog, match=r"a.tab:1:1: is empty: .* with (a|the) header"):
        _tracks(coding, written(tmp_path, "a.tab", ""))


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(LedgerError, match="cannot be read"):
        _tracks("icews", tmp_path / "nothing.tab")


def test_lines_that_are_not_utf8_are_named(tmp_path):
    text = icews(ROW, coded("2020-01-02", "Japan", "046", "Peru", Publisher="Gazeta do Povó"))
    (tmp_path / "a.tab").write_bytes(text.encode("latin1"))
    with pytest.raises(InvalidLog, match=r"a.tab:3:.*is not UTF-8: convert"):
        _tracks("icews", tmp_path / "a.tab")


def test_a_damaged_archive_of_another_encoding_is_damaged_first(tmp_path):
    text = icews(*(coded(f"20{year}-01-02", f"Jap\xe0n {year}", "046", "Peru") for year in range(10, 99)))
    packed = gzip.compress(text.encode("latin1") * 50)
    (tmp_path / "a.tab.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InvalidLog, match=r"a.tab.gz: is damaged"):
        _tracks("icews", tmp_path / "a.tab.gz")


def test_a_file_in_utf16_is_called_so(tmp_path):
    (tmp_path / "a.tab").write_bytes(icews(ROW).encode("utf-16"))
    with pytest.raises(InvalidLog, match=r"a.tab: is UTF-16: convert .* -f utf-16"):
        _tracks("icews", tmp_path / "a.tab")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert _tracks("icews", written(tmp_path, "a.tab", "\ufeff" + icews(ROW))) == ["icews-jpn-per"]


def test_lines_with_a_wrong_number_of_cells_are_all_named(tmp_path):
    good, *rest = icews(ROW, ROW, ROW).splitlines()
    text = "\n".join([good, rest[0], rest[1].rpartition("\t")[0], rest[2] + "\tmore", ""])
    with pytest.raises(InvalidLog) as caught:
        _tracks("icews", written(tmp_path, "a.tab", text))

    assert [(fault.line, fault.message[:12]) for fault in caught.value.faults] == [(3, "has 19 cells"), (4, "has 21 cells")]


def test_after_many_faults_the_rest_is_counted(tmp_path):
    with pytest.raises(InvalidLog, match="and 10 more lines with faults") as caught:
        _tracks("icews", written(tmp_path, "a.tab", icews() + "damaged\n" * 30))

    assert len(caught.value.faults) == 21


def test_the_faults_of_all_files_are_told_together(tmp_path):
    first, second = (written(tmp_path, name, icews() + "damaged\n") for name in ("a.tab", "b.tab"))
    with pytest.raises(InvalidLog, match=r"(?s)a.tab:2.*b.tab:2"):
        _tracks("icews", first, second)


@pytest.mark.parametrize("code", ["36", "46", "57"])
def test_lost_leading_zeros_are_refused_with_the_line(tmp_path, code):
    with pytest.raises(InvalidLog, match=rf"a.tab:2:1: code '{code}' has lost its leading zero \(0{code}\)"):
        _tracks("icews", written(tmp_path, "a.tab", icews(coded("2020-01-01", "Japan", "046", "Peru", CAMEO_Code=code))))


def test_a_code_of_no_codebook_is_left_out_with_a_warning(tmp_path):
    """ICEWS has some, such as 13y."""
    found = read_coded("icews", [written(tmp_path, "a.tab", icews(coded("2020-01-01", "Japan", "13y", "Peru"), ROW))])

    assert [str(fault) for fault in found.tally.warnings] == ["a.tab:2:1: code '13y' is in no codebook: its rows are left out"]
    assert found.tally.left["a code that is in no codebook"] == 1


@pytest.mark.parametrize("day", ["2020-02-30", "02/03/2020", "", "20200203"])
def test_what_is_no_day_is_refused_with_the_line(tmp_path, day):
    with pytest.raises(InvalidLog, match=r"a.tab:2:1: .* is no day"):
        _tracks("icews", written(tmp_path, "a.tab", icews(coded(day, "Japan", "046", "Peru"))))


@pytest.mark.parametrize(
    ("coding", "text"),
    [
        ("icews", decoded()),
        ("icews-tkg", icews()),
        ("mend", icews()),
        ("gdelt", mend()),
        ("icews", gdelt("20200101", "JPN", "046", "PER")),
    ],
)
def test_a_file_of_another_coding_is_refused(tmp_path, coding, text):
    with pytest.raises(InvalidLog, match=r"a.txt:1:1: has (no column|\d+ cells?,)"):
        _tracks(coding, written(tmp_path, "a.txt", text))


def test_versions_of_gdelt_in_one_file_are_read_each_by_its_width(tmp_path):
    text = "".join(
        gdelt("20200101", "JPN", "046", other, version=version) for other, version in (("PER", 57), ("KEN", 58), ("GHA", 61))
    )
    found = read_coded("gdelt", [written(tmp_path, "a.csv", text)])

    assert list(found.tracks) == ["gdelt-gha-jpn", "gdelt-jpn-ken", "gdelt-jpn-per"]
    assert [fault.line for fault in found.tally.warnings] == [2, 3]


def test_a_line_of_gdelt_of_no_version_is_refused(tmp_path):
    with pytest.raises(InvalidLog, match=r"a.csv:2:1: has 60 cells, not 57, 58"):
        _tracks(
            "gdelt",
            written(
                tmp_path, "a.csv", gdelt("20200101", "JPN", "046", "PER") + gdelt("20200101", "JPN", "046", "PER", version=60)
            ),
        )


def test_a_damaged_row_of_mend_is_named_by_the_line_where_it_begins(tmp_path):
    text = mend(mediated("RUR1", "2020-1-2", Summary="Two\nlines")) + "RUR2,Ruritania\n"
    with pytest.raises(InvalidLog, match=r"a.csv:4:1: has 2 cells, not 18"):
        _tracks("mend", written(tmp_path, "a.csv", text))


def test_a_quote_that_never_ends_is_refused(tmp_path):
    with pytest.raises(InvalidLog, match=r"a.csv:2:1: is no comma-separated table"):
        _tracks("mend", written(tmp_path, "a.csv", mend() + '"RUR2,Ruritania\n'))
