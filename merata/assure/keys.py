"""Keys of probes from a JSON file, for a receiver that no site stands behind."""

from __future__ import annotations

import json
import time
from pathlib import Path

from merata.errors import FileError
from merata.probe import wire

_LOOKED_S = 1.0


class KeyFile:
    """The keys in a file `{"PROBE": "KEY"}`, each 32 bytes in hexadecimal; looked at again when it changes.

    `"revoked KEY"` is one that is not taken any more, and whose probe is told so.

    Parameters
    ----------
    path
        The file; only its owner may read it.

    Raises
    ------
    FileError
        It can't be read, holds something else, or others may read it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = (0, 0)
        self._looked = 0.0
        self._keys: dict[int, bytes] = {}
        self._revoked: dict[int, bytes] = {}
        self._look()

    def __call__(self, probe: int) -> bytes | None:
        """The key of a probe; None: there is no such probe, or it was revoked."""
        self._look_again()
        return self._keys.get(probe)

    def revoked(self, probe: int) -> bytes | None:
        """The key of a probe that is not taken any more; None: there is no such."""
        self._look_again()
        return self._revoked.get(probe)

    def _look_again(self) -> None:
        if time.monotonic() - self._looked > _LOOKED_S:
            # A file that is being changed, or is damaged now: the keys of before are still right.
            try:
                self._look()
            except FileError:
                self._looked = time.monotonic()

    def _look(self) -> None:
        self._looked = time.monotonic()
        try:
            state = self.path.stat()
            if state.st_mode & 0o077:
                raise FileError(
                    f"{self.path}: others may read it. chmod 600 {self.path}, and give new keys out."
                )
            if (stamp := (state.st_mtime_ns, state.st_size)) == self._stamp:
                return
            said = json.loads(self.path.read_text(encoding="utf-8"))
            keys = {int(probe): key.split() for probe, key in said.items()}
            self._keys = {probe: _key(key[0]) for probe, key in keys.items() if len(key) == 1}
            self._revoked = {probe: _key(key[1]) for probe, key in keys.items() if key[:-1] == ["revoked"]}
            if len(self._keys) + len(self._revoked) < len(keys):
                raise ValueError("neither a key nor a revoked one")
        except (OSError, ValueError, TypeError, AttributeError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise FileError(
                f"{self.path}: can't be read as keys ({why}). Expected JSON: "
                f'{{"1": "{2 * wire.KEY_BYTES} hexadecimal digits", …}}.'
            ) from error
        self._stamp = stamp


def _key(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != wire.KEY_BYTES:
        raise ValueError(f"a key of {len(key)} bytes, not {wire.KEY_BYTES}")
    return key
