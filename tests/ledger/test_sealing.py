"""Whoever changes a record is found: by the chain where it was not computed anew, by a seal kept elsewhere where it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diplostate.errors import Invalid, InvalidSeal, Tampered
from diplostate.ledger.canonical import canonical
from diplostate.ledger.codec import body, content_hash, to_dict
from diplostate.ledger.merkle import EMPTY_ROOT, leaf_hash, node_hash
from diplostate.ledger.sealing import (
    GENESIS,
    History,
    Row,
    chained,
    check_consistency,
    check_proof,
    link,
    prove,
    prove_consistency,
    seal,
    text_hash,
    verify,
)
from diplostate.ledger.seals import ConsistencyProof, InclusionProof, Seal
from diplostate.talks.events import Noted

WHEN = datetime(2025, 7, 22, 10, tzinfo=UTC)


def _body(event_id, track, note="said"):
    return canonical({"id": event_id, "kind": "noted", "note": note, "track": track})


def _stored(tracks):
    """A record as it is before it is chained: one event after the other, each in the track that is named."""
    versions: dict[str, int] = {}
    for position, track in enumerate(tracks, 1):
        versions[track] = versions.get(track, 0) + 1
        yield position, f"id-{position}", track, versions[track], _body(f"id-{position}", track)


def _rows(tracks):
    return list(chained(_stored(tracks)))


def _anew(rows):
    """What somebody does who knows how it works: positions, versions and the whole chain computed once more."""
    versions: dict[str, int] = {}
    stored = []
    for position, row in enumerate(rows, 1):
        versions[row.track] = versions.get(row.track, 0) + 1
        stored.append((position, row.event_id, row.track, versions[row.track], row.body))
    return list(chained(stored))


def _renumbered(rows):
    return [row._replace(position=position) for position, row in enumerate(rows, 1)]


def _rewritten(row, note="never said"):
    """The row with another text, and with the hash of that text."""
    text = _body(row.event_id, row.track, note)
    return row._replace(body=text, content_hash=text_hash(text))


ROWS = _rows("aababbcab")
"""Nine events in three tracks."""

records = st.lists(st.sampled_from("abcd"), max_size=40).map(_rows)
filled = st.lists(st.sampled_from("abcd"), min_size=1, max_size=40).map(_rows)


# What the hashes are


def test_the_bytes_are_those_that_are_documented():
    """Two events, computed by hand as anyone can, in any language."""
    first, second = '{"id":"x","track":"t"}', '{"id":"y","track":"t"}'
    one, two = sha256(first.encode()).hexdigest(), sha256(second.encode()).hexdigest()
    chain_one = sha256(f"diplostate chain 1\n{64 * '0'}\n1\n1\n{one}\n".encode()).hexdigest()
    chain_two = sha256(f"diplostate chain 1\n{chain_one}\n2\n2\n{two}\n".encode()).hexdigest()
    leaf_one = sha256(f"\x00diplostate event 1\n1\n1\n{one}\n".encode()).digest()
    leaf_two = sha256(f"\x00diplostate event 1\n2\n2\n{two}\n".encode()).digest()
    root = sha256(b"\x01" + leaf_one + leaf_two).hexdigest()

    rows = list(chained([(1, "x", "t", 1, first), (2, "y", "t", 2, second)]))

    assert rows == [(1, "x", "t", 1, first, one, chain_one), (2, "y", "t", 2, second, two, chain_two)]
    assert verify(rows) == History(2, chain_two, root)


def test_the_first_format_never_changes():
    """Seals that were published must be checked by every later version: these values are for ever."""
    assert verify(ROWS) == History(
        9,
        "f3678e1e5b471823c83ea7673ae3386488972435ed369e0912bf2e5ebc74ba5a",
        "3be4f07f634af523ab867fb1eb8003d8e7ce0fadbd7a23a80448990252cd3408",
    )


def test_an_empty_ledger_has_a_seal_too():
    sealed = seal([], WHEN)

    assert (sealed.position, sealed.head, sealed.root) == (0, GENESIS, EMPTY_ROOT.hex())
    assert verify([], seal=sealed) == verify([])
    assert verify(ROWS, seal=sealed) == verify(ROWS)


def test_the_content_is_what_the_ledger_stores():
    event = Noted(track="t", id="x", occurred="2025-07-21", note="said", recorded=WHEN, position=1, version=1)

    assert text_hash(body(event)) == content_hash(event)


@given(records, st.integers(0, 40))
def test_a_batch_continues_the_chain_of_what_is_there(rows, cut):
    before, after = rows[:cut], rows[cut:]
    head = before[-1].chain if before else GENESIS

    assert list(chained((row[:5] for row in after), previous=head)) == after


@given(records)
def test_what_was_only_appended_to_is_sound(rows):
    history = verify(iter(rows))

    assert history.position == len(rows)
    assert history.head == (rows[-1].chain if rows else GENESIS)


# What was done to a record without computing the chain anew


def _tampered(rows, **given):
    with pytest.raises(Tampered) as caught:
        verify(rows, **given)
    return caught.value


def _said(error):
    return error.what, error.position, error.event_id


def test_an_altered_text_is_found():
    rows = [*ROWS[:3], ROWS[3]._replace(body=_body("id-4", "b", "never said")), *ROWS[4:]]

    error = _tampered(rows)

    assert _said(error) == ("altered", 4, "id-4")
    assert str(error) == (
        "altered at position 4, event 'id-4': its text does not have the hash that was recorded with it; "
        "do not rely on this ledger from there on; find a copy or an export made before, and compare"
    )


@pytest.mark.parametrize("position", range(1, 10))
def test_an_altered_text_with_its_hash_is_found(position):
    rows = list(ROWS)
    rows[position - 1] = _rewritten(rows[position - 1])

    assert _said(_tampered(rows)) == ("altered", position, f"id-{position}")


@pytest.mark.parametrize("position", range(1, 9))
def test_an_altered_text_with_its_hash_and_chain_is_found_at_the_next_event(position):
    rows = list(ROWS)
    changed = _rewritten(rows[position - 1])
    before = rows[position - 2].chain if position > 1 else GENESIS
    rows[position - 1] = changed._replace(chain=link(before, position, changed.version, changed.content_hash))

    error = _tampered(rows)

    assert _said(error) == ("altered", position + 1, f"id-{position + 1}")
    assert "it, or the event before it" in str(error)


@pytest.mark.parametrize("column", ["event_id", "track"])
def test_columns_that_say_something_else_than_the_text_are_found(column):
    """A track of its own: no gap would show it."""
    rows = [*ROWS[:6], ROWS[6]._replace(**{column: "other"}), *ROWS[7:]]

    assert _tampered(rows).what == "altered"
    assert _tampered(rows).position == 7


@pytest.mark.parametrize("text", ["no JSON", "[]", '"text"', "[" * 100_000])
def test_a_text_that_is_no_event_is_found(text):
    """Even where its hash and its chain were computed for it."""
    rows = list(chained([(1, "x", "t", 1, text)]))

    assert _said(_tampered(rows)) == ("altered", 1, "x")


@pytest.mark.parametrize("column", Row._fields)
@pytest.mark.parametrize("value", [None, b"bytes", 1.5, True])
def test_a_value_of_another_type_is_found(column, value):
    """SQLite keeps what it is given unless a table is strict."""
    rows = [*ROWS[:2], ROWS[2]._replace(**{column: value}), *ROWS[3:]]

    assert _said(_tampered(rows)) == ("altered", 3, None)


def test_an_altered_version_is_found():
    rows = [*ROWS[:4], ROWS[4]._replace(version=7), *ROWS[5:]]

    assert _said(_tampered(rows)) == ("altered", 5, "id-5")


def test_an_altered_chain_is_found():
    rows = [*ROWS[:4], ROWS[4]._replace(chain=GENESIS), *ROWS[5:]]

    assert _said(_tampered(rows)) == ("altered", 5, "id-5")


@pytest.mark.parametrize("position", range(1, 9))
def test_a_removed_event_is_found(position):
    rows = [row for row in ROWS if row.position != position]

    error = _tampered(rows)

    assert _said(error) == ("removed", position, None)
    assert f"the next one is at {position + 1}" in str(error)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("position", range(1, 6))
def test_removed_events_are_found_where_the_others_were_renumbered(position, count):
    rows = _renumbered([row for row in ROWS if not position <= row.position < position + count])

    error = _tampered(rows)

    assert _said(error) == ("removed", position, None)
    assert f"{count} missing" in str(error)


def _foreign(previous, position, track, version, name="foreign"):
    """An event that nobody recorded, chained as one that was."""
    (row,) = chained([(position, name, track, version, _body(name, track))], previous=previous)
    return row


@pytest.mark.parametrize("position", range(1, 9))
def test_an_inserted_event_is_found(position):
    foreign = _foreign(GENESIS[:-1] + "1", position, "new", 1)
    rows = _renumbered([*ROWS[: position - 1], foreign, *ROWS[position - 1 :]])

    error = _tampered(rows)

    assert _said(error) == ("inserted", position, "foreign")


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("position", range(1, 8))
def test_inserted_events_are_found_where_they_continue_the_chain(position, count):
    rows = list(ROWS[: position - 1])
    for number in range(count):
        head = rows[-1].chain if rows else GENESIS
        rows.append(_foreign(head, position + number, f"new-{number}", 1, f"foreign-{number}"))
    rows = _renumbered([*rows, *ROWS[position - 1 :]])

    error = _tampered(rows)

    assert _said(error) == ("inserted", position, None)
    assert f"{count} put in" in str(error)


def test_an_event_that_comes_twice_is_found():
    error = _tampered([*ROWS[:4], ROWS[3], *ROWS[4:]])

    assert _said(error) == ("inserted", 4, "id-4")
    assert "events up to 4 were read before it" in str(error)


@pytest.mark.parametrize("far", [1, 2, 5])
@pytest.mark.parametrize("position", [1, 2, 4])
def test_exchanged_events_are_found(position, far):
    rows = list(ROWS)
    one, other = position - 1, position - 1 + far
    rows[one], rows[other] = rows[other], rows[one]

    error = _tampered(_renumbered(rows))

    assert _said(error) == ("reordered", position, f"id-{position + far}")


@pytest.mark.parametrize(("taken", "put"), [(1, 2), (1, 5), (5, 1), (3, 4), (8, 2)])
def test_an_event_that_was_moved_is_found(taken, put):
    rows = list(ROWS)
    rows.insert(put - 1, rows.pop(taken - 1))

    error = _tampered(_renumbered(rows))

    assert error.what == "reordered"
    assert error.position == min(taken, put)


def test_rows_that_are_not_in_order_are_found():
    rows = [ROWS[0], ROWS[2], ROWS[1]]

    assert _said(_tampered(rows)) == ("removed", 2, None)


def test_what_cannot_be_told_apart_is_called_altered():
    """Two texts exchanged, the chain left where it stood."""
    third, fourth = ROWS[2], ROWS[3]
    rows = list(ROWS)
    rows[2], rows[3] = (
        fourth._replace(position=3, chain=third.chain, version=third.version),
        third._replace(position=4, chain=fourth.chain, version=fourth.version),
    )

    error = _tampered(rows)

    assert _said(error) == ("altered", 3, "id-4")
    assert "neither it nor the event behind it" in str(error)


def test_versions_with_a_gap_are_found_under_a_sound_chain():
    rows = list(chained([(1, "x", "t", 1, _body("x", "t")), (2, "y", "t", 3, _body("y", "t"))]))

    assert _said(_tampered(rows)) == ("removed", 2, "y")
    assert "track 't' ends at version 1, and it is 3" in str(_tampered(rows))


def test_a_version_that_comes_twice_is_found_under_a_sound_chain():
    rows = list(chained([(1, "x", "t", 1, _body("x", "t")), (2, "y", "t", 1, _body("y", "t"))]))

    assert _said(_tampered(rows)) == ("inserted", 2, "y")


@given(filled, st.data())
def test_whatever_is_done_to_the_rows_only_a_beginning_of_them_is_sound(rows, data):
    """Edits of any column, removals, copies and exchanges, in any number; positions renumbered or not."""
    changed = list(rows)
    for _ in range(data.draw(st.integers(1, 4), label="edits")):
        if not changed:
            break
        at = data.draw(st.integers(0, len(changed) - 1))
        to = data.draw(st.integers(0, len(changed) - 1))
        deed = data.draw(st.sampled_from(["remove", "copy", "exchange", "edit", "rewrite"]))
        if deed == "remove":
            del changed[at]
        elif deed == "copy":
            changed.insert(to, changed[at])
        elif deed == "exchange":
            changed[at], changed[to] = changed[to], changed[at]
        elif deed == "rewrite":
            changed[at] = _rewritten(changed[at])
        else:
            column = data.draw(st.sampled_from(Row._fields))
            changed[at] = changed[at]._replace(**{column: getattr(changed[to], column)})
    if data.draw(st.booleans(), label="renumbered"):
        changed = _renumbered(changed)

    if changed == rows[: len(changed)]:
        assert verify(changed).position == len(changed)
    else:
        error = _tampered(changed)
        assert error.what in {"altered", "removed", "inserted", "reordered"}
        assert changed[: error.position - 1] == rows[: error.position - 1] or error.what == "inserted"


# What was done to a record with the chain computed anew: only the seal shows it


@given(records, records)
def test_a_ledger_holds_what_was_sealed_and_may_grow(rows, more):
    longer = _anew([*rows, *more])

    assert verify(rows, seal=seal(rows, WHEN)) == verify(rows)
    assert verify(longer, seal=seal(rows, WHEN)) == verify(longer)


@given(filled, st.data())
def test_cutting_off_the_newest_events_is_found(rows, data):
    kept = data.draw(st.integers(0, len(rows) - 1))

    assert verify(rows[:kept]).position == kept
    error = _tampered(rows[:kept], seal=seal(rows, WHEN))

    assert _said(error) == ("removed", kept + 1, None)
    assert f"the ledger ends at {kept}, events up to {len(rows)} were sealed" in str(error)


@given(filled, records, st.data())
def test_a_history_that_was_written_anew_is_found(rows, more, data):
    sealed = seal(rows, WHEN)
    at = data.draw(st.integers(0, len(rows) - 1))
    deed = data.draw(st.sampled_from(["alter", "remove", "insert", "exchange"]))
    forged = list(rows)
    if deed == "alter":
        forged[at] = _rewritten(forged[at])
    elif deed == "remove":
        del forged[at]
    elif deed == "insert":
        forged.insert(at, _foreign(GENESIS, 1, "new", 1))
    else:
        forged[at], forged[0] = forged[0], forged[at]
    forged = _anew([*forged, *more])

    assert verify(forged).position == len(forged)
    if forged[: len(rows)] == rows:
        assert verify(forged, seal=sealed) == verify(forged)
    else:
        assert _tampered(forged, seal=sealed).what in {"rewritten", "removed"}


def test_a_history_that_was_written_anew_is_told_with_the_time_of_the_seal():
    forged = _anew([_rewritten(ROWS[0]), *ROWS[1:]])

    assert str(_tampered(forged, seal=seal(ROWS[:5], WHEN))) == (
        "rewritten at position 5: the events up to here agree with each other, but not with the seal of 2025-07-22T10:00:00Z; "
        "do not rely on this ledger from there on; find a copy or an export made before, and compare"
    )


@pytest.mark.parametrize("position", [0, 5, 9])
@pytest.mark.parametrize("name", ["head", "root"])
def test_both_hashes_of_a_seal_count(name, position):
    sealed = attrs.evolve(seal(ROWS[:position], WHEN), **{name: "1" * 64})

    assert _said(_tampered(ROWS, seal=sealed)) == ("rewritten", position, None)


def test_a_broken_record_is_not_sealed():
    with pytest.raises(Tampered, match="altered at position 4"):
        seal([*ROWS[:3], _rewritten(ROWS[3]), *ROWS[4:]], WHEN)


def test_rows_are_read_once_and_one_at_a_time():
    """A ledger of any size is checked in the memory of a small one."""
    read = []

    def rows():
        for row in ROWS:
            read.append(row.position)
            yield row

    seal(rows(), WHEN)

    assert read == list(range(1, 10))


# Proof of one event


@given(filled, st.data())
def test_every_event_can_be_proven_against_a_seal(rows, data):
    size = data.draw(st.integers(1, len(rows)))
    position = data.draw(st.integers(1, size))
    sealed = seal(rows[:size], WHEN)

    proof = prove(rows, position, size=size)

    check_proof(proof, sealed)
    check_proof(InclusionProof.parse(proof.text()), Seal.parse(sealed.text()))


def test_a_proof_shows_the_event_with_its_fields_as_in_json_lines():
    event = Noted(track="t", id="x", occurred="2025-07-21", note="said", recorded=WHEN, position=1, version=1)
    rows = list(chained([(1, "x", "t", 1, body(event))]))

    assert prove(rows, 1, size=1).event == {**to_dict(event), "hash": content_hash(event)}


def test_a_proof_can_be_checked_by_hand():
    """With nothing but SHA-256: the third of three events, whose only sibling is the node over the first two."""
    proof = json.loads(prove(ROWS, 3, size=3).text())
    event = proof["event"]
    text = json.dumps(
        {key: event[key] for key in sorted(event) if key not in ("hash", "position", "version")}, separators=(",", ":")
    )
    content = sha256(text.encode()).hexdigest()
    leaf = sha256(f"\x00diplostate event 1\n3\n1\n{content}\n".encode()).digest()
    (sibling,) = proof["path"]

    assert sha256(b"\x01" + bytes.fromhex(sibling) + leaf).hexdigest() == seal(ROWS[:3], WHEN).root


def test_a_proof_has_one_text():
    assert prove(ROWS, 2, size=3).text() == canonical(
        {
            "format": "diplostate-proof-1",
            "event": {**json.loads(ROWS[1].body), "version": 2, "position": 2, "hash": ROWS[1].content_hash},
            "size": 3,
            "path": [_leaf(ROWS[0]).hex(), _leaf(ROWS[2]).hex()],
            "root": node_hash(node_hash(_leaf(ROWS[0]), _leaf(ROWS[1])), _leaf(ROWS[2])).hex(),
        }
    )


def _leaf(row):
    return leaf_hash(f"diplostate event 1\n{row.position}\n{row.version}\n{row.content_hash}\n".encode())


def test_a_proof_for_another_seal_is_refused():
    proof = prove(ROWS, 2, size=5)

    with pytest.raises(Tampered, match=r"for a seal over 5 events, and this one covers 9; ask for a proof") as caught:
        check_proof(proof, seal(ROWS, WHEN))
    assert _said(caught.value) == ("unproven", 2, "id-2")


def test_a_proof_from_a_forged_history_is_refused():
    """The proof agrees with itself; the seal was taken before."""
    forged = _anew([*ROWS[:3], _rewritten(ROWS[3]), *ROWS[4:]])

    with pytest.raises(Tampered, match="does not lead from this event to the root under the seal"):
        check_proof(prove(forged, 4, size=9), seal(ROWS, WHEN))


def test_an_event_is_not_proven_in_another_place():
    proof = prove(ROWS, 4, size=9)
    for position in (0, 1, 3, 5, 10):
        moved = attrs.evolve(proof, event={**proof.event, "position": position})
        with pytest.raises(Tampered, match="does not lead"):
            check_proof(moved, seal(ROWS, WHEN))


def test_every_changed_byte_of_a_proof_is_refused():
    sealed = seal(ROWS, WHEN)
    text = prove(ROWS, 6, size=9).text().encode()
    for at, byte in enumerate(text):
        for flip in (1, 2, 4, 8, 16, 32, 64, 128):
            changed = text[:at] + bytes([byte ^ flip]) + text[at + 1 :]
            with pytest.raises((InvalidSeal, Tampered)):
                check_proof(InclusionProof.parse(changed), sealed)


def _as_json(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


@given(st.data())
def test_a_proof_with_bytes_changed_taken_away_or_put_in_is_refused(data):
    text = prove(ROWS, 6, size=9).text().encode()
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(len(text), start + 80)))
    changed = text[:start] + data.draw(st.binary(max_size=3)) + text[stop:]

    if _as_json(changed) != json.loads(text):  # blanks between values say nothing
        with pytest.raises((InvalidSeal, Tampered)):
            check_proof(InclusionProof.parse(changed), seal(ROWS, WHEN))


@pytest.mark.parametrize("position", [0, -1, 6])
def test_an_event_outside_the_seal_has_no_proof(position):
    with pytest.raises(InvalidSeal, match="not among the 5 that are sealed: seal the ledger again"):
        prove(ROWS, position, size=5)


def test_a_broken_record_proves_nothing():
    with pytest.raises(Tampered, match="altered at position 2"):
        prove([ROWS[0], _rewritten(ROWS[1]), *ROWS[2:]], 5, size=9)
    with pytest.raises(Tampered, match="the ledger ends at 4"):
        prove(ROWS[:4], 2, size=9)


def test_a_text_that_is_not_canonical_proves_nothing():
    """Another program wrote it: whoever gets the proof could not compute the hash."""
    rows = list(chained([(1, "x", "t", 1, '{"id": "x", "track": "t"}')]))

    with pytest.raises(Tampered, match="does not have the hash that it names"):
        prove(rows, 1, size=1)


# Proof that one seal continues another


@given(filled, st.data())
def test_a_newer_seal_is_shown_to_cover_an_older_one(rows, data):
    second = data.draw(st.integers(0, len(rows)))
    first = data.draw(st.integers(0, second))
    older, newer = seal(rows[:first], WHEN), seal(rows[:second], WHEN)

    proof = prove_consistency(rows, first, second)

    check_consistency(proof, older, newer)
    check_consistency(ConsistencyProof.parse(proof.text()), older, newer)


@given(filled, st.data())
def test_a_newer_seal_over_another_history_is_refused(rows, data):
    first = data.draw(st.integers(1, len(rows)))
    at = data.draw(st.integers(0, first - 1))
    forged = _anew([*rows[:at], _rewritten(rows[at]), *rows[at + 1 :]])

    with pytest.raises(Tampered, match="unproven at position"):
        check_consistency(prove_consistency(forged, first, len(rows)), seal(rows[:first], WHEN), seal(forged, WHEN))


def test_every_changed_byte_of_a_consistency_proof_is_refused():
    older, newer = seal(ROWS[:6], WHEN), seal(ROWS, WHEN)
    text = prove_consistency(ROWS, 6, 9).text().encode()
    for at, byte in enumerate(text):
        for flip in (1, 2, 4, 8, 16, 32, 64, 128):
            changed = text[:at] + bytes([byte ^ flip]) + text[at + 1 :]
            with pytest.raises((InvalidSeal, Tampered)):
                check_consistency(ConsistencyProof.parse(changed), older, newer)


def test_seals_the_wrong_way_round_are_refused():
    with pytest.raises(InvalidSeal, match="exchange the two"):
        prove_consistency(ROWS, 9, 6)
    with pytest.raises(Tampered, match="made for these two seals"):
        check_consistency(prove_consistency(ROWS, 6, 9), seal(ROWS, WHEN), seal(ROWS[:6], WHEN))


# Seals as files


def test_a_seal_has_one_text():
    sealed = Seal(position=0, head=GENESIS, root=EMPTY_ROOT.hex(), sealed_at=WHEN, ledger="Desk of the Türkiye talks")

    assert sealed.text() == (
        '{"format":"diplostate-seal-1","head":"0000000000000000000000000000000000000000000000000000000000000000",'
        '"ledger":"Desk of the Türkiye talks","position":0,'
        '"root":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","sealed_at":"2025-07-22T10:00:00Z"}'
    )


@given(records, st.datetimes(timezones=st.just(UTC)), st.none() | st.text(st.characters(codec="utf-8")))
def test_a_seal_survives_its_text(rows, when, label):
    sealed = seal(rows, when, ledger=label)

    assert Seal.parse(sealed.text()) == sealed
    assert Seal.parse(f" {sealed.text()}\n".encode()) == sealed


def test_a_seal_keeps_its_time_in_utc():
    assert seal([], WHEN.astimezone(timezone(timedelta(hours=3)))) == seal([], WHEN)


def test_a_seal_without_a_time_zone_is_refused():
    with pytest.raises(InvalidSeal, match="sealed_at: 2025-07-22T10:00:00 has no time zone"):
        seal([], WHEN.replace(tzinfo=None))


def test_every_changed_byte_of_the_hashes_in_a_seal_is_found():
    sealed = seal(ROWS, WHEN)
    text = sealed.text().encode()
    end = text.index(b'"sealed_at"')
    for at, byte in enumerate(text[:end]):
        for flip in (1, 2, 4, 8, 16, 32, 64, 128):
            changed = text[:at] + bytes([byte ^ flip]) + text[at + 1 :]
            with pytest.raises((InvalidSeal, Tampered)):
                verify(ROWS, seal=Seal.parse(changed))


def _faults(text, kind=Seal):
    with pytest.raises(InvalidSeal) as caught:
        kind.parse(text, file="x.seal")
    return str(caught.value).splitlines()


def _seal_with(**changes):
    data = {**json.loads(seal(ROWS, WHEN).text()), **changes}
    return json.dumps({name: value for name, value in data.items() if value != "left out"})


def test_everything_that_is_wrong_with_a_seal_is_said_at_once():
    text = _seal_with(head="A" * 64, position=True, root="left out", sealed_at="2025-07-22", ledger=3, signature="?")

    assert _faults(text) == [
        "x.seal:root: is missing: expected 64 hexadecimal digits, the letters small",
        f"x.seal:head: '{'A' * 64}' is not 64 hexadecimal digits, the letters small",
        "x.seal:position: True is not a whole number from 0 to 9007199254740991",
        "x.seal:sealed_at: '2025-07-22' is not a time in UTC such as 2025-07-22T10:00:00Z",
        "x.seal:ledger: 3 is not a text",
        "x.seal:signature: is no field here: take it out",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "x.seal:1:1: is not JSON: Expecting value"),
        ('{"format"', "x.seal:1:10: is not JSON: Expecting ':' delimiter"),
        ("[]", "x.seal: is not a JSON object: give the file as diplostate wrote it"),
        ("{}", "x.seal:format: None is not 'diplostate-seal-1': give a seal file as diplostate writes it"),
        (
            '{"format":"diplostate-proof-1"}',
            "x.seal:format: 'diplostate-proof-1' is not 'diplostate-seal-1': give a seal file as diplostate writes it",
        ),
        (
            '{"format":"diplostate-seal-2"}',
            "x.seal:format: 'diplostate-seal-2' is not 'diplostate-seal-1': upgrade diplostate to read it",
        ),
        ('{"a":1,"a":1}', "x.seal: a key comes twice in one object: nobody can say which one counts"),
        ('{"a":1.5}', "x.seal: 1.5 has no canonical JSON: use texts, whole numbers up to 2**53 - 1, lists and dicts"),
    ],
)
def test_what_is_no_seal_is_said_to_be_none(text, fault):
    assert _faults(text) == [fault]


@pytest.mark.parametrize("text", [b"\xff", "[" * 100_000, "9" * 5000, '{"a":"\\ud800"}', '{"a":NaN}', "[" * 600 + "]" * 600])
def test_a_hostile_text_is_refused(text):
    assert len(_faults(text)) == 1


@pytest.mark.parametrize("time", ["2025-07-22T10:00:00", "2025-07-22T10:00:00+03:00", "2025-07-22T10:00Z", "now", 3])
def test_a_time_that_is_not_in_utc_is_refused(time):
    assert _faults(_seal_with(sealed_at=time)) == [
        f"x.seal:sealed_at: {time!r} is not a time in UTC such as 2025-07-22T10:00:00Z"
    ]


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        {},
        {"id": "x", "position": 1, "version": 1},
        {"id": "x", "position": 1, "version": "1", "hash": GENESIS},
        {"id": 1, "position": 1, "version": 1, "hash": GENESIS},
        {"id": "x", "position": -1, "version": 1, "hash": GENESIS},
        {"id": "x", "position": 1, "version": 1, "hash": "0"},
    ],
)
def test_a_proof_of_no_event_is_refused(event):
    text = canonical({"format": "diplostate-proof-1", "event": event, "size": 1, "path": [], "root": GENESIS})

    (fault,) = _faults(text, InclusionProof)

    assert fault.endswith("is not an event as in JSON Lines, with its id, version, position and hash")


@pytest.mark.parametrize("path", [None, "", [1], ["0"], [GENESIS.upper() + "0"]])
def test_a_path_that_is_none_is_refused(path):
    text = canonical({"format": "diplostate-consistency-1", "first": 1, "second": 2, "path": path})

    (fault,) = _faults(text, ConsistencyProof)

    assert "x.seal:path:" in fault


def test_the_errors_of_seals_are_faults_of_what_was_handed_in():
    assert issubclass(InvalidSeal, Invalid)
