"""Log files: what may be left out, what is read as it stands, what is written, and how much is read at all."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from support import ROOT, require

from diplostate.errors import Fault, Invalid, InvalidLog, LedgerError
from diplostate.ledger import jsonl_log, logfile, yaml_log, yaml_nodes
from diplostate.ledger.codec import content_id
from diplostate.ledger.logfile import Log, read_log, scan, write_jsonl, write_yaml
from diplostate.talks.events import Described, Event, Held, Link, Noted, Party, Proposed, Retracted, Scheduled
from diplostate.talks.fold import reduce
from diplostate.talks.sources import Source

CASES = ("col-farc-havana", "eth-tplf-pretoria", "jcpoa-vienna-2021-22", "ukr-rus-istanbul-2025", "usa-irn-2025")
HEAD = "diplostate: 1\ntrack: t\n"
HELD = "  - held: 2025-07-23\n    sources: [{outlet: A, attribution: media}]\n"
SOURCES = (Source(attribution="media", outlet="A"),)


def read(text, name="log.yaml") -> Log:
    return read_log((name, text.encode() if isinstance(text, str) else text))


def faults_of(text, name="log.yaml"):
    with pytest.raises(InvalidLog) as error:
        read(text, name)
    return [str(fault) for fault in error.value.faults]


# Real logs


@pytest.mark.parametrize("name", CASES)
def test_coded_negotiations_come_to_the_expected_statuses(name):
    """At every date, on both axes, on every evidence; and the same by way of JSON Lines and of YAML written anew."""
    folder = require("shared") / "cases"
    log = read_log(folder / f"{name}.yaml")
    rows = json.loads((folder / f"{name}.expected.json").read_text("utf-8"))

    for row in rows:
        status = reduce(log.events, as_of=row["as_of"], known_at=row["known_at"], evidence=row["evidence"])
        got = {
            "phase": status.phase,
            "awaiting": list(status.awaiting),
            "rounds": status.rounds,
            "since": status.since and str(status.since),
            "asked": status.asked and str(status.asked),
        }
        assert got == {field: row[field] for field in got}, row
    assert log.warnings == ()
    assert read("".join(write_jsonl(log.events)), "log.jsonl").events == log.events
    assert read(write_yaml(log.events)).events == log.events


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_seeds_are_read_without_a_warning(path):
    """What the product ships is what it asks of others."""
    log = read_log(str(path))

    assert log.events[0].kind == "described"
    assert {event.track for event in log.events} == {path.stem}
    assert log.warnings == ()


# What may be left out of YAML


def test_an_event_without_id_or_recording_gets_both():
    """The id is made from its content; it counts as recorded at the end of the day on which it was published, or occurred."""
    published = HELD.replace("media", "media, published: 2025-07-25")
    first, second = read(HEAD + "events:\n" + HELD + published.replace("23", "22")).events

    assert first.id == content_id(first)
    assert f"{first.recorded:%F %T}" == "2025-07-23 23:59:59"
    assert f"{second.recorded:%F %T}" == "2025-07-25 23:59:59"
    assert (first.version, first.position) == (None, None)


def test_a_head_is_a_description_as_old_as_the_oldest_event():
    """What the head does not say of itself is taken from the events."""
    head, held, noted = read(HEAD + "title: Talks\nevents:\n" + HELD + "  - noted: ../2025-07-20\n    text: x\n").events

    assert head == attrs.evolve(
        Described(track="t", occurred="2025-07-20", title="Talks", recorded=noted.recorded), id=content_id(head)
    )
    assert (held.kind, noted.kind) == ("held", "noted")


def test_a_head_may_say_everything_of_itself():
    """Then it needs no events."""
    (head,) = read(
        HEAD
        + "title: Talks\ndescribed: 2025-07\nid: head\nrecorded: 2025-08-01T00:00:00Z\nparties: []\n"
        + "links: [{prepares: u}]\nnote: n\nsources: [{outlet: A, attribution: media}]\nevents: []\n"
    ).events

    assert head == Described(
        track="t",
        occurred="2025-07",
        id="head",
        recorded=head.recorded,
        title="Talks",
        parties=(),
        links=[Link("prepares", "u")],
        note="n",
        sources=SOURCES,
    )


def test_a_head_without_a_description_is_no_event():
    """A track that nobody described."""
    assert [event.kind for event in read(HEAD + "events:\n" + HELD).events] == ["held"]


# What is read as it stands


def test_values_are_texts_whatever_they_look_like():
    """Norway stays Norway, and half past twelve stays a time."""
    text = """
