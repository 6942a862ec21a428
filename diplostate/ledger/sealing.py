r"""A sealed history: hashes that bind every event to its place, the check of a whole record, and proofs for parts of it.

Three byte strings, each hashed with SHA-256 (FIPS 180-4). Hashes in texts are 64 hexadecimal digits with small letters,
numbers are decimal digits without leading zeros, a line ends with one line feed (``\n``), and everything is UTF-8:

- **content**: the stored text of an event, which is canonical JSON (RFC 8785) of all but its version and position;
- **chain**: ``diplostate chain 1\n``, then four lines: the chain hash of the event before, the position, the version,
  the content hash. Before the first event stands `GENESIS`;
- **leaf**: ``diplostate event 1\n``, then three lines: the position, the version, the content hash. These bytes are the
  entry at index position − 1 of a Merkle tree as in RFC 9162, section 2.1, so the byte 0x00 goes before them when they
  are hashed.

No string of one kind is ever one of another: a content begins with ``{``, a chain and a leaf with their own first line, an
inner node of the tree with 0x01. The lines between have no line feed in them and a fixed order, so no two sets of values give
the same bytes. Id and track of an event are bound by its content.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import attrs

from diplostate.errors import Fault, InvalidSeal, Tampered
from diplostate.ledger.canonical import canonical
from diplostate.ledger.merkle import Tree, consistency_path, inclusion_path, is_consistent, leaf_hash, root_of_path
from diplostate.ledger.seals import ConsistencyProof, InclusionProof, Seal, instant

GENESIS = "0" * 64
"""What stands in the chain before the first event."""


class Row(NamedTuple):
    """One event as a ledger keeps it. ``body`` is its stored text, ``chain`` the hash that binds it to all before it."""

    position: int
    event_id: str
    track: str
    version: int
    body: str
    content_hash: str
    chain: str


@attrs.frozen
class History:
    """What a sound record comes down to: the position of its last event, the last chain hash, the Merkle root."""

    position: int
    head: str
    root: str


def text_hash(body: str) -> str:
    """The content hash of an event, from its stored text."""
    return sha256(body.encode()).hexdigest()


def link(previous: str, position: int, version: int, content_hash: str) -> str:
    """The chain hash of an event, from that of the event before it."""
    return sha256(f"diplostate chain 1\n{previous}\n{position}\n{version}\n{content_hash}\n".encode()).hexdigest()


def leaf(position: int, version: int, content_hash: str) -> bytes:
    """The hash with which an event enters the Merkle tree."""
    return leaf_hash(f"diplostate event 1\n{position}\n{version}\n{content_hash}\n".encode())


def chained(stored: Iterable[tuple[int, str, str, int, str]], *, previous: str = GENESIS) -> Iterator[Row]:
    """Rows to be written, from (position, event id, track, version, body) in the order of the ledger.

    ``previous`` is the chain hash of the event that stands before them.
    """
    for position, event_id, track, version, body in stored:
        content_hash = text_hash(body)
        previous = link(previous, position, version, content_hash)
        yield Row(position, event_id, track, version, body, content_hash, previous)


def verify(rows: Iterable[Row], *, seal: Seal | None = None) -> History:
    """Check a whole ledger, its rows in the order of their positions; raises `Tampered` for the first event that is wrong.

    With a ``seal``, the ledger must begin with exactly the history that was sealed; what was appended since does not matter.
    One pass; memory for one row, one version for each track and one hash for each level of the tree.
    """
    head, tree = GENESIS, Tree()
    if seal is not None:
        _compare(seal, head, tree)
    for row in _sound(rows, least=0 if seal is None else seal.position):
        head = row.chain
        tree.add(leaf(row.position, row.version, row.content_hash))
        if seal is not None:
            _compare(seal, head, tree)
    return History(tree.size, head, tree.root().hex())


def seal(rows: Iterable[Row], sealed_at: datetime, *, ledger: str | None = None) -> Seal:
    """Check a whole ledger as `verify` does, and seal it as it stands.

    Raises `InvalidSeal` for a ledger that holds hypothetical events: a seal vouches for facts.
    """
    history = verify(_facts(rows))
    return Seal(position=history.position, head=history.head, root=history.root, sealed_at=sealed_at, ledger=ledger)


_MARK = '"hypothetical":true'
"""In canonical JSON nothing but the mark is written so: quotation marks within a text are escaped."""


def _facts(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        if isinstance(row.body, str) and _MARK in row.body:
            told = f"the event at position {row.position}, {row.event_id!r}, is hypothetical: only facts can be sealed"
            raise InvalidSeal([Fault(told)])
        yield row


def _compare(seal: Seal, head: str, tree: Tree) -> None:
    if tree.size != seal.position or (head, tree.root().hex()) == (seal.head, seal.root):
        return
    raise Tampered(
        what="rewritten",
        position=tree.size,
        finding=f"the events up to here agree with each other, but not with the seal of {instant(seal.sealed_at)}",
    )


def _sound(rows: Iterable[Row], *, least: int) -> Iterator[Row]:
    """The rows, each after it was checked; raises `Tampered`, also where there are fewer rows than ``least``."""
    rows, previous, position = iter(rows), GENESIS, 0
    versions: dict[str, int] = {}
    for position, row in enumerate(rows, 1):
        _check_alone(row, position)
        if not _follows(row, previous, position):
            raise _misplaced(row, previous, rows)
        _check_version(row, versions.get(row.track, 0) + 1)
        previous, versions[row.track] = row.chain, row.version
        yield row
    if position < least:
        raise Tampered(
            what="removed", position=position + 1, finding=f"the ledger ends at {position}, events up to {least} were sealed"
        )


def _check_alone(row: Row, position: int) -> None:
    """What can be said of a row without its neighbours."""
    if tuple(map(type, row)) != (int, str, str, int, str, str, str):
        raise Tampered(what="altered", position=position, finding="a column holds a value of another type than was written")
    if row.position > position:
        raise Tampered(what="removed", position=position, finding=f"no event stands here, the next one is at {row.position}")
    if row.position < position:
        raise _found(row, "inserted", f"events up to {position - 1} were read before it")
    if text_hash(row.body) != row.content_hash:
        raise _found(row, "altered", "its text does not have the hash that was recorded with it")
    if _names(row.body) != (row.event_id, row.track):
        raise _found(row, "altered", "its text names another id or track than the columns beside it")


def _names(body: str) -> tuple[object, object] | None:
    """The id and the track that a stored text names."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return (data.get("id"), data.get("track")) if isinstance(data, dict) else None


