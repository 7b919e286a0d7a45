"""The Merkle tree of RFC 6962: hashes of leaves and nodes, proofs from stored nodes, and their checks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from merata.errors import FileError

HASH_BYTES = 32
#: The root of a tree without leaves.
EMPTY = hashlib.sha256().digest()
#: No proof of a tree below 2^63 leaves is longer.
LONGEST_PROOF = 63

#: Hash of the whole subtree of 2^height leaves that is the `index`-th of its height.
Node = Callable[[int, int], bytes]


class ProofError(FileError):
    """A proof, a signature or a stored hash does not show what it claims."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash of a leaf: SHA-256 of 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of a node: SHA-256 of 0x01 and its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Root over neighbouring hashes of one height, a power of two of them."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def root(size: int, node: Node) -> bytes:
    """Root of the tree of the first `size` leaves."""
    return _root(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """Audit path of a leaf, from its sibling up (RFC 6962, 2.1.1).

    Raises
    ------
    ValueError
        There is no such leaf in a tree of this size.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} of {size}")
    return _path(index, 0, size, node)


def consistency(old: int, size: int, node: Node) -> list[bytes]:
    """Proof that the tree of `size` leaves begins with that of `old` leaves (RFC 6962, 2.1.2); empty from nothing.

    Raises
    ------
    ValueError
        The older tree is the larger one.
    """
    if not 0 <= old <= size:
        raise ValueError(f"from {old} to {size}")
    return _subproof(old, 0, size, node, True) if old else []


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check an audit path of a leaf's hash against a root (RFC 9162, 2.1.3.2).

    Raises
    ------
    ProofError
        The leaf is not shown to be there.
    """
    if not 0 <= index < size:
        raise ProofError(f"The proof is of leaf {index}, but the tree has {size}.")
    _check_lengths(proof)
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("The proof of inclusion is longer than the tree is high: it was changed.")
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    if last or found != root:
        raise ProofError(f"The proof does not lead from leaf {index} to the root: one of them was changed.")


def check_consistency(old: int, old_root: bytes, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a tree continues an older one (RFC 9162, 2.1.4.2).

    Raises
    ------
    ProofError
        It is not shown to.
    """
    if not 0 <= old <= size:
        raise ProofError(f"A tree of {size} leaves can't continue one of {old}: leaves were taken away.")
    _check_lengths(proof)
    if old in (0, size):
        _check_ends(old, old_root, size, proof, root)
        return
    if not proof:
        raise ProofError(f"The proof from {old} to {size} leaves is empty.")
    if _replay(old, size, proof, old_root) != (old_root, root):
        raise ProofError(f"The tree of {size} leaves does not continue that of {old}: history was rewritten.")


def _check_ends(old: int, old_root: bytes, size: int, proof: Sequence[bytes], root: bytes) -> None:
    if proof:
        raise ProofError(f"A proof from {old} to {size} leaves has to be empty.")
    if old == 0 and old_root != EMPTY:
        raise ProofError("The older tree has no leaves, but the root of a tree that has.")
    if old == size and old_root != root:
        raise ProofError(f"Two trees of {size} leaves have different roots: history was rewritten.")


def _replay(old: int, size: int, proof: Sequence[bytes], old_root: bytes) -> tuple[bytes, bytes]:
    """The roots of the older and of the newer tree that a proof leads to."""
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("The proof of consistency is longer than the tree is high: it was changed.")
        if at & 1 or at == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        at, last = at >> 1, last >> 1
    return (before, after) if last == 0 else (b"", b"")


def _check_lengths(proof: Sequence[bytes]) -> None:
    if len(proof) > LONGEST_PROOF or any(len(each) != HASH_BYTES for each in proof):
        raise ProofError(f"A proof is {LONGEST_PROOF} hashes of {HASH_BYTES} bytes at most.")


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _root(begin: int, end: int, node: Node) -> bytes:
    count = end - begin
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return node(height, begin >> height)
    middle = begin + _split(count)
    return node_hash(_root(begin, middle, node), _root(middle, end, node))


def _path(index: int, begin: int, end: int, node: Node) -> list[bytes]:
    if end - begin == 1:
        return []
    middle = begin + _split(end - begin)
    if index < middle:
        return [*_path(index, begin, middle, node), _root(middle, end, node)]
    return [*_path(index, middle, end, node), _root(begin, middle, node)]


def _subproof(old: int, begin: int, end: int, node: Node, whole: bool) -> list[bytes]:
    if old == end:
        return [] if whole else [_root(begin, end, node)]
    middle = begin + _split(end - begin)
    if old <= middle:
        return [*_subproof(old, begin, middle, node, whole), _root(middle, end, node)]
    return [*_subproof(old, middle, end, node, False), _root(begin, middle, node)]
