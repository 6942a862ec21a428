"""The wire form: what it looks like, what of it counts as content, and what is refused."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diplostate.errors import Invalid, InvalidEvent, LedgerError
from diplostate.ledger.canonical import canonical
from diplostate.ledger.codec import (
    body,
    content,
    content_hash,
    content_id,
    from_dict,
    from_stored,
    status_from_dict,
    status_to_dict,
    to_dict,
)
from diplostate.ledger.upcasters import upcast
from diplostate.ledger.written import written
from diplostate.talks.events import Described, Held, Link, Noted, Party, Proposed, Responded, Scheduled
from diplostate.talks.fold import reduce
from diplostate.talks.shape import mistyped
from diplostate.talks.sources import Source
from diplostate.talks.status import Status
from diplostate.talks.trusted import changed
from diplostate.testing import strategies

SOURCE = {"attribution": "official", "outlet": "Kremlin press service"}
HELD = {"kind": "held", "track": "t", "occurred": "2025-07-23", "sources": [SOURCE]}

COUNTER = Responded(
    id="e7",
    track="ukr-rus-turkiye",
    version=3,
    position=77,
    occurred="2025-07-21/..",
    recorded=datetime(2025, 7, 22, 8, 0, 0, 250_000, tzinfo=UTC),
    by="RUS",
    answer="countered",
    to="UKR",
    round=3,
    tier="1.5",
    agenda=["prisoners of war"],
    sources=[Source(attribution="official", outlet="Kremlin", reliability="B", credibility=2, published="2025-07-21")],
    note="Türkiye",
)


def test_the_wire_form_of_an_event():
    """Its kind, its places, what it says, and how we know; nothing that was not said."""
    assert list(to_dict(COUNTER).items()) == [
        ("kind", "responded"),
        ("id", "e7"),
        ("track", "ukr-rus-turkiye"),
        ("version", 3),
        ("position", 77),
        ("occurred", "2025-07-21/.."),
        ("recorded", "2025-07-22T08:00:00.250000Z"),
        ("by", "RUS"),
        ("to", "UKR"),
        ("answer", "countered"),
        ("round", 3),
        ("tier", "1.5"),
        ("agenda", ["prisoners of war"]),
        ("note", "Türkiye"),
        (
            "sources",
            [{"outlet": "Kremlin", "attribution": "official", "published": "2025-07-21", "reliability": "B", "credibility": 2}],
        ),
    ]


def test_the_wire_form_of_mappings_and_links():
    """Heads and outcomes are mappings, a link is its relation and its track."""
    day = "2025-07-21"
    scheduled = Scheduled(track="t", occurred=day, heads={"UKR": "Umerov", "RUS": "Medinsky"})
    held = Held(track="t", occurred=day, outcomes={"prisoners": "agreed"})
    described = Described(track="t", occurred=day, parties=[Party(code="UKR"), Party(code="TUR", role="host")], links=[])
    noted = Noted(track="t", occurred=day, links=[Link("prepares", "u")])

    assert to_dict(scheduled)["heads"] == {"RUS": "Medinsky", "UKR": "Umerov"}
    assert to_dict(held)["outcomes"] == {"prisoners": "agreed"}
    assert to_dict(described)["parties"] == [{"code": "UKR"}, {"code": "TUR", "role": "host"}]
    assert to_dict(described)["links"] == [], "none is not the same as not said"
    assert to_dict(noted)["links"] == [{"prepares": "u"}]


def test_what_a_ledger_keeps_and_what_counts_as_content():
    """Canonical texts; the hash is that of the text that is kept."""
    assert json.loads(body(COUNTER)).keys() == to_dict(COUNTER).keys() - {"version", "position"}
    assert json.loads(content(COUNTER)).keys() == to_dict(COUNTER).keys() - {"version", "position", "recorded"}
    assert body(COUNTER).startswith('{"agenda":["prisoners of war"],"answer":"countered","by":"RUS","id":"e7",')
    assert content_hash(COUNTER) == hashlib.sha256(body(COUNTER).encode()).hexdigest()


def test_hashes_and_ids_made_from_content_never_change():
    """They stand in logs and ledgers that were written long ago."""
    assert content_hash(COUNTER) == "0b4154ba14a669ae8b1a6b7e8e7def6aa6d207a6f98dfd67da0a40f4aa803d36"
    assert content_id(COUNTER) == "edc503ea-ea42-8d8e-b4d8-5d5cab7ae116"


@pytest.mark.parametrize(
    "changes", [{"note": "another"}, {"occurred": "2025-07-21"}, {"round": 4}, {"track": "u"}, {"sources": ()}]
)
def test_what_an_event_says_makes_its_id(changes):
    """Whatever it says otherwise gives another id; when it was recorded, and where it stands, does not."""
    assert content_id(attrs.evolve(COUNTER, **changes)) != content_id(COUNTER)
    assert content_id(attrs.evolve(COUNTER, id=None, recorded=None, version=None, position=None)) == content_id(COUNTER)


def test_a_source_may_give_its_grade_in_short():
    """B2 stands for reliability B and credibility 2."""
    event = from_dict({**HELD, "sources": [{**SOURCE, "grade": "B2"}]})

    assert event.sources[0] == Source(**SOURCE, reliability="B", credibility=2)


def test_an_instant_is_kept_in_utc():
    """Whatever offset it was written with, and with as much of a second as was given."""
    written = {"2025-07-21T10:00+03:00": "07:00:00Z", "2025-07-21T07:00:00.5Z": "07:00:00.500000Z"}
    for text, kept in written.items():
        assert to_dict(from_dict({**HELD, "recorded": text}))["recorded"] == f"2025-07-21T{kept}"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (None, "is empty where an event as a mapping is expected: leave the field out where there is nothing to say"),
        ([HELD], "expected an event as a mapping, found a list"),
        ({**HELD, "absent": ("RUS",)}, "absent: expected a list, found a tuple"),
        ({**HELD, "venue": "x", 7: "y"}, "7: '7' is no field of a 'held' event: it has sources, note, id, recorded, "),
        ({**HELD, "venue": 10**5_000}, "venue: expected a text, found a number too large"),
        ({**HELD, "round": 10**5_000}, "round: is too large: whole numbers go up to 9007199254740991"),
        ({**HELD, "kind": ["held"]}, "kind: a list is none of proposed, "),
    ],
)
def test_data_of_any_shape_is_refused_with_its_path(data, fault):
    """What only Python can hold is no event either."""
    with pytest.raises(InvalidEvent) as error:
        from_dict(data)

    assert str(error.value).startswith(fault)


def test_the_faults_of_a_graded_source_come_with_all_others():
    """The grade in short hides nothing."""
    with pytest.raises(InvalidEvent) as error:
        from_dict({**HELD, "sources": [{"grade": "B7", "attribution": "offical"}], "round": "x"})

    assert [fault.path for fault in error.value.faults] == [("sources", 0, "grade"), ("sources", 0, "attribution"), ("round",)]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=6,
)
_known = st.sampled_from(["sources", "round", "venue", "recorded", "parties", "links", "heads", "outcomes", "to", "by", "id"])


@given(st.sampled_from(["proposed", "responded", "scheduled", "held", "described", "noted"]), st.dictionaries(_known, _json))
def test_whatever_comes_is_an_event_or_its_faults(kind, fields):
    """Nothing else is ever raised, and what is accepted is kept as it was written, save its notation."""
    with suppress(InvalidEvent):
        event = from_dict({"kind": kind, "track": "t", "occurred": "2025", **fields})
        assert from_dict(to_dict(event)) == event


@pytest.mark.parametrize(
    "damage", [{"kind": "promised"}, {"by": "UKR"}, {"recorded": "today"}, {"sources": 7}, {"occurred": "?"}]
)
def test_a_damaged_record_is_named(damage):
    """What a ledger holds and nobody can read is an error of the ledger."""
    with pytest.raises(LedgerError, match=r"a stored event cannot be read .*: it is damaged, or of a newer diplostate"):
        from_stored({**HELD, **damage})


def test_an_event_holds_only_what_can_be_written():
    """A value that Python let pass is named before anything is stored."""
    with pytest.raises(InvalidEvent, match=r"^venue: holds a float: an event is made of texts, whole numbers and dates"):
        body(Held(track="t", occurred="2025", venue=1.5))
    with pytest.raises(InvalidEvent, match=r"^absent: holds a float"):
        to_dict(Held(track="t", occurred="2025", absent=[1.5]))


def test_an_old_record_is_read_through_its_upcaster():
    """Before a proposal could address several parties, 'to' was one code."""
    old = {"kind": "proposed", "track": "t", "occurred": "2025-07-19", "by": "UKR", "to": "RUS"}
    new = {**old, "to": ["RUS"]}

    assert from_stored(old) == from_stored(new) == Proposed(track="t", occurred="2025-07-19", by="UKR", to=["RUS"])
    assert old["to"] == "RUS", "what is stored stays as it is"
    assert upcast(new) is new


def test_an_old_shape_is_not_accepted_from_strangers():
    """A log says which format it is in, and is held to it."""
    with pytest.raises(InvalidEvent, match="to: expected a list, found 'RUS'"):
        from_dict({"kind": "proposed", "track": "t", "occurred": "2025-07-19", "by": "UKR", "to": "RUS"})


@given(strategies.logs(details=True))
def test_what_is_written_at_once_is_the_canonical_text(record):
    """Of every event and of every status, with whatever fields are left out."""
    for event in record:
        plain = to_dict(event)
        assert written(event) == canonical(plain)
        assert body(event) == canonical({name: plain[name] for name in plain.keys() - {"version", "position"}})
    status = reduce(record, evidence="reported")
    assert written(status) == canonical(status_to_dict(status))


@given(strategies.logs(details=True))
def test_what_is_read_from_a_store_is_what_was_made(record):
    """Every value of it of the type that its class declares, though no converter looked at it."""
    for event in record:
        stored = from_stored(json.loads(json.dumps(to_dict(event))))

        assert (stored, mistyped(stored)) == (event, [])
        assert (stored.day, stored.stands, stored.speakers) == (event.day, event.stands, event.speakers)


def test_a_stamp_is_a_copy_that_forgets_what_was_worked_out():
    """As `attrs.evolve` makes it: what follows from the fields follows from the new ones."""
    event = Held(track="t", occurred="2025-07/2025-09", recorded=datetime(2025, 7, 22, tzinfo=UTC))
    assert str(event.day) == "2025-07-22"
    later = changed(event, recorded=datetime(2025, 8, 1, tzinfo=UTC), id="x")

    assert later == attrs.evolve(event, recorded=datetime(2025, 8, 1, tzinfo=UTC), id="x")
    assert (str(event.day), str(later.day)) == ("2025-07-22", "2025-08-01")


def test_more_events_than_are_remembered_are_written_right(monkeypatch):
    """What is kept in memory of texts is bounded, and is of no consequence."""
    monkeypatch.setattr("diplostate.ledger.written.MOST_RECENT", 1)
    days = [Held(track="t", occurred="2025-07-21", id=name, recorded=datetime(2025, 7, 22, tzinfo=UTC)) for name in "abc"]

    for event in days * 2:
        status = Status(session=event)
        assert written(status) == canonical(status_to_dict(status))


def test_half_a_character_is_never_written():
    """It has no text in UTF-8, so nothing could be made of it again."""
    with pytest.raises(Invalid, match="half of a character"):
        body(Held(track="t", occurred="2025", venue="\ud800"))


@given(strategies.logs(details=True), st.sampled_from(["official", "reported"]))
def test_a_status_is_lossless(record, evidence):
    """The table, the replies, the leak, the anomalies, the meeting, the description, the denials: all of it."""
    status = reduce(record, evidence=evidence)

    assert status_from_dict(json.loads(json.dumps(status_to_dict(status)))) == status


def test_the_first_status_is_nothing():
    """What has its default value is not written."""
    assert status_to_dict(Status()) == {}
    assert status_from_dict({}) == Status()


def test_reading_a_store_costs_no_cattrs_and_no_yaml():
    """They are slow to import, and only strangers' data need them."""
    code = (
        "import sys, diplostate.ledger.codec, diplostate.ledger.logfile;"
        "print([name for name in ('cattrs', 'yaml', 'asyncio') if name in sys.modules])"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
