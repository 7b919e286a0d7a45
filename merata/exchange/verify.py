"""Checks of what was handed over: a proof, a checkpoint, or a whole log, against keys that one trusts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from merata.errors import FileError
from merata.exchange import checkpoints, handover, leaves, proofs
from merata.exchange.checkpoints import Checkpoint
from merata.exchange.policy import Policy
from merata.exchange.proofs import Growth, Proof
from merata.exchange.reader import Reader
from merata.exchange.source import Source
from merata.exchange.tree import ProofError


@dataclass
class Shown:
    """What is shown to be so."""

    what: str
    """An entry, a log or a checkpoint."""
    origin: str
    size: int
    witnesses: dict[str, int]
    """Who cosigned, and when, in seconds since 1970."""
    index: int | None = None
    leaf: dict[str, Any] = field(default_factory=dict)
    since: int | None = None
    """It continues the older checkpoint that was given, which had so many entries."""


def data(
    given: bytes,
    policy: Policy,
    *,
    old: Checkpoint | None = None,
    entry: bytes | None = None,
    handovers: Sequence[Proof] = (),
) -> Shown:
    """Check a proof of an entry, of growth, or a checkpoint.

    Parameters
    ----------
    given
        The bytes of the file.
    policy
        Whom to trust.
    old
        A checkpoint that one trusts from earlier, for a proof of growth.
    entry
        The entry, where the proof does not bring it along.
    handovers
        Proofs that the log's key was changed, in order.

    Raises
    ------
    ProofError
        It does not show what it claims.
    FileError
        It can't be read.
    """
    said = proofs.parse(given)
    found = said if isinstance(said, Checkpoint) else said.checkpoint
    shown = Shown("checkpoint", found.origin, found.size, _trusted(found, policy, handovers))
    if isinstance(said, Proof):
        shown.what, shown.index = "entry", said.index
        shown.leaf = leaves.read(said.check(entry))
    elif isinstance(said, Growth):
        if old is None:
            raise FileError("This shows that a log continues an older checkpoint. Give that one (--old).")
        said.check(old)
        shown.what, shown.since = "growth", said.old
    return shown


def log(
    source: Source,
    policy: Policy,
    *,
    old: Checkpoint | None = None,
    handovers: Sequence[Proof] = (),
) -> Shown:
    """Check a whole log: every entry, every hash, its newest checkpoint, and that it continues an older one.

    Raises
    ------
    ProofError
        Something was changed; it says what.
    FileError
        There is no log.
    """
    if (given := source.get("checkpoint")) is None:
        raise FileError(f"{source}: has no checkpoint. Expected the folder or address of a log.")
    found = checkpoints.parse(given)
    shown = Shown("log", found.origin, found.size, _trusted(found, policy, handovers))
    reader = Reader(source, found.size)
    reader.audit()
    if reader.root() != found.root:
        raise ProofError(f"{source}: its entries are not those that were signed: history was rewritten.")
    if old is not None:
        proofs.growth(reader, old.size, found).check(old)
        shown.since = old.size
    return shown


def _trusted(found: Checkpoint, policy: Policy, handovers: Sequence[Proof]) -> dict[str, int]:
    return policy.check(found, handover.follow(policy, handovers))