diplostate: 1
track: "1.10"
title: no
parties: [{code: NO, name: on}, {code: "1E3", name: 0x1F}]
events:
  - scheduled: 2025-07-21
    on: 2025
    venue: 12:30
    round: 3
    note: "null"
    sources:
      - {outlet: true, speaker: 007, attribution: official, speaks_for: NO, note: '~'}
      - outlet: >
          Folded
          text
        speaker: |
          Literal
          text
        attribution: media
"""
    head, scheduled = read(text).events

    assert (head.track, head.title) == ("1.10", "no")
    assert head.parties == (Party(code="NO", name="on"), Party(code="1E3", name="0x1F"))
    assert (str(scheduled.on), scheduled.venue, scheduled.round, scheduled.note) == ("2025", "12:30", 3, "null")
    assert scheduled.sources == (
        Source(outlet="true", speaker="007", attribution="official", speaks_for="NO", note="~"),
        Source(outlet="Folded text\n", speaker="Literal\ntext\n", attribution="media"),
    )


def test_fields_stand_in_any_order():
    """The kind and its date are somewhere in the block, and the head may follow the events."""
    text = "events:\n  - by: UKR\n    to: [RUS]\n    sources: [{attribution: media, outlet: A}]\n    proposed: 2025-07-19\n"

    assert read(text + "track: t\ndiplostate: 1\n").events[0].kind == "proposed"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: b"%YAML 1.2\n---\n" + text.encode() + b"...\n",
        lambda text: text.replace("\n", "  # said\n").encode(),
    ],
    ids=["byte order mark", "CRLF", "CR", "no last line end", "document marks", "comments"],
)
def test_editors_may_save_yaml_as_they_like(change):
    """It says the same."""
    text = HEAD + "title: Türkiye\nevents:\n" + HELD

    assert read(change(text)).events == read(text).events


def test_lines_of_json_may_be_spaced_and_separated_as_one_likes():
    """With a byte order mark, with CRLF, with blank lines, without the last line end."""
    lines = list(write_jsonl(read(HEAD + "title: Türkiye\nevents:\n" + HELD).events))
    loose = "\ufeff" + "\r\n \r\n".join(json.dumps(json.loads(line), indent=None, separators=(" , ", " : ")) for line in lines)

    assert read(loose, "log.jsonl") == read("".join(lines), "log.jsonl")


def test_json_lines_hold_many_tracks_and_each_place():
    """Version and position are kept where they are given."""
    record = [
        Held(track=track, occurred="2025-07-23", sources=SOURCES, id=f"{track}{version}", version=version, position=position)
        for track, version, position in (("t", 4, 11), ("u", 1, 12), ("t", 5, 20))
    ]
    events = read("".join(write_jsonl(record)), "log.jsonl").events

    assert [(event.track, event.version, event.position) for event in events] == [("t", 4, 11), ("u", 1, 12), ("t", 5, 20)]


def test_a_line_without_id_and_recording_gets_both():
    """As in YAML; the hash is that of what the line says."""
    bare = Held(track="t", occurred="2025-07-23", sources=SOURCES)
    (event,) = read("".join(write_jsonl([bare])), "log.jsonl").events

    assert event == attrs.evolve(bare, id=content_id(bare), recorded=bare.known)


def test_after_a_line_with_faults_any_version_may_follow():
    """One fault, not two."""
    lines = list(write_jsonl(_versions(1, 2, 3)))
    lines[1] = lines[1].replace("held", "hold")

    assert [fault.split(": ")[0] for fault in faults_of("".join(lines), "log.jsonl")] == ["log.jsonl:2:24"]


def _versions(*versions):
    for version in versions:
        yield Held(track="t", occurred=f"2025-07-{version + 10}", sources=SOURCES, version=version)


# Judged as a record


def test_warnings_do_not_keep_a_log_from_being_read():
    """They come with the place of what is most likely a slip."""
    text = HEAD + "events:\n  - scheduled: 2025-07-21\n    sources: [{outlet: A, attribution: media}]\n"
    (warning,) = read(text).warnings

    assert str(warning) == "log.yaml:4:5: a meeting is set, but 'on' does not say for when"
    assert warning.severity == "warning"


def test_parties_are_those_declared_last():
    """A later description counts from its place on, and no longer once it is retracted."""
    absent = HELD + "    absent: [POL]\n"
    told = HEAD + "parties: [{code: UKR}]\nid: head\nevents:\n"
    declare = "  - described: 2025-07-23\n    id: more\n    parties: [{code: UKR}, {code: POL}]\n"
    retract = "  - retracted: 2025-07-23\n    retracts: more\n"
    again = absent.replace("07-23", "07-24")
    undeclared = "party 'POL' is not declared in 'parties'"

    assert faults_of(told + absent + declare + again) == [f"log.yaml:8:14: {undeclared}"]
    assert faults_of(told + declare + absent + retract + again) == [f"log.yaml:16:14: {undeclared}"]
    assert len(read(told + declare + absent + "  - retracted: 2025-07-24\n    retracts: head\n" + again).events) == 5


def test_nobody_is_blamed_for_what_names_an_event_with_faults():
    """The event is told of once; that it was retracted, or declared a party, is not held against those behind it."""
    broken = HEAD + "parties: [{code: UKR, role: x}]\nevents:\n" + HELD + "    id: first\n    round: one\n    absent: [POL]\n"
    text = (
        broken
        + "  - retracted: 2025-07-23\n    retracts: first\n  - retracted: 2025-07-23\n    retracts: second\n    id: second\n"
    )

    assert [fault.split(": ")[0] for fault in faults_of(text)] == ["log.yaml:3:29", "log.yaml:8:12", "log.yaml:13:15"]


def test_a_description_with_faults_declares_nobody():
    """Whether a party is declared cannot be said then."""
    text = HEAD + "parties: [{code: ukr}]\nevents:\n" + HELD + "    absent: [POL]\n"

    assert [fault.split(": ")[0] for fault in faults_of(text)] == ["log.yaml:3:18"]


# How much is read


def test_all_faults_are_told_at_once_up_to_a_limit():
    """A thousand, and that there are more."""
    faults = faults_of("{}\n" * 1_200, "log.jsonl")

    assert len(faults) == 1_001
    assert faults[999].startswith("log.jsonl:1000:1: does not say the version")
    assert faults[1_000] == "log.jsonl: and more: the first 1000 faults are shown"


def test_a_huge_file_is_not_read(monkeypatch):
    """In YAML the whole file counts."""
    monkeypatch.setattr(yaml_log, "MOST_BYTES", 2**20)

    assert faults_of(HEAD + "#" * 2**20) == ["log.yaml: is larger than 1 MiB: split it, or write it as JSON Lines"]


def test_a_huge_line_is_not_read(monkeypatch):
    """In JSON Lines every line counts, and files are as long as they like."""
    monkeypatch.setattr(jsonl_log, "LONGEST_LINE", 2**20)
    lines = "".join(write_jsonl(_versions(1)))

    assert faults_of(lines + " " * 2**20 + "\n" + lines, "log.jsonl") == ["log.jsonl:2:1: is longer than 1 MiB, as no event is"]


def test_a_file_of_too_many_values_is_not_read(monkeypatch):
    """A log of that length is none for people."""
    monkeypatch.setattr(yaml_nodes, "MOST_VALUES", 8)

    assert faults_of(HEAD + "events: [\n" + "x,\n" * 9 + "]") == [
        "log.yaml:5:1: is the value 9 of this file: write so long a log as JSON Lines"
    ]


_HOSTILE = {
    "anchors.yaml": HEAD + "events: [" + "&a x,\n" * 50_000 + "]",
    "events.yaml": HEAD + "events: [" + "x,\n" * 50_000 + "]",
    "parties.yaml": HEAD + "parties: [" + "x,\n" * 50_000 + "]",
    "characters.yaml": HEAD + "title: " + "\x07" * 5_000_000,
    "names.jsonl": '{"diplostate":1,"kind":"held",' + ",".join(f'"x{n}":1' for n in range(50_000)) + "}\n",
    "repeated.jsonl": '{"diplostate":1,' + ",".join(f'"x{n % 25_000}":1' for n in range(50_000)) + "}\n",
    "list.jsonl": '{"diplostate":1,"kind":"held","sources":[' + ",".join("1" * 50_000) + "]}\n",
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_a_hostile_log_is_refused_without_reading_all_that_is_wrong_with_it(name):
    """Neither memory nor patience is used up."""
    faults = faults_of(_HOSTILE[name], name)

    assert len(faults) == 1_001
    assert faults[-1] == f"{name}: and more: the first 1000 faults are shown"


def test_messages_quote_no_more_than_a_part_of_what_is_long():
    """And make visible what cannot be printed."""
    (fault,) = faults_of(HEAD + '"\\e' + "x" * 900 + '": y\nevents:\n' + HELD)

    assert fault.startswith(f"log.yaml:3:1: '\\x1b{'x' * 56}...' is no field of the head: it has ")


def test_json_lines_are_read_as_a_stream(tmp_path):
    """The first event is there before the last line was read."""
    path = tmp_path / "log.jsonl"
    path.write_text("".join(write_jsonl(_versions(1, 2))) + "{", "utf-8")
    found = scan(path)

    assert isinstance(next(found), Event)
    assert isinstance(next(found), Event)
    assert str(next(found)).startswith(f"{path}:3:2: the line ends before its event does")
    assert list(found) == []


def test_a_log_that_is_not_there_is_an_error_of_its_place(tmp_path):
    """Nobody's log is at fault."""
    with pytest.raises(LedgerError, match=r"none\.yaml cannot be read .*: check the path and its permissions"):
        read_log(tmp_path / "none.yaml")
    with pytest.raises(LedgerError, match="cannot be read"):
        read_log(_folder(tmp_path / "folder.jsonl"))


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_a_form_is_known_by_the_name():
    """In capitals too."""
    text = HEAD + "events:\n" + HELD

    assert read(text, "LOG.YML") == read(text)
    assert faults_of(text, "log.txt") == ["log.txt: is no log: its name ends with none of .yaml, .yml, .jsonl"]


