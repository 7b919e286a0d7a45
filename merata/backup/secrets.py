"""The keys of a region in a file of their own, which only its passphrase opens."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from merata.errors import FileError, InputError, MissingError
from merata.exchange import written

FORM = "merata-keys/1"
#: Name by which the key that signs the log goes with the others.
LOG_KEY = "log-key"
FEWEST_LETTERS = 12
#: As OWASP's password storage sheet has it: 128 MB and some tenths of a second for each guess.
_SCRYPT = {"n": 1 << 17, "r": 8, "p": 1}
_LARGEST_BYTES = 100_000_000


def write(path: Path, secrets: Mapping[str, bytes], passphrase: str) -> None:
    """Write secrets by name to a new file, its owner's only.

    Raises
    ------
    FileError
        The file is there already.
    InputError
        The passphrase is too short.
    """
    if len(passphrase) < FEWEST_LETTERS:
        raise InputError(
            f"The passphrase is too short: give it {FEWEST_LETTERS} letters or more, of several words."
        )
    if path.exists():
        raise FileError(f"{path}: is there already. Choose another name for the keys.")
    salt = os.urandom(16)
    inside = {name: base64.b64encode(data).decode() for name, data in secrets.items()}
    sealed = _fernet(passphrase, salt).encrypt(json.dumps(inside).encode()).decode()
    said = {"form": FORM, "salt": base64.b64encode(salt).decode(), "sealed": sealed}
    written.settle(path, (json.dumps(said, indent=1) + "\n").encode(), 0o600)


def read(path: Path, passphrase: str) -> dict[str, bytes]:
    """The secrets in a file.

    Raises
    ------
    MissingError
        There is no such file.
    FileError
        It is no file of keys, or the passphrase is another one.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ValueError("too large")
        said = json.loads(path.read_bytes())
        if said["form"] != FORM:
            raise ValueError(f"form {said['form']!r:.40}, expected {FORM}")
        inside = json.loads(_fernet(passphrase, base64.b64decode(said["salt"])).decrypt(said["sealed"]))
        return {name: base64.b64decode(data) for name, data in inside.items()}
    except FileNotFoundError:
        raise MissingError(f"{path}: no such file of keys.") from None
    except InvalidToken:
        raise FileError(f"{path}: this passphrase does not open it, or it was changed.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(
            f"{path}: is no file of keys that `merata backup --keys` wrote ({error!s:.100})."
        ) from None


def _fernet(passphrase: str, salt: bytes) -> Fernet:
    made = Scrypt(salt=salt, length=32, **_SCRYPT).derive(passphrase.encode())
    return Fernet(base64.urlsafe_b64encode(made))
