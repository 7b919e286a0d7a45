"""SNMP version 2c, as much as reads two counters of a router: GET of ifHCInOctets, ifHCOutOctets (RFC 3416, 2863)."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress

IN_OCTETS, OUT_OCTETS = "1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.10"

_INTEGER, _STRING, _NULL, _OID, _SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
_COUNTER32, _COUNTER64, _GET, _RESPONSE = 0x41, 0x46, 0xA0, 0xA2


class SnmpError(ValueError):
    """An answer that is none."""


def encode(tag: int, content: bytes) -> bytes:
    """Tag, length, content (X.690, 8.1)."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    long = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(long)]) + long + content


def encode_integer(value: int) -> bytes:
    """A whole number, at least 0."""
    return encode(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def encode_oid(oid: str) -> bytes:
    """An object's name."""
    parts = [int(p) for p in oid.split(".")]
    out = bytearray([40 * parts[0] + parts[1]])
    for part in parts[2:]:
        digits = [part & 0x7F]
        while part := part >> 7:
            digits.append(0x80 | part & 0x7F)
        out += bytes(reversed(digits))
    return encode(_OID, bytes(out))


def decode(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag and content of what stands first, and what follows it."""
    if len(data) < 2:
        raise SnmpError("too short")
    size, start = data[1], 2
    if size & 0x80:
        start = 2 + (size & 0x7F)
        size = int.from_bytes(data[2:start], "big")
    if start > len(data) or start + size > len(data):
        raise SnmpError("too short")
    return data[0], data[start : start + size], data[start + size :]


def _taken(data: bytes, tag: int) -> tuple[bytes, bytes]:
    got, content, rest = decode(data)
    if got != tag:
        raise SnmpError(f"tag {got:#x}, not {tag:#x}")
    return content, rest


def request(number: int, community: str, oids: list[str]) -> bytes:
    """A GET of some objects."""
    wanted = b"".join(encode(_SEQUENCE, encode_oid(o) + encode(_NULL, b"")) for o in oids)
    pdu = encode(_GET, encode_integer(number) + 2 * encode_integer(0) + encode(_SEQUENCE, wanted))
    return encode(_SEQUENCE, encode_integer(1) + encode(_STRING, community.encode()) + pdu)


def response(data: bytes, number: int, oids: list[str]) -> list[int | None]:
    """The counters in the answer to a request; None for an object that the router has not."""
    message, _ = _taken(data, _SEQUENCE)
    _, rest = _taken(message, _INTEGER)
    _, rest = _taken(rest, _STRING)
    pdu, _ = _taken(rest, _RESPONSE)
    got, rest = _taken(pdu, _INTEGER)
    status, rest = _taken(rest, _INTEGER)
    _, rest = _taken(rest, _INTEGER)
    if int.from_bytes(got, "big") != number or int.from_bytes(status, "big"):
        raise SnmpError("answers something else, or an error")
    rows, _ = _taken(rest, _SEQUENCE)
    found: list[int | None] = []
    for oid in oids:
        row, rows = _taken(rows, _SEQUENCE)
        tag, content, _ = decode(row[len(encode_oid(oid)) :] if row.startswith(encode_oid(oid)) else b"")
        found.append(int.from_bytes(content, "big") if tag in (_COUNTER32, _COUNTER64) else None)
    return found


def octets(where: str, patience_s: float = 2.0) -> tuple[int, int] | None:
    """Bytes in and out of a router's interface; `where`: "ADDRESS[:PORT] COMMUNITY INDEX". None where it won't say."""
    host, community, index = where.split()
    name, colon, port = host.rpartition(":")
    oids = [f"{IN_OCTETS}.{index}", f"{OUT_OCTETS}.{index}"]
    number = int.from_bytes(os.urandom(3), "big")
    with suppress(OSError, SnmpError, UnicodeError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((name, int(port)) if colon else (host, 161))
        sock.send(request(number, community, oids))
        until = time.monotonic() + patience_s
        while (left := until - time.monotonic()) > 0:
            sock.settimeout(left)
            with suppress(SnmpError):
                received, sent = response(sock.recv(2048), number, oids)
                return None if received is None or sent is None else (received, sent)
    return None
