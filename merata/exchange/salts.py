"""Salted hashes: a leaf refers to words without giving them away, and the salt can be forgotten."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from merata.errors import FileError, MissingError
from merata.exchange import written

#: The file of salts in a region's folder, beside the log and never in it.
FILE = "log-salts.json"
_SALT_BYTES = 32


def salted(salt: bytes, words: str) -> str:
    """HMAC-SHA-256 of words under a salt, in hexadecimal."""
    return hmac.new(salt, words.encode(), hashlib.sha256).hexdigest()


class Salts:
    """The salts of a region, by the hash that each belongs to.

    Parameters
    ----------
    path
        The file; only its owner reads it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def hashes(self, words: Sequence[str]) -> list[str]:
        """A hash of each of these words, each under a new salt, all of which are kept before this returns."""
        salts = [secrets.token_bytes(_SALT_BYTES) for _ in words]
        made = [salted(*each) for each in zip(salts, words, strict=True)]
        if made:
            with self._alone():
                self._write(
                    {**self._read(), **{one: salt.hex() for one, salt in zip(made, salts, strict=True)}}
                )
        return made

    def shows(self, made: str, words: str) -> bool:
        """Whether a hash is of these words.

        Raises
        ------
        MissingError
            Its salt was forgotten: nobody can tell any more.
        """
        return hmac.compare_digest(salted(self.salt(made), words), made)

    def compared(self, pairs: Iterable[tuple[str, str]]) -> list[bool | None]:
        """Whether each hash is of its words; None where the salt was forgotten. The file is read once."""
        salts = self._read()
        return [
            hmac.compare_digest(salted(bytes.fromhex(salts[made]), words), made) if made in salts else None
            for made, words in pairs
        ]

    def salt(self, made: str) -> bytes:
        """The salt of a hash, for whoever may check the words.

        Raises
        ------
        MissingError
            It was forgotten, or never was here.
        """
        try:
            return bytes.fromhex(self._read()[made])
        except KeyError:
            raise MissingError(
                f"{self.path}: has no salt for {made[:16]}…. Forgotten: nobody can tell the words any more."
            ) from None

    def forget(self, made: str) -> bool:
        """Forget the salt of a hash, so that the log says nothing of its words any more; whether there was one."""
        with self._alone():
            salts = self._read()
            known = salts.pop(made, None) is not None
            if known:
                self._write(salts)
        return known

    def _alone(self) -> AbstractContextManager[None]:
        return written.alone(self.path.with_suffix(".lock"), str(self.path))

    def _read(self) -> dict[str, str]:
        try:
            if os.stat(self.path).st_mode & 0o077:
                raise FileError(f"{self.path}: others may read it. chmod 600 {self.path}")
            said = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise FileError(
                f"{self.path}: expected JSON {{hash: salt}} ({error}). Take it from a copy."
            ) from error
        if not isinstance(said, dict):
            raise FileError(f"{self.path}: expected JSON {{hash: salt}}. Take it from a copy.")
        return said

    def _write(self, salts: dict[str, str]) -> None:
        written.settle(self.path, json.dumps(salts, indent=0).encode(), 0o600)
