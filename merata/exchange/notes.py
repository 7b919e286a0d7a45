"""Signed notes (C2SP signed-note) and cosignatures (tlog-cosignature), by Ed25519; keys as one line of text."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from merata.errors import FileError
from merata.exchange.tree import ProofError

#: What a key signs: notes of its own, or that it saw a checkpoint continue those before, with the time.
LOG, WITNESS = 1, 4
_KINDS = {LOG: "log", WITNESS: "witness"}
_DASH = "— "
_SECRET = "PRIVATE+KEY+"  # noqa: S105 - the mark of such a line
_MOST_SIGNATURES = 100
LARGEST_NOTE_BYTES = 64_000
_TIME = struct.Struct(">Q")


class Signature(NamedTuple):
    """One signature line."""

    name: str
    id: bytes
    signed: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note."""
        return f"{_DASH}{self.name} {b64(self.id + self.signed)}\n"


@dataclass(frozen=True)
class PublicKey:
    """Who signs: a name, what it signs (`LOG` or `WITNESS`), and 32 bytes that check it."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before its signatures."""
        head = self.name.encode() + b"\n" + bytes([self.kind])
        return hashlib.sha256(head + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64(bytes([self.kind]) + self.public)}"

    def made(self, signature: Signature) -> bool:
        """Whether a signature says that it is by this key."""
        return (signature.name, signature.id) == (self.name, self.id)

    def signed(self, text: str, signature: Signature) -> int:
        """Check its signature of a text; the time of it in seconds since 1970, 0 where a log signed.

        Raises
        ------
        ProofError
            The signature is not of this text by this key.
        """
        data, message, when = signature.signed, text.encode(), 0
        try:
            if self.kind == WITNESS:
                when = _TIME.unpack_from(data)[0]
                data, message = data[_TIME.size :], _cosigned(text, when)
            Ed25519PublicKey.from_public_bytes(self.public).verify(data, message)
        except (InvalidSignature, ValueError, struct.error):
            raise ProofError(
                f"The signature by {self.name} is false: text, signature or key was changed."
            ) from None
        return when


