"""How far away things are: echoes and connects with their times and losses, the resolver. Needs no rights."""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Sequence, Tuple

from merata.probe import wire
from merata.probe.messages import WireError

#: An answer that takes longer counts as lost, s.
PATIENCE_S = 3.0
#: Tries do not leave all at once, s.
APART_S = 0.1

Address = Tuple[str, int]


class Tries(NamedTuple):
    """Times of the tries that were answered, ms, and how many were not."""

    times_ms: list[float]
    lost: int

    def median_ms(self) -> float | None:
        """The middle time, tenths of ms as the wire has them; None when nothing was answered."""
        if not self.times_ms:
            return None
        ordered, half = sorted(self.times_ms), len(self.times_ms) // 2
        middle = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
        return round(min(middle, 6553.0), 1)


def split(target: str, port: int = 443) -> Address:
    """`host:port`, `[address]:port` or `host` as host and port."""
    host, colon, tail = target.rpartition(":")
    if not colon or not tail.isdecimal() or (":" in host and not host.startswith("[")):
        return target.strip("[]"), port
    return host.strip("[]"), int(tail)


class Names:
    """Addresses of names, asked for in a thread: a dead resolver holds nobody up. The last answer stays known."""

    def __init__(self, known: dict[str, Any] | None = None) -> None:
        self.known: dict[str, list[Any]] = dict(known or {})
        self._asking: dict[str, threading.Thread] = {}

    def address(self, target: str, patience_s: float = PATIENCE_S) -> tuple[int, Any] | None:
        """Family and socket address of `host:port`: the last known one where nobody answers now; None where none is."""
        asking = self._asking.get(target)
        if asking is None or not asking.is_alive():
            asking = threading.Thread(target=self._ask, args=(target,), daemon=True)
            self._asking[target] = asking
            asking.start()
        asking.join(patience_s)
        found = self.known.get(target)
        return (int(found[0]), tuple(found[1])) if found else None

    def _ask(self, target: str) -> None:
        host, port = split(target)
        with suppress(OSError, UnicodeError):
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            self.known[target] = [int(found[0][0]), list(found[0][4])]


def connects(
    where: tuple[int, Any] | None, count: int, patience_s: float = PATIENCE_S, apart_s: float = APART_S
) -> Tries:
    """Open so many TCP connections, a little apart, and close each once it stands. One refused was reached too."""
    if where is None:
        return Tries([], count)
    waiting: dict[socket.socket, float] = {}
    times: list[float] = []
    begun = time.perf_counter()
    opened = 0
    try:
        while opened < count or waiting:
            now = time.perf_counter()
            if opened < count and now >= begun + opened * apart_s:
                opened += 1
                _begin(where, waiting)
            _drop_late(waiting, now - patience_s)
            next_s = begun + opened * apart_s - now if opened < count else patience_s
            times += _stood(waiting, max(0.0, min(next_s, 0.5)))
    finally:
        _drop_late(waiting, float("inf"))
    return Tries(times, count - len(times))


def _begin(where: tuple[int, Any], waiting: dict[socket.socket, float]) -> None:
    sock = socket.socket(where[0], socket.SOCK_STREAM)
    sock.setblocking(False)
    begun = time.perf_counter()
    code = sock.connect_ex(where[1])
    if code in (
        0,
        errno.EINPROGRESS,
        errno.EWOULDBLOCK,
        errno.ECONNREFUSED,
        10035,
    ):  # the last is Windows' own
        waiting[sock] = begun
    else:
        sock.close()  # no way there


def _drop_late(waiting: dict[socket.socket, float], before: float) -> None:
    for sock in [s for s, begun in waiting.items() if begun < before]:
        del waiting[sock]
        sock.close()


def _stood(waiting: dict[socket.socket, float], for_s: float) -> list[float]:
    """Times of the connections that came to stand, or were refused, within so long."""
    if not waiting:
        time.sleep(for_s)
        return []
    _, writable, broken = select.select([], list(waiting), list(waiting), for_s)
    now = time.perf_counter()
    times = []
    for sock in {*writable, *broken}:
        begun = waiting.pop(sock)
        if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) in (0, errno.ECONNREFUSED, 10061):
            times.append((now - begun) * 1000)
        sock.close()
    return times


def echoes(
    where: tuple[int, Any] | None, count: int, patience_s: float = PATIENCE_S, apart_s: float = APART_S
) -> Tries:
    """Ask the centre's heartbeat port for so many echoes by UDP."""
    if where is None:
        return Tries([], count)
    sent: dict[bytes, float] = {}
    times: list[float] = []
    with suppress(OSError), socket.socket(where[0], socket.SOCK_DGRAM) as sock:
        sock.connect(where[1])
        for _ in range(count):
            token = os.urandom(8)
            sent[token] = time.perf_counter()
            with suppress(OSError):  # an earlier one was answered by "nobody listens here"
                sock.send(wire.pack_ping(token))
            _gather(sock, sent, times, apart_s)
        _gather(sock, sent, times, patience_s)
    return Tries(times, count - len(times))


def _gather(sock: socket.socket, sent: dict[bytes, float], times: list[float], for_s: float) -> None:
    """Take echoes for so long, or until none is missing."""
    until = time.perf_counter() + for_s
    while sent and (left := until - time.perf_counter()) > 0:
        if not select.select([sock], [], [], left)[0]:
            return
        try:
            begun = sent.pop(wire.pong_token(sock.recv(64)), None)
        except (OSError, WireError):
            continue
        if begun is not None:
            times.append((time.perf_counter() - begun) * 1000)


# The resolver


def resolvers(path: Path = Path("/etc/resolv.conf")) -> list[Address]:
    """The system's resolvers; none where the system does not say."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    rows = [line.split() for line in lines]
    return [(row[1].split("%")[0], 53) for row in rows if row[:1] == ["nameserver"] and len(row) > 1]


def dns_ms(domain: str, servers: Sequence[Address], patience_s: float = PATIENCE_S) -> float | None:
    """Time until the first resolver answers for a name below `domain` that nobody asked for before.

    That there is no such name is an answer too; a resolver that failed, or silence, is none.
    """
    if not domain or not servers:
        return None
    asked, question = _question(f"{os.urandom(6).hex()}.{domain}")
    family = socket.AF_INET6 if ":" in servers[0][0] else socket.AF_INET
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect(servers[0])
        begun = time.perf_counter()
        sock.send(question)
        while (left := patience_s - (time.perf_counter() - begun)) > 0:
            sock.settimeout(left)
            if (said := _answer(sock.recv(4096), asked)) is not None:
                took = (time.perf_counter() - begun) * 1000
                return round(took, 1) if said in (0, 3) else None
    return None


def _question(name: str) -> tuple[int, bytes]:
    """A query for the address of a name (RFC 1035, 4.1), with recursion wanted."""
    number = int.from_bytes(os.urandom(2), "big")
    labels = b"".join(bytes([len(part)]) + part.encode("ascii") for part in name.strip(".").split("."))
    return number, struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)


def _answer(data: bytes, number: int) -> int | None:
    """What a resolver says (its RCODE) to the query of that number; None where it is no answer to it."""
    if len(data) < 12:
        return None
    got, flags = struct.unpack_from("!2H", data)
    return flags & 0xF if got == number and flags & 0x8000 else None
