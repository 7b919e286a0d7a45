"""The Merkle tree against RFC 6962: published vectors, its definition by brute force, and pymerkle."""

import hashlib

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.exchange import tree
from merata.exchange.tree import ProofError

#: Leaves, roots and proofs that Certificate Transparency's own tests hold.
LEAVES = [bytes.fromhex(h) for h in
    ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION_6_OF_8 = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
CONSISTENCY_1_TO_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
CONSISTENCY_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
CONSISTENCY_2_TO_5 = [
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
]


def mth(entries):
    """The Merkle Tree Hash, word by word from RFC 6962, 2.1."""
    n = len(entries)
    if n == 0:
        return hashlib.sha256(b"").digest()
    if n == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < n:
        k *= 2
    return hashlib.sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def subproof(m, entries, whole):
    """The consistency proof, word by word from RFC 6962, 2.1.2."""
    n = len(entries)
    if m == n:
        return [] if whole else [mth(entries)]
    k = 1
    while k * 2 < n:
        k *= 2
    if m <= k:
        return [*subproof(m, entries[:k], whole), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], False), mth(entries[:k])]


def node_of(entries):
    return lambda height, index: mth(entries[index << height : (index + 1) << height])


def some(count):
    return [b"entry %d" % number for number in range(count)]


def test_published_vectors():
    node = node_of(LEAVES)
    assert [tree.root(n, node).hex() for n in range(1, 9)] == ROOTS
    assert [h.hex() for h in tree.inclusion(5, 8, node)] == INCLUSION_6_OF_8
    assert [h.hex() for h in tree.consistency(1, 8, node)] == CONSISTENCY_1_TO_8
    assert [h.hex() for h in tree.consistency(6, 8, node)] == CONSISTENCY_6_TO_8
    assert [h.hex() for h in tree.consistency(2, 5, node)] == CONSISTENCY_2_TO_5
    assert tree.root(0, node) == hashlib.sha256().digest() == tree.EMPTY


@pytest.fixture(scope="module")
def other():
    """The tree of an independent implementation."""
    made = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in some(70):
        made.append_entry(entry)
    return made


def test_every_root_and_path_is_that_of_an_independent_implementation(other):
    node = node_of(some(70))
    for size in (*range(1, 35), 63, 64, 65, 70):
        assert tree.root(size, node) == other.get_root(size)
        for index in range(0, size, 3):
            theirs = other.prove_inclusion(index + 1, size)
            assert tree.inclusion(index, size, node) == theirs.path[1:]
            theirs.verify(theirs.path[0], other.get_root(size), index=index + 1, size=size)
            tree.check_inclusion(theirs.path[0], index, size, theirs.path[1:], other.get_root(size))


def test_what_continues_is_what_an_independent_implementation_says(other):
    node = node_of(some(70))
    for size in (1, 2, 7, 8, 33, 64, 70):
        for old in range(1, size + 1):
            theirs = other.prove_consistency(old, size)
            theirs.verify(other.get_root(old), other.get_root(size), prior_size=old, later_size=size)
            ours = tree.consistency(old, size, node)
            assert ours == subproof(old, some(size), True)
            tree.check_consistency(old, other.get_root(old), size, ours, other.get_root(size))


@settings(max_examples=60)
@given(st.data())
def test_any_leaf_of_any_tree_is_shown_and_no_other(data):
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    entries = some(size)
    node = node_of(entries)
    proof, root = tree.inclusion(index, size, node), tree.root(size, node)
    leaf = tree.leaf_hash(entries[index])
    tree.check_inclusion(leaf, index, size, proof, root)
    for wrong in (
        (tree.leaf_hash(b"another"), index, size, proof, root),
        (leaf, (index + 1) % size if size > 1 else 1, size, proof, root),
        (leaf, index, size, [*proof, root], root),
        (leaf, index, size, proof, tree.leaf_hash(b"another")),
        *((leaf, index, size, bent(proof, at), root) for at in range(len(proof))),
        *((leaf, index, size, proof[:at] + proof[at + 1 :], root) for at in range(len(proof))),
    ):
        with pytest.raises(ProofError):
            tree.check_inclusion(*wrong)


@settings(max_examples=60)
@given(st.data())
def test_any_tree_continues_any_earlier_one_and_no_other(data):
    size = data.draw(st.integers(1, 300))
    old = data.draw(st.integers(0, size))
    node = node_of(some(size))
    proof, root, before = tree.consistency(old, size, node), tree.root(size, node), tree.root(old, node)
    tree.check_consistency(old, before, size, proof, root)
    other = tree.leaf_hash(b"another")
    wrong = [
        (old, other, size, proof, root),
        (size + 1, before, size, proof, root),
        (old, before, size, [*proof, other], root),
    ]
    if old:
        wrong += [(old, before, size, proof, other)]
    wrong += [(old, before, size, bent(proof, at), root) for at in range(len(proof))]
    wrong += [(old, before, size, proof[:at] + proof[at + 1 :], root) for at in range(len(proof))]
    for each in wrong:
        with pytest.raises(ProofError):
            tree.check_consistency(*each)