def _check_version(row: Row, version: int) -> None:
    if row.version > version:
        raise _found(row, "removed", f"before it, track {row.track!r} ends at version {version - 1}, and it is {row.version}")
    if row.version < version:
        raise _found(row, "inserted", f"track {row.track!r} had version {row.version} before")


def _found(row: Row, what: str, finding: str) -> Tampered:
    return Tampered(what=what, position=row.position, event_id=row.event_id, finding=finding)


def _follows(row: Row, previous: str, position: int) -> bool:
    """Whether the chain hash of a row is the one that it got if it was appended at this position, after that hash."""
    return link(previous, position, row.version, row.content_hash) == row.chain


_FARTHEST = 1000
"""How many events that were taken out or put in at one place, with the rest renumbered, can be told from other changes."""


def _misplaced(row: Row, previous: str, rest: Iterator[Row]) -> Tampered:
    """In which way a row came here that does not follow what stands before it, as far as the rows behind it show."""
    here, after = row.position, next(rest, None)
    if after is None or _follows(after, row.chain, here + 1):
        return _found(row, "altered", "the chain breaks here: it, or the event before it, is not the one that was recorded")
    belongs = moved = False
    for place, other in enumerate(itertools.chain([after], rest), here + 1):
        belongs = belongs or _follows(other, previous, here)
        # Where it was once: behind the event that belongs here, in the place of that other one, or next to it.
        moved = moved or any(_follows(row, other.chain, once) for once in (here + 1, place, place + 1))
    if moved:
        return _found(row, "reordered", "it was recorded further back")
    if belongs:
        return _found(row, "inserted", "the event that was recorded here stands further back")
    for count in range(1, _FARTHEST + 1):
        if _follows(after, row.chain, here + 1 + count):
            return Tampered(what="removed", position=here, finding=f"{count} missing, and the events behind were renumbered")
        if _follows(after, row.chain, here + 1 - count):
            return Tampered(what="inserted", position=here - count, finding=f"{count} put in, and the events behind renumbered")
    return _found(row, "altered", "neither it nor the event behind it continues the chain")


