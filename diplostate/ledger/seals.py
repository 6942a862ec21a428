"""Seals and proofs: small values that are kept elsewhere, each with one canonical JSON text and a strict way back from it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Self

import attrs

from diplostate.errors import Fault, Invalid, InvalidSeal
from diplostate.ledger.canonical import LARGEST_INT, canonical

_HASH = re.compile(r"[0-9a-f]{64}")


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise InvalidSeal([Fault(f"{value.isoformat()} has no time zone: give an aware datetime", ("sealed_at",))])
    return value.astimezone(UTC)


@attrs.frozen(kw_only=True)
class Seal:
    """What a whole history comes down to, from the first event to the one at ``position`` (0: an empty ledger).

    ``head`` is the chain hash of that last event and ``root`` the Merkle root over all of them, each of 64 hexadecimal digits.
    ``sealed_at`` and ``ledger``, a label, are what the sealer says: nothing in the seal proves them.
    """

    position: int
    head: str
    root: str
    sealed_at: datetime = attrs.field(converter=_utc)
    ledger: str | None = None

    @classmethod
    def parse(cls, text: str | bytes, *, file: str = "") -> Self:
        """Read a seal; raises `InvalidSeal` with everything that is wrong with it, each fault in ``file``."""
        data = _read(text, "seal", {"position", "head", "root", "sealed_at"}, {"ledger"}, file)
        return cls(**{**data, "sealed_at": datetime.fromisoformat(data["sealed_at"])})

    def text(self) -> str:
        """The seal as one line of canonical JSON, in the format ``diplostate-seal-1``."""
        label = {} if self.ledger is None else {"ledger": self.ledger}
        time = instant(self.sealed_at)
        return _write("seal", position=self.position, head=self.head, root=self.root, sealed_at=time, **label)


@attrs.frozen(kw_only=True)
class InclusionProof:
    """With this, anyone can check one event against a seal without seeing the others.

    ``event`` has the fields of the event as in JSON Lines: version, position, and as ``hash`` the content hash of the rest.
    ``size`` is the number of events under the seal, ``path`` leads from the event to the Merkle ``root`` (RFC 9162, section
    2.1.3; the index of the leaf is the position less one).
    """

    event: Mapping[str, Any]
    size: int
    path: tuple[str, ...]
    root: str

    @classmethod
    def parse(cls, text: str | bytes, *, file: str = "") -> Self:
        """Read a proof; raises `InvalidSeal` with everything that is wrong with it, each fault in ``file``."""
        data = _read(text, "proof", {"event", "size", "path", "root"}, set(), file)
        return cls(**{**data, "path": tuple(data["path"])})

    def text(self) -> str:
        """The proof as one line of canonical JSON, in the format ``diplostate-proof-1``."""
        return _write("proof", event=dict(self.event), size=self.size, path=self.path, root=self.root)


@attrs.frozen(kw_only=True)
class ConsistencyProof:
    """With this, anyone can check that a newer seal covers all that an older one does, without seeing any event.

    ``first`` and ``second`` are the positions of the two seals, ``path`` is that of RFC 9162, section 2.1.4.
    """

    first: int
    second: int
    path: tuple[str, ...]

    @classmethod
    def parse(cls, text: str | bytes, *, file: str = "") -> Self:
        """Read a proof; raises `InvalidSeal` with everything that is wrong with it, each fault in ``file``."""
        data = _read(text, "consistency", {"first", "second", "path"}, set(), file)
        return cls(**{**data, "path": tuple(data["path"])})

    def text(self) -> str:
        """The proof as one line of canonical JSON, in the format ``diplostate-consistency-1``."""
        return _write("consistency", first=self.first, second=self.second, path=self.path)


def parse_proof(text: str | bytes, *, file: str = "") -> InclusionProof | ConsistencyProof:
    """Read a proof of either kind, as its format says; raises `InvalidSeal` as both do."""
    is_of_seals = str(_object(text, file).get("format")).startswith("diplostate-consistency-")
    return (ConsistencyProof if is_of_seals else InclusionProof).parse(text, file=file)


def _write(kind: str, **fields: object) -> str:
    return canonical({"format": f"diplostate-{kind}-1", **fields})


def _read(text: str | bytes, kind: str, required: set[str], optional: set[str], file: str) -> dict[str, Any]:
    """The fields of a text of this kind, each of the right shape."""
    data, wanted = _object(text, file), f"diplostate-{kind}-1"
    found = data.pop("format", None)
    if found != wanted:
        known = isinstance(found, str) and found.startswith(f"diplostate-{kind}-")
        hint = "upgrade diplostate to read it" if known else f"give a {kind} file as diplostate writes it"
        raise InvalidSeal([Fault(f"{found!r} is not {wanted!r}: {hint}", ("format",), file)])
    faults = [Fault(f"is missing: expected {_SHAPES[name][1]}", (name,), file) for name in sorted(required - data.keys())]
    for name, value in data.items():
        if name not in required | optional:
            faults.append(Fault("is no field here: take it out", (name,), file))
        elif not _SHAPES[name][0](value):
            faults.append(Fault(f"{value!r:.80} is not {_SHAPES[name][1]}", (name,), file))
    if faults:
        raise InvalidSeal(faults)
    return data


def _object(text: str | bytes, file: str) -> dict[str, Any]:
    """A JSON object in which no key comes twice, and which holds nothing that canonical JSON does not."""
    try:
        data = json.loads(text.decode() if isinstance(text, bytes) else text, object_pairs_hook=_each_once)
        canonical(data)
    except Invalid as error:
        raise InvalidSeal([attrs.evolve(fault, file=file) for fault in error.faults]) from None
    except json.JSONDecodeError as error:
        raise InvalidSeal([Fault(f"is not JSON: {error.msg}", (), file, error.lineno, error.colno)]) from None
    except (ValueError, RecursionError) as error:
        raise InvalidSeal([Fault(f"is not JSON in UTF-8: {error}", (), file)]) from None
    if not isinstance(data, dict):
        raise InvalidSeal([Fault("is not a JSON object: give the file as diplostate wrote it", (), file)])
    return data


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise Invalid([Fault("a key comes twice in one object: nobody can say which one counts")])
    return data


# What each field looks like


def instant(value: datetime) -> str:
    """A time in UTC as it stands in a seal, such as ``2025-07-22T10:00:00Z``."""
    return value.isoformat().replace("+00:00", "Z")


def _is_instant(value: object) -> bool:
    try:
        return isinstance(value, str) and instant(datetime.fromisoformat(value)) == value and value.endswith("Z")
    except ValueError:
        return False


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= LARGEST_INT


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _is_path(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_hash, value))


def _is_event(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("id"), str)
        and all(_is_count(value.get(name)) for name in ("position", "version"))
        and _is_hash(value.get("hash"))
    )


_COUNT = f"a whole number from 0 to {LARGEST_INT}"
_DIGITS = "64 hexadecimal digits, the letters small"

_SHAPES: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "position": (_is_count, _COUNT),
    "size": (_is_count, _COUNT),
    "first": (_is_count, _COUNT),
    "second": (_is_count, _COUNT),
    "head": (_is_hash, _DIGITS),
    "root": (_is_hash, _DIGITS),
    "path": (_is_path, f"a list of texts, each of {_DIGITS}"),
    "sealed_at": (_is_instant, "a time in UTC such as 2025-07-22T10:00:00Z"),
    "ledger": (lambda value: isinstance(value, str), "a text"),
    "event": (_is_event, "an event as in JSON Lines, with its id, version, position and hash"),
}
"""For each field how it is recognised, and what it is called where it is not."""
