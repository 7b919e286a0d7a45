"""ICMP echoes to many at once: by a socket without rights where the system allows it, else by the program `ping`."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from merata.assure.routers import is_v6
from merata.errors import MissingError

TRIES = 10
APART_S = 0.2
PATIENCE_S = 3.0
_ECHO = struct.Struct("!BBHHH")
_TOKEN = 8
_ASK = {socket.AF_INET: 8, socket.AF_INET6: 128}
_ANSWER = {socket.AF_INET: 0, socket.AF_INET6: 129}
_PROTOCOL = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}

Ping = Callable[[str], Awaitable[list[float]]]
"""Asks an address for `TRIES` echoes: the times of those that came, ms."""


class _Asked:
    def __init__(self) -> None:
        self.sent: dict[bytes, float] = {}
        self.times_ms: list[float] = []
        self.all_came: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Echoes:
    """One socket of a family, by which all are asked.

    Raises
    ------
    OSError
        The system gives no such socket.
    """

    def __init__(self, family: socket.AddressFamily) -> None:
        self._family = family
        self._socket, self._raw = _open(family)
        self._waiting: dict[bytes, tuple[str, _Asked]] = {}
        asyncio.get_running_loop().add_reader(self._socket, self._take)

    async def ask(
        self, host: str, count: int = TRIES, apart_s: float = APART_S, patience_s: float = PATIENCE_S
    ) -> list[float]:
        """Ask for echoes, a little apart: the times of those that came, ms."""
        asked = _Asked()
        for number in range(count):
            token = os.urandom(_TOKEN)
            self._waiting[token] = host, asked
            asked.sent[token] = time.perf_counter()
            with suppress(OSError):  # no way there: it is lost
                self._socket.sendto(self._packet(number, token), (host, 0))
            if number < count - 1:
                await asyncio.sleep(apart_s)
        if asked.sent:
            with suppress(TimeoutError):
                await asyncio.wait_for(asked.all_came, patience_s)
        for token in asked.sent:
            del self._waiting[token]
        return asked.times_ms

    def close(self) -> None:
        """Ask no more."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _packet(self, number: int, token: bytes) -> bytes:
        # The system itself puts in the identifier of its own kind of socket, and the sum of IPv6.
        plain = _ECHO.pack(_ASK[self._family], 0, 0, os.getpid() & 0xFFFF, number) + token
        return plain[:2] + _sum(plain).to_bytes(2, "big") + plain[4:]

    def _take(self) -> None:
        with suppress(OSError):
            for _ in range(1000):
                data, sender = self._socket.recvfrom(2048)
                self._took(data, str(sender[0]))

    def _took(self, data: bytes, sender: str) -> None:
        if self._raw and self._family == socket.AF_INET and data:
            data = data[(data[0] & 15) * 4 :]
        token = data[_ECHO.size :]
        host, asked = self._waiting.get(token, ("", None))
        if asked is None or data[0] != _ANSWER[self._family] or sender.partition("%")[0] != host:
            return
        del self._waiting[token]
        asked.times_ms.append((time.perf_counter() - asked.sent.pop(token)) * 1000)
        if not asked.sent and not asked.all_came.done():
            asked.all_came.set_result(None)


def _open(family: socket.AddressFamily) -> tuple[socket.socket, bool]:
    """A socket for ICMP, and whether it is a raw one, which only the system's owner may have."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            made = socket.socket(family, kind, _PROTOCOL[family])
        except OSError:
            continue
        made.setblocking(False)
        return made, kind == socket.SOCK_RAW
    raise OSError("no socket for ICMP")


def _sum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


async def by_program(host: str, program: str = "ping") -> list[float]:
    """The same by the program `ping`: a process for each, for a few hundred routers at most."""
    command = [program, "-n", "-c", str(TRIES), "-i", str(APART_S), "-W", str(round(PATIENCE_S)), host]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    said, _ = await process.communicate()
    return [float(ms) for ms in re.findall(rb"time[=<]([\d.]+) ?ms", said)]


class Pinger:
    """Pings by what the system allows, which is found out at the first ping."""

    def __init__(self) -> None:
        self._ways: dict[bool, Ping] = {}
        self._sockets: list[Echoes] = []

    async def __call__(self, host: str) -> list[float]:
        """Ask an address for echoes: the times of those that came, ms.

        Raises
        ------
        MissingError
            There is neither a socket nor a program.
        """
        v6 = is_v6(host)
        if v6 not in self._ways:
            self._ways[v6] = self._way(socket.AF_INET6 if v6 else socket.AF_INET)
        return await self._ways[v6](host)

    def _way(self, family: socket.AddressFamily) -> Ping:
        try:
            self._sockets.append(Echoes(family))
        except OSError:
            if shutil.which("ping") is None:
                raise MissingError(
                    "Nothing here may ping. Allow it (sysctl -w net.ipv4.ping_group_range='0 2147483647', and the same "
                    "in /etc/sysctl.d), or install the program ping (package iputils-ping)."
                ) from None
            return by_program
        return self._sockets[-1].ask

    def close(self) -> None:
        """Ping no more."""
        for one in self._sockets:
            one.close()