def test_a_rewritten_entry_can_never_be_shown_to_continue():
    entries = some(20)
    rewritten = [*entries[:4], b"rewritten", *entries[5:]]
    for size in range(6, 21):
        proof = tree.consistency(6, size, node_of(rewritten))
        with pytest.raises(ProofError):
            tree.check_consistency(6, mth(entries[:6]), size, proof, mth(rewritten[:size]))


def test_a_leaf_is_shown_under_its_own_number_alone():
    """Numbers before and beyond the tree, too: some lead the same way up as one that is there."""
    for size in range(1, 14):
        node = node_of(some(size))
        root = tree.root(size, node)
        for index in range(size):
            proof, leaf = tree.inclusion(index, size, node), node(0, index)
            tree.check_inclusion(leaf, index, size, proof, root)
            for number in {*range(-2, 2 * size + 2)} - {index}:
                with pytest.raises(ProofError):
                    tree.check_inclusion(leaf, number, size, proof, root)


def test_a_tree_continues_its_older_size_alone():
    for size in range(1, 14):
        node = node_of(some(size))
        root = tree.root(size, node)
        for old in range(1, size + 1):
            proof, before = tree.consistency(old, size, node), tree.root(old, node)
            tree.check_consistency(old, before, size, proof, root)
            for number in {*range(-2, size + 3)} - {old}:
                with pytest.raises(ProofError):
                    tree.check_consistency(number, before, size, proof, root)
        with pytest.raises(ProofError, match="empty"):
            tree.check_consistency(size, root, size + 1, [], root)


def test_the_largest_tree_that_a_checkpoint_can_name_has_proofs():
    """All its leaves are alike, so that a hash is known by its height."""
    alike = [tree.leaf_hash(b"alike")]
    for _ in range(63):
        alike.append(tree.node_hash(alike[-1], alike[-1]))

    def node(height, index):
        return alike[height]

    size, old = 2**63 - 1, 2**62
    root = tree.root(size, node)
    for index in (0, 1, old, size - 1):
        tree.check_inclusion(alike[0], index, size, tree.inclusion(index, size, node), root)
    assert len(tree.inclusion(0, size, node)) == 63
    tree.check_consistency(old, tree.root(old, node), size, tree.consistency(old, size, node), root)


def bent(proof, at):
    """The proof with one bit of one hash changed."""
    return [bytes([each[0] ^ 1]) + each[1:] if i == at else each for i, each in enumerate(proof)]


def _of_seven():
    """A tree of seven leaves: a leaf and its proof, the root, the root of its first three and the proof from there."""
    node = node_of(some(7))
    root, before = tree.root(7, node), tree.root(3, node)
    return node(0, 2), tree.inclusion(2, 7, node), root, before, tree.consistency(3, 7, node)


def test_each_refusal_of_an_inclusion_says_what_is_wrong():
    leaf, proof, root, _, _ = _of_seven()
    longer = [*proof, leaf]
    cases = [
        ((leaf, 7, 7, proof, root), "The proof is of leaf 7, but the tree has 7."),
        (
            (leaf, 2, 7, longer, root),
            "The proof of inclusion is longer than the tree is high: it was changed.",
        ),
        (
            (leaf, 2, 7, proof, leaf),
            "The proof does not lead from leaf 2 to the root: one of them was changed.",
        ),
        ((leaf, 2, 7, [proof[0][:31]], root), "A proof is 63 hashes of 32 bytes at most."),
        ((leaf, 2, 7, [leaf] * 64, root), "A proof is 63 hashes of 32 bytes at most."),
    ]
    for given_, said in cases:
        with pytest.raises(ProofError) as found:
            tree.check_inclusion(*given_)
        assert str(found.value) == said


def test_each_refusal_of_a_continuation_says_what_is_wrong():
    leaf, _, root, before, proof = _of_seven()
    long = "The proof of consistency is longer than the tree is high: it was changed."
    none = "The older tree has no leaves, but the root of a tree that has."
    cases = [
        ((8, root, 7, [], root), "A tree of 7 leaves can't continue one of 8: leaves were taken away."),
        (
            (3, before, 7, proof, leaf),
            "The tree of 7 leaves does not continue that of 3: history was rewritten.",
        ),
        ((3, before, 7, [], root), "The proof from 3 to 7 leaves is empty."),
        ((3, before, 7, [*proof, leaf], root), long),
        ((7, root, 7, proof, root), "A proof from 7 to 7 leaves has to be empty."),
        ((0, before, 7, [], root), none),
        ((7, before, 7, [], root), "Two trees of 7 leaves have different roots: history was rewritten."),
    ]
    for given_, said in cases:
        with pytest.raises(ProofError) as found:
            tree.check_consistency(*given_)
        assert str(found.value) == said