@dataclass(frozen=True)
class SecretKey:
    """A key that signs."""

    public: PublicKey
    _private: Ed25519PrivateKey

    @classmethod
    def made(cls, name: str, kind: int) -> SecretKey:
        """A new key.

        Raises
        ------
        FileError
            The name has a space or a plus sign, or none of anything.
        """
        return cls.of(check_name(name), kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def of(cls, name: str, kind: int, seed: bytes) -> SecretKey:
        """The key of 32 bytes."""
        private = Ed25519PrivateKey.from_private_bytes(seed)
        return cls(PublicKey(name, kind, private.public_key().public_bytes_raw()), private)

    @classmethod
    def parse(cls, text: str) -> SecretKey:
        """A key from its line.

        Raises
        ------
        FileError
            It is no line of a key.
        """
        name, kind, seed, id_ = _parsed(text.strip().removeprefix(_SECRET), "a secret key")
        key = cls.of(name, kind, seed)
        if not text.startswith(_SECRET) or key.public.id != id_:
            raise FileError("This line is no secret key: a character of it was changed.")
        return key

    def line(self) -> str:
        """The key as a line, for a file that only its owner reads."""
        seed = bytes([self.public.kind]) + self._private.private_bytes_raw()
        return f"{_SECRET}{self.public.name}+{self.public.id.hex()}+{b64(seed)}\n"

    def sign(self, text: str, when: int = 0) -> Signature:
        """Sign the text of a note; a witness says `when`, in seconds since 1970."""
        if self.public.kind == WITNESS:
            signed = _TIME.pack(when) + self._private.sign(_cosigned(text, when))
        else:
            signed = self._private.sign(text.encode())
        return Signature(self.public.name, self.public.id, signed)


class Note(NamedTuple):
    """A text, which ends in a newline, and who signed it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}"

    def by(self, keys: Iterable[PublicKey]) -> dict[PublicKey, int]:
        """Which of these keys signed, and when (0 where a log signed). Signatures of unknown keys are passed over.

        Raises
        ------
        ProofError
            A signature of one of the keys is false.
        """
        return {
            key: max(key.signed(self.text, each) for each in own)
            for key in keys
            if (own := [each for each in self.signatures if key.made(each)])
        }

    def with_signatures(self, more: Sequence[Signature]) -> Note:
        """The note with these signatures as well, in place of older ones by the same keys."""
        new = {(each.name, each.id) for each in more}
        kept = [each for each in self.signatures if (each.name, each.id) not in new]
        return Note(self.text, (*kept, *more))


def parse(text: str) -> Note:
    """A note from its text.

    Raises
    ------
    FileError
        It is none; it says why.
    """
    if len(text) > LARGEST_NOTE_BYTES:
        raise FileError(f"A note of more than {LARGEST_NOTE_BYTES} characters is not read.")
    if any(ord(c) < 0x20 and c != "\n" for c in text):
        raise FileError("A signed note has no control characters (Windows line ends, say) but newlines.")
    body, blank, tail = text.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise FileError("A signed note is a text, an empty line, and lines that begin with —. Expected that.")
    return Note(body + "\n", signatures(tail))


def signatures(text: str) -> tuple[Signature, ...]:
    """Signature lines alone, as a witness answers with.

    Raises
    ------
    FileError
        A line is none.
    """
    lines = text.removesuffix("\n").split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise FileError(f"A note of more than {_MOST_SIGNATURES} signatures is not read.")
    return tuple(_signature(line) for line in lines)


def _signature(line: str) -> Signature:
    name, space, signed = line.removeprefix(_DASH).partition(" ")
    data = unb64(signed)
    if not line.startswith(_DASH) or not space or len(data) < 5:
        raise FileError(f"{line[:80]!r} is no signature line: — NAME BASE64.")
    return Signature(check_name(name), data[:4], data[4:])


def public_key(text: str) -> PublicKey:
    """A public key from its line `NAME+ID+KEY` (a vkey).

    Raises
    ------
    FileError
        It is none.
    """
    name, kind, public, id_ = _parsed(text.strip(), "a public key")
    key = PublicKey(name, kind, public)
    if key.id != id_:
        raise FileError(f"{text[:80]!r} is no public key: a character of it was changed.")
    return key


def _parsed(text: str, what: str) -> tuple[str, int, bytes, bytes]:
    try:
        name, id_, key = text.split("+", 2)
        data, head = unb64(key), bytes.fromhex(id_)
    except ValueError:
        raise FileError(f"Expected {what}: NAME+8 hexadecimal digits+BASE64.") from None
    if len(data) != 33 or data[0] not in _KINDS or len(head) != 4:
        raise FileError(f"Expected {what} of Ed25519: of a log (type 1) or of a witness (type 4).")
    return check_name(name), data[0], data[1:], head


def check_name(name: str) -> str:
    """The name of a key, which is not empty and has neither spaces nor a plus sign.

    Raises
    ------
    FileError
        It is or has.
    """
    if not name or "+" in name or any(c.isspace() or ord(c) < 0x20 for c in name):
        raise FileError(
            f"{name[:80]!r} is no name of a key: no spaces, no plus sign, such as kukar.example/log."
        )
    return name


def b64(data: bytes) -> str:
    """Base 64 as notes have it."""
    return base64.b64encode(data).decode()


def unb64(text: str) -> bytes:
    """Bytes of base 64 in its one form.

    Raises
    ------
    FileError
        It is none.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if b64(data) != text:
        raise FileError(f"{text[:80]!r} is not base 64.")
    return data


def _cosigned(text: str, when: int) -> bytes:
    return f"cosignature/v1\ntime {when}\n{text}".encode()
