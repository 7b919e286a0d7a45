"""A log's key changes hands, or was lost: from the key that one trusts to the one that signs now."""

from __future__ import annotations

from collections.abc import Sequence

from merata.errors import FileError
from merata.exchange import leaves
from merata.exchange.notes import LOG, PublicKey, public_key
from merata.exchange.policy import Policy
from merata.exchange.proofs import Proof
from merata.exchange.tree import ProofError


def leaf(date: str, region: str, old: PublicKey, new: PublicKey, *, lost: bool = False) -> bytes:
    """The leaf that names a new key. It has to be signed by the old one, unless that was lost.

    Raises
    ------
    FileError
        The keys are not those of one log.
    """
    if old.name != new.name or old.kind != LOG or new.kind != LOG or old == new:
        raise FileError(f"{old.name} and {new.name}: expected two keys of one log.")
    why = "lost" if lost else "changed"
    return leaves.leaf("key", date, region, {"old": str(old), "new": str(new), "why": why})


def follow(policy: Policy, proofs: Sequence[Proof]) -> list[PublicKey]:
    """The keys that are trusted after these handovers, in order: each takes the place of the one before.

    Parameters
    ----------
    policy
        Keys that were trusted until now, and the witnesses.
    proofs
        Of leaves of the kind `key`. One that says *changed* has to be under a checkpoint that the old key signed; one
        that says *lost* under one that the new key signed and that witnesses cosigned, as many as the policy demands.

    Raises
    ------
    ProofError
        One does not lead on.
    """
    trusted = list(policy.logs)
    for proof in proofs:
        old, new, lost = _named(proof)
        if old not in trusted:
            raise ProofError(f"The handover is from a key of {old.name} that you don't trust.")
        if lost and policy.quorum == "none":
            raise ProofError(
                f"The key of {old.name} was lost: only witnesses can say that its log is the same. "
                "Expected a policy that demands some."
            )
        policy.check(proof.checkpoint, [new if lost else old])
        trusted = [new if key == old else key for key in trusted]
    return trusted


def _named(proof: Proof) -> tuple[PublicKey, PublicKey, bool]:
    said = leaves.read(proof.check())
    if said["kind"] != "key":
        raise FileError(f"This proof is of a {said['kind']}, and that of a key is needed.")
    content = said["content"]
    old, new = public_key(content["old"]), public_key(content["new"])
    if old.name != new.name or proof.checkpoint.origin != old.name:
        raise ProofError("The handover is between keys of different logs.")
    return old, new, content["why"] == "lost"
