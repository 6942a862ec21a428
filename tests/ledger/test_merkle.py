"""The tree and its proofs are those of RFC 9162, by published vectors and by its definition written out once more."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diplostate.ledger.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_path,
    inclusion_path,
    is_consistent,
    leaf_hash,
    node_hash,
    root_of_path,
)

# Published with the Certificate Transparency reference implementation: eight entries, the roots of the trees over the
# first one, two, … of them, and some paths, by (index, size) and by (first, second).

ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


# The definitions of RFC 9162, section 2.1, as they stand there: recursive, over the whole list of entries


def _split(n):
    """The largest power of two that is smaller than n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def _mth(entries):
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = _split(len(entries))
    return sha256(b"\x01" + _mth(entries[:k]) + _mth(entries[k:])).digest()


def _inclusion(m, entries):
    if len(entries) == 1:
        return []
    k = _split(len(entries))
    if m < k:
        return [*_inclusion(m, entries[:k]), _mth(entries[k:])]
    return [*_inclusion(m - k, entries[k:]), _mth(entries[:k])]


def _consistency(m, entries, whole=True):
    if m == len(entries):
        return [] if whole else [_mth(entries)]
    k = _split(len(entries))
    if m <= k:
        return [*_consistency(m, entries[:k], whole), _mth(entries[k:])]
    return [*_consistency(m - k, entries[k:], False), _mth(entries[:k])]


def _root(entries):
    tree = Tree()
    for entry in entries:
        tree.add(leaf_hash(entry))
    return tree.root()


def _hashes(entries):
    return [leaf_hash(entry) for entry in entries]


def _numbered(count):
    return [str(number).encode() for number in range(count)]


def _hex(path):
    return [node.hex() for node in path]


sizes = st.integers(1, 300)


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots(size):
    assert _root(ENTRIES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_published_inclusion_paths(index, size):
    path = inclusion_path(_hashes(ENTRIES), index, size)

    assert _hex(path) == INCLUSION[index, size]
    assert root_of_path(leaf_hash(ENTRIES[index]), index, size, path).hex() == ROOTS[size]


@pytest.mark.parametrize(("first", "second"), CONSISTENCY)
def test_the_published_consistency_paths(first, second):
    path = consistency_path(_hashes(ENTRIES), first, second)

    assert _hex(path) == CONSISTENCY[first, second]
    assert is_consistent(first, second, bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second]), path)


def test_the_worked_example_of_the_rfc():
    """Section 2.1.5: the paths in a tree of seven leaves, and between its earlier sizes, named as in its drawing."""
    a, b, c, d, e, f, j = _hashes(_numbered(7))
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, l = node_hash(g, h), node_hash(i, j)  # noqa: E741  # the name it has there
    leaves = [a, b, c, d, e, f, j]

    assert inclusion_path(leaves, 0, 7) == [b, h, l]
    assert inclusion_path(leaves, 3, 7) == [c, g, l]
    assert inclusion_path(leaves, 4, 7) == [f, j, k]
    assert inclusion_path(leaves, 6, 7) == [i, k]
    assert consistency_path(leaves, 3, 7) == [c, d, g, l]
    assert consistency_path(leaves, 4, 7) == [l]
    assert consistency_path(leaves, 6, 7) == [i, j, k]


@pytest.mark.parametrize("size", range(1, 34))
def test_small_trees_are_those_of_the_definition_in_all_their_proofs(size):
    entries = _numbered(size)
    root = _mth(entries)

    assert _root(entries) == root
    for index in range(size):
        path = inclusion_path(_hashes(entries), index, size)
        assert path == _inclusion(index, entries)
        assert root_of_path(leaf_hash(entries[index]), index, size, path) == root
    for first in range(1, size + 1):
        path = consistency_path(_hashes(entries), first, size)
        assert path == _consistency(first, entries)
        assert is_consistent(first, size, _mth(entries[:first]), root, path)


@given(st.lists(st.binary(max_size=40), max_size=300))
def test_a_root_is_that_of_the_definition(entries):
    assert _root(entries) == _mth(entries)


@given(sizes, st.data())
def test_inclusion_is_that_of_the_definition(size, data):
    index = data.draw(st.integers(0, size - 1))
    entries = _numbered(size)
    path = inclusion_path(iter(_hashes(entries)), index, size)

    assert path == _inclusion(index, entries)
    assert root_of_path(leaf_hash(entries[index]), index, size, path) == _mth(entries)


