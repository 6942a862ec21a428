"""A Merkle tree over a growing list, and its proofs: RFC 9162 (Certificate Transparency 2.0), section 2.1, with SHA-256.

Hashes are 32 bytes each; who reads them from elsewhere sees to that. Leaves go in as their hashes, in order and one at a
time, so that a list of any length needs memory only for one hash on each level of the tree. Indexes count from 0, as in the
RFC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from hashlib import sha256
from itertools import islice

import attrs

EMPTY_ROOT = sha256().digest()
"""The root of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry; the byte 0x00 before it keeps entries apart from inner nodes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node, from those of its two children."""
    return sha256(b"\x01" + left + right).digest()


@attrs.define
class Tree:
    """A tree that grows by one leaf at a time. ``size`` is the number of its leaves."""

    size: int = attrs.field(default=0, init=False)
    _full: list[bytes] = attrs.field(factory=list, init=False)
    """The roots of the full subtrees, the largest first: one for each 1 in the binary digits of the size."""

    def add(self, leaf: bytes) -> None:
        """Append one leaf, given as its hash."""
        digits = self.size
        while digits & 1:
            leaf = node_hash(self._full.pop(), leaf)
            digits >>= 1
        self._full.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The hash that stands for all leaves so far."""
        if not self._full:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_hash(left, right), reversed(self._full))


def inclusion_path(leaves: Iterable[bytes], index: int, size: int) -> list[bytes]:
    """The siblings from a leaf up to the root of the first ``size`` leaves (RFC 9162, section 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    return _path(leaves, index, index + 1, size)[1:]


def consistency_path(leaves: Iterable[bytes], first: int, second: int) -> list[bytes]:
    """What leads from the root of the first ``first`` leaves to that of the first ``second`` (RFC 9162, section 2.1.4.1)."""
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {second} did not grow out of one of {first}")
    if first in (0, second):
        return []
    full = first & -first
    path = _path(leaves, first - full, first, second)
    # The last full subtree of the older tree goes first, unless it is all of that tree: then the reader has its root.
    return path[1:] if full == first else path


def _path(leaves: Iterable[bytes], start: int, stop: int, size: int) -> list[bytes]:
    """The root of the full subtree over ``start`` to ``stop``, then its siblings up to the root of the whole tree."""
    ranges = [(start, stop), *_siblings(start, stop, size)]
    stream = iter(leaves)
    roots = {low: _subtree(stream, high - low) for low, high in sorted(ranges)}
    return [roots[low] for low, _ in ranges]


def _siblings(start: int, stop: int, size: int) -> list[tuple[int, int]]:
    """The leaves below each sibling on the way up; together with ``start`` to ``stop`` they are all leaves."""
    low, high = 0, size
    down = []
    while (low, high) != (start, stop):
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        if start < middle:
            down.append((middle, high))
            high = middle
        else:
            down.append((low, middle))
            low = middle
    return down[::-1]


def _subtree(stream: Iterator[bytes], size: int) -> bytes:
    tree = Tree()
    for leaf in islice(stream, size):
        tree.add(leaf)
    if tree.size < size:
        raise ValueError("there are fewer leaves than the tree was said to have")
    return tree.root()


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a path leads from a leaf, None where no path of that length can (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    sides = _sides(index, size - 1)
    if len(path) != len(sides):
        return None
    node = leaf
    for on_left, sibling in zip(sides, path, strict=True):
        node = node_hash(sibling, node) if on_left else node_hash(node, sibling)
    return node


def is_consistent(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the second tree begins with all leaves of the first, in their order (RFC 9162, section 2.1.4.2)."""
    if first == second:
        return not path and first_root == second_root
    if first == 0:  # the RFC leaves it open: whatever grew, it grew out of nothing
        return second > 0 and not path and first_root == EMPTY_ROOT
    if not 0 < first < second:
        return False
    full = first & -first
    nodes = [first_root, *path] if full == first else list(path)
    sides = _sides((first - 1) // full, (second - 1) // full)
    if len(nodes) != len(sides) + 1:
        return False
    older = newer = nodes[0]
    for on_left, sibling in zip(sides, nodes[1:], strict=True):
        older = node_hash(sibling, older) if on_left else older
        newer = node_hash(sibling, newer) if on_left else node_hash(newer, sibling)
    return older == first_root and newer == second_root


def _sides(index: int, last: int) -> list[bool]:
    """Whether each sibling stands on the left, on the way up from a node; ``last`` is the last node of its level."""
    sides = []
    while last:
        sides.append(index % 2 == 1 or index == last)
        # The last node of a level may have no sibling there: it rises until it is a right child.
        while sides[-1] and index % 2 == 0:
            index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    return sides