def prove(rows: Iterable[Row], position: int, *, size: int) -> InclusionProof:
    """A proof that the event at ``position`` is among the first ``size`` events, the number that a seal covers.

    ``rows`` are those of the ledger from the first one on; as many as ``size`` are read, and checked as `verify` does. Raises
    `Tampered`, and `InvalidSeal` for an event that a seal at that position does not cover.
    """
    if not 1 <= position <= size:
        raise InvalidSeal(
            [Fault(f"the event at position {position} is not among the {size} that are sealed: seal the ledger again")]
        )
    events: list[dict[str, object]] = []

    def leaves() -> Iterator[bytes]:
        for row in _sound(rows, least=size):
            if row.position == position:
                own = {"version": row.version, "position": row.position, "hash": row.content_hash}
                events.append({**json.loads(row.body), **own})
            yield leaf(row.position, row.version, row.content_hash)

    path = inclusion_path(leaves(), position - 1, size)
    proof = InclusionProof(event=events[0], size=size, path=tuple(node.hex() for node in path), root="")
    return attrs.evolve(proof, root=_root_of(proof))


def check_proof(proof: InclusionProof, seal: Seal) -> None:
    """Check one event against a seal; raises `Tampered` where the event is not in the history that was sealed."""
    finding = ""
    if proof.size != seal.position:
        finding = f"the proof is for a seal over {proof.size} events, and this one covers {seal.position}"
    elif not _root_of(proof) == proof.root == seal.root:
        finding = "the proof does not lead from this event to the root under the seal"
    if finding:
        raise _unproven(proof, finding)


def _root_of(proof: InclusionProof) -> str:
    """The root to which a proof leads; raises `Tampered` where the event does not have the hash that it says."""
    event = dict(proof.event)
    position, version, said = event.pop("position"), event.pop("version"), event.pop("hash")
    if text_hash(canonical(event)) != said:
        raise _unproven(proof, "the event does not have the hash that it names")
    path = [bytes.fromhex(node) for node in proof.path]
    root = root_of_path(leaf(position, version, said), position - 1, proof.size, path)
    return "" if root is None else root.hex()


def _unproven(proof: InclusionProof, finding: str) -> Tampered:
    advice = "ask for a proof that was made for this seal, and take the seal from where it was published"
    event = proof.event
    return Tampered(what="unproven", position=event["position"], event_id=event["id"], finding=finding, advice=advice)


def prove_consistency(rows: Iterable[Row], first: int, second: int) -> ConsistencyProof:
    """A proof that the history sealed at position ``second`` begins with the one sealed at position ``first``.

    ``rows`` are those of the ledger from the first one on, checked as `verify` does. Raises `Tampered`, and `InvalidSeal`
    where the two are the wrong way round.
    """
    if first > second:
        raise InvalidSeal([Fault(f"the older seal covers {first} events, the newer only {second}: exchange the two")])
    leaves = (leaf(row.position, row.version, row.content_hash) for row in _sound(rows, least=second))
    path = consistency_path(leaves, first, second)
    return ConsistencyProof(first=first, second=second, path=tuple(node.hex() for node in path))


def check_consistency(proof: ConsistencyProof, older: Seal, newer: Seal) -> None:
    """Check that one seal covers all that an older one does; raises `Tampered` where this is not shown."""
    path = [bytes.fromhex(node) for node in proof.path]
    roots = bytes.fromhex(older.root), bytes.fromhex(newer.root)
    fits = (proof.first, proof.second) == (older.position, newer.position)
    if not fits or not is_consistent(proof.first, proof.second, *roots, path):
        raise Tampered(
            what="unproven",
            position=older.position,
            finding=f"nothing shows that the seal over {newer.position} events begins with those that were sealed before",
            advice="ask for a proof that was made for these two seals, and take both from where they were published",
        )