# What is written


def test_yaml_is_written_for_people():
    """The kind first with its date, short lists on their line, long texts folded, how we know last."""
    source = Source(outlet="Office of the President", speaker="Volodymyr Zelensky", attribution="official", speaks_for="UKR")
    record = [
        Described(
            track="t",
            occurred="2025-07-19",
            id="head",
            recorded=Held(track="t", occurred="2025-07-19").known,
            title="Talks: the next round",
            parties=[Party(code="UKR", name="Ukraine"), Party(code="TUR", name="Türkiye", role="host"), Party(code="RUS")],
            links=[Link("prepares", "leaders")],
        ),
        Proposed(
            track="t",
            occurred="2025-07-19",
            by="UKR",
            to=["RUS"],
            round=3,
            tier="1.5",
            window="2025-07-21/..",
            agenda=["return of prisoners of war", "return of children taken to Russia", "- and more"],
            note="A long text is folded at the width of a page, " + "word after word, " * 6 + "to its end.",
            sources=[source],
            version=7,
            position=9,
        ),
        Scheduled(
            track="t",
            occurred="2025-07-21",
            heads={"UKR": "Rustem Umerov", "RUS": "Vladimir Medinsky"},
            note="One line\nand another\n",
            sources=[source, attrs.evolve(source, note="to the country's ambassadors, " * 3 + "in Kyiv")],
        ),
        Held(
            track="t",
            occurred="2025-07-23",
            outcomes={"return of prisoners of war, of the sick and of the wounded": "agreed", "children": "discussed"},
            absent=["TUR"],
            until="..",
            sources=[Source(attribution="media", url="https://example.org/a#b", note="yes")],
        ),
        Noted(track="t", occurred="2025-07-24", text='She said "no": it\'s late'),
        Noted(track="t", occurred="2025-07-25", text='She said "no": late'),
        Described(track="t", occurred="2025-07-25", parties=[], links=[Link("follows", "u"), Link("part_of", "v")]),
        Retracted(track="t", occurred="2025-07-26", retracts="head"),
    ]

    assert write_yaml(record) == (Path(__file__).parent / "written.yaml").read_text("utf-8")


