"""Keys in files that only their owner reads."""

from __future__ import annotations

import os
from pathlib import Path

from merata.errors import FileError, MissingError
from merata.exchange import written
from merata.exchange.notes import SecretKey


def make(path: Path, name: str, kind: int) -> SecretKey:
    """Make a key and write it to a new file.

    Parameters
    ----------
    path
        The file, which is not there yet.
    name
        Of the log (its origin) or of the witness.
    kind
        `notes.LOG` or `notes.WITNESS`.

    Raises
    ------
    FileError
        The file is there: a key is never written over.
    """
    key = SecretKey.made(name, kind)
    if path.exists():
        raise FileError(f"{path}: is there already. A key is never written over: choose another file.")
    written.settle(path, key.line().encode(), 0o600)
    return key


def load(path: Path, kind: int) -> SecretKey:
    """Read a key.

    Raises
    ------
    MissingError
        There is no such file.
    FileError
        Others may read it, or it holds no key of this kind.
    """
    try:
        state, text = os.stat(path), path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissingError(f"{path}: no such key. `merata exchange key {path} NAME` makes one.") from None
    except UnicodeDecodeError:
        raise FileError(f"{path}: is no key.") from None
    if state.st_mode & 0o077:
        raise FileError(
            f"{path}: others may read it. chmod 600 {path}; who may have read it can sign as you."
        )
    try:
        key = SecretKey.parse(text)
    except FileError as error:
        raise FileError(f"{path}: {error}") from None
    if key.public.kind != kind:
        what, other = ("a log", "a witness") if kind == 1 else ("a witness", "a log")
        raise FileError(f"{path}: is the key of {other}, and {what}'s is needed here.")
    return key
