"""Whom to trust (C2SP tlog-policy): keys of logs, keys of witnesses, and how many of those must have cosigned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from merata.errors import FileError
from merata.exchange.checkpoints import Checkpoint
from merata.exchange.notes import LOG, WITNESS, PublicKey, public_key
from merata.exchange.tree import ProofError

_NONE = "none"


class _Group(NamedTuple):
    least: int
    members: tuple[str, ...]


@dataclass
class Policy:
    """Keys of logs and witnesses, and the rule."""

    logs: list[PublicKey] = field(default_factory=list)
    witnesses: dict[str, PublicKey] = field(default_factory=dict)
    groups: dict[str, _Group] = field(default_factory=dict)
    quorum: str = _NONE
    addresses: dict[str, str] = field(default_factory=dict)
    """Address of a log or witness, where the policy gives one, by its key."""

    @classmethod
    def of(cls, *logs: PublicKey) -> Policy:
        """The policy that trusts these logs without any witness."""
        return cls(logs=list(logs))

    @classmethod
    def read(cls, path: Path) -> Policy:
        """The policy in a file.

        Raises
        ------
        FileError
            A line of it is not as expected.
        """
        try:
            return cls.parse(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise FileError(f"{path}: can't be read as a policy ({error}).") from None

    @classmethod
    def parse(cls, text: str, name: str = "policy") -> Policy:
        """The policy of a text; `name` is what errors call it."""
        made = cls()
        quorums: list[str] = []
        for number, line in enumerate(text.split("\n"), 1):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            try:
                made._take(words, quorums)
            except (FileError, ValueError, IndexError) as error:
                raise FileError(f"{name}, line {number}: {error}. Expected {_EXPECTED}.") from None
        if len(quorums) != 1:
            raise FileError(
                f"{name}: has {len(quorums)} lines `quorum NAME`. Expected one; `quorum none` for no witness."
            )
        made.quorum = quorums[0]
        return made

    def check(self, checkpoint: Checkpoint, logs: list[PublicKey] | None = None) -> dict[str, int]:
        """Check that a checkpoint is signed by its log and cosigned as the policy demands.

        Parameters
        ----------
        checkpoint
            The checkpoint.
        logs
            Keys of logs in place of the policy's own, where a key was changed since.

        Returns
        -------
        dict
            Witnesses that cosigned it, and when, in seconds since 1970.

        Raises
        ------
        ProofError
            A signature is false, or one that is needed is missing.
        """
        checkpoint.check(self.logs if logs is None else logs)
        return self.cosigned(checkpoint)

    def cosigned(self, checkpoint: Checkpoint) -> dict[str, int]:
        """Check the cosignatures alone; the witnesses and when.

        Raises
        ------
        ProofError
            One is false, or one that is needed is missing.
        """
        by = checkpoint.note.by(self.witnesses.values())
        seen = {name: by[key] for name, key in self.witnesses.items() if key in by}
        if not self._meets(self.quorum, seen):
            raise ProofError(
                f"The checkpoint of {checkpoint.origin} at {checkpoint.size} entries has too few witnesses: "
                f"{', '.join(seen) or 'none'} of {', '.join(self.witnesses)}; needed: {self.quorum}."
            )
        return seen

    def _meets(self, name: str, seen: Mapping[str, int]) -> bool:
        if name == _NONE:
            return True
        if name in self.witnesses:
            return name in seen
        least, members = self.groups[name]
        return sum(self._meets(each, seen) for each in members) >= least

    def _take(self, words: list[str], quorums: list[str]) -> None:
        what, rest = words[0], words[1:]
        if what == "log" and len(rest) in (1, 2):
            self.logs.append(self._key(LOG, *rest))
        elif what == "witness" and len(rest) in (2, 3):
            self._free(rest[0])
            self.witnesses[rest[0]] = self._key(WITNESS, *rest[1:])
        elif what == "group" and len(rest) >= 3:
            self._free(rest[0])
            self.groups[rest[0]] = self._group(rest[1], tuple(rest[2:]))
        elif what == "quorum" and len(rest) == 1:
            if rest[0] != _NONE:
                self._known(rest[0])
            quorums.append(rest[0])
        else:
            raise ValueError(f"{' '.join(words)[:80]!r} is not understood")

    def _key(self, kind: int, text: str, address: str = "") -> PublicKey:
        key = public_key(text)
        if key.kind != kind:
            raise ValueError(f"{key.name} is a key of the other kind")
        if any(key.public == each.public for each in [*self.logs, *self.witnesses.values()]):
            raise ValueError(f"{key.name} has a key that stands here already")
        if address:
            self.addresses[str(key)] = address
        return key

    def _group(self, count: str, members: tuple[str, ...]) -> _Group:
        for each in members:
            self._known(each)
        if len(set(members)) < len(members) or any(
            set(members) & set(group.members) for group in self.groups.values()
        ):
            raise ValueError("a name counts in one group only, once")
        least = {"any": 1, "all": len(members)}.get(count) or int(count)
        if not 1 <= least <= len(members):
            raise ValueError(f"{least} of {len(members)} can't be")
        return _Group(least, members)

    def _free(self, name: str) -> None:
        if name == _NONE or name in self.witnesses or name in self.groups:
            raise ValueError(f"the name {name} is taken")

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise ValueError(f"{name} does not stand above")


_EXPECTED = "`log KEY [ADDRESS]`, `witness NAME KEY [ADDRESS]`, `group NAME all|any|NUMBER NAME…` or `quorum NAME|none`"