def test_a_name_of_any_length_is_written():
    """YAML wants a sign before a name of more than a thousand characters."""
    record = (Held(track="t", occurred="2025", outcomes={"x" * 2_000: "raised", "y: " * 900: "agreed"}, sources=SOURCES),)
    text = write_yaml(record)

    assert "\n      ? " + "x" * 2_000 + "\n      : raised\n" in text
    assert read(text).events[0].outcomes == record[0].outcomes


@pytest.mark.parametrize(("record", "count"), [([], 0), ([*_versions(1), Noted(track="u", occurred="2025", text="x")], 2)])
def test_a_yaml_log_holds_one_track(record, count):
    """Neither none nor several."""
    with pytest.raises(Invalid, match=f"a YAML log holds one track, this one would hold {count}: write one for each track"):
        write_yaml(record)


def test_a_line_of_json_begins_with_its_format_and_ends_with_its_hash():
    """So that any one line says what it is."""
    (line,) = write_jsonl(_versions(1))

    assert line.startswith('{"diplostate":1,"kind":"held","track":"t","version":1,"occurred":"2025-07-11",')
    assert list(json.loads(line))[-1] == "hash"
    assert line.endswith('"}\n')


def test_faults_are_not_events():
    """What `scan` gives can be told apart."""
    assert all(isinstance(item, Fault) for item in scan(("log.yaml", b"")))
    assert logfile.SUFFIXES == (".yaml", ".yml", ".jsonl")