@given(sizes, st.data())
def test_consistency_is_that_of_the_definition(second, data):
    first = data.draw(st.integers(1, second))
    entries = _numbered(second)
    path = consistency_path(iter(_hashes(entries)), first, second)

    assert path == _consistency(first, entries)
    assert is_consistent(first, second, _mth(entries[:first]), _mth(entries), path)


def _changed(path, data):
    """A path with one byte changed, one hash taken away, or one put in."""
    kind = data.draw(st.sampled_from(["byte", "less", "more"] if path else ["more"]))
    if kind == "more":
        at = data.draw(st.integers(0, len(path)))
        return [*path[:at], data.draw(st.binary(min_size=32, max_size=32)), *path[at:]]
    at = data.draw(st.integers(0, len(path) - 1))
    if kind == "less":
        return path[:at] + path[at + 1 :]
    byte, flip = data.draw(st.integers(0, 31)), data.draw(st.integers(1, 255))
    node = bytearray(path[at])
    node[byte] ^= flip
    return [*path[:at], bytes(node), *path[at + 1 :]]


@given(sizes, st.data())
def test_a_changed_inclusion_path_leads_elsewhere(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaves = _hashes(_numbered(size))
    changed = _changed(inclusion_path(leaves, index, size), data)

    assert root_of_path(leaves[index], index, size, changed) != _mth(_numbered(size))


@given(st.integers(2, 300), st.data())
def test_another_leaf_or_place_leads_elsewhere(size, data):
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(-1, size).filter(lambda number: number != index))
    leaves = _hashes(_numbered(size))
    path = inclusion_path(leaves, index, size)

    assert root_of_path(leaves[index], other, size, path) != _mth(_numbered(size))
    assert root_of_path(leaf_hash(b"another"), index, size, path) != _mth(_numbered(size))


@given(sizes, st.data())
def test_a_changed_consistency_path_is_refused(second, data):
    first = data.draw(st.integers(0, second))
    changed = _changed(consistency_path(_hashes(_numbered(second)), first, second), data)

    assert not is_consistent(first, second, _mth(_numbered(first)), _mth(_numbered(second)), changed)


@given(st.integers(2, 300), st.data())
def test_another_history_is_not_consistent(second, data):
    """One entry of the older tree was changed before the newer one grew."""
    first = data.draw(st.integers(1, second))
    at = data.draw(st.integers(0, first - 1))
    entries = _numbered(second)
    rewritten = [*entries[:at], b"another", *entries[at + 1 :]]
    path = consistency_path(_hashes(rewritten), first, second)

    assert not is_consistent(first, second, _mth(entries[:first]), _mth(rewritten), path)


def test_everything_grew_out_of_nothing():
    assert consistency_path([], 0, 5) == []
    assert is_consistent(0, 5, EMPTY_ROOT, _mth(_numbered(5)), [])
    assert is_consistent(0, 1, EMPTY_ROOT, _mth(_numbered(1)), [])
    assert is_consistent(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not is_consistent(0, 5, _mth(_numbered(1)), _mth(_numbered(5)), [])


@pytest.mark.parametrize(("first", "second"), [(5, 3), (4, 0), (-1, 3), (0, -1)])
def test_a_tree_never_shrinks(first, second):
    assert not is_consistent(first, second, EMPTY_ROOT, _mth(_numbered(3)), [])
    with pytest.raises(ValueError, match="did not grow out of"):
        consistency_path([], first, second)


@pytest.mark.parametrize(("index", "size"), [(3, 3), (-1, 3), (0, 0)])
def test_a_leaf_that_is_not_there_has_no_path(index, size):
    assert root_of_path(EMPTY_ROOT, index, size, []) is None
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_path(_hashes(_numbered(3)), index, size)


def test_too_few_leaves_give_no_path():
    with pytest.raises(ValueError, match="fewer leaves"):
        inclusion_path(_hashes(_numbered(6)), 1, 7)


def test_a_leaf_is_no_node():
    """An entry that looks like two hashes does not pass for the node above them."""
    left, right = _hashes([b"a", b"b"])

    assert leaf_hash(left + right) != node_hash(left, right)


def test_memory_grows_with_the_levels_alone():
    tree = Tree()
    kept = []
    for number in range(1, 1025):
        tree.add(leaf_hash(str(number).encode()))
        kept.append(len(tree._full))

    assert max(kept) == 10
    assert all(size.bit_count() == count for size, count in enumerate(kept, 1))


def test_roots_differ_from_size_to_size():
    entries = _numbered(64)

    assert all(_root(entries[:a]) != _root(entries[:b]) for a, b in pairwise(range(65)))
