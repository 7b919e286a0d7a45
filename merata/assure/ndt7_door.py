"""Who may test now: how many at once, how often from one address, how many bytes a day."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a test, and all of them, may take."""

    run_s: float = 10.0
    """How long a test runs: up to ten seconds, by the protocol."""
    longest_s: float = 13.0
    """When the connection is cut, whatever happens."""
    tests: int = 4
    """Tests at once; more are refused, for they would squeeze each other."""
    tests_of_address: int = 2
    hourly_of_address: int = 120
    """Tests in an hour: behind one address of a mobile network are many phones."""
    each_mbps: float = 0
    """No test goes faster: times `tests` no more than the centre's line. 0: none is held back."""
    day_bytes: int = 0
    """Bytes of all tests in a day (UTC), both ways together; 0: any."""
    handshake_s: float = 15.0
    """Time for TLS and the request: several round trips over a very slow link."""


class Refused(Exception):  # noqa: N818 - no fault of anybody
    """No test now; `retry_s`: when it is worth trying again."""

    def __init__(self, why: str, retry_s: int) -> None:
        super().__init__(why)
        self.retry_s = retry_s


class Door:
    """Lets tests in, and counts what they take.

    Addresses are not kept: what is counted by address is counted by a hash with a salt that ends with the process.

    Parameters
    ----------
    limits
        How many, how often, how much.
    spent_bytes
        What the tests of today took before.
    clock
        Seconds since 1970.
    """

    def __init__(self, limits: Limits, spent_bytes: int = 0, clock: Callable[[], float] = time.time) -> None:
        self.limits, self._clock = limits, clock
        self._salt = os.urandom(16)
        self._now: Counter[bytes] = Counter()
        self._hour, self._of_hour = 0, Counter[bytes]()
        self._day, self._spent = int(clock()) // 86400, spent_bytes

    @property
    def running(self) -> int:
        """Tests that run now."""
        return self._now.total()

    def ask(self) -> None:
        """Whether anybody may test now.

        Raises
        ------
        Refused
            Too many test, or the day's bytes are used up.
        """
        if self.used_up:
            raise Refused("the tests of today have used up their data", 86400 - int(self._clock()) % 86400)
        if self.running >= self.limits.tests:
            raise Refused("others are testing: try again in a moment", int(self.limits.run_s) + 1)

    def enter(self, address: str) -> bytes:
        """Let a test in; returns what `leave` wants to have.

        Raises
        ------
        Refused
            As for `ask`, or too many from this address.
        """
        self.ask()
        who = hashlib.blake2b(whole(address), key=self._salt, digest_size=8).digest()
        if self._now[who] >= self.limits.tests_of_address:
            raise Refused(
                "others at your address are testing: try again in a moment", int(self.limits.run_s) + 1
            )
        if (hour := int(self._clock()) // 3600) != self._hour:
            self._hour, self._of_hour = hour, Counter()
        if self._of_hour[who] >= self.limits.hourly_of_address:
            raise Refused("too many tests from your address in this hour", 3600 - int(self._clock()) % 3600)
        self._of_hour[who] += 1
        self._now[who] += 1
        return who

    def leave(self, who: bytes) -> None:
        """A test is over."""
        self._now[who] -= 1
        if self._now[who] <= 0:
            del self._now[who]

    def spend(self, count: int) -> None:
        """Count bytes of a test."""
        self._today()
        self._spent += count

    @property
    def used_up(self) -> bool:
        """Whether the bytes of today are used up."""
        self._today()
        return 0 < self.limits.day_bytes <= self._spent

    def _today(self) -> None:
        if (day := int(self._clock()) // 86400) != self._day:
            self._day, self._spent = day, 0


def whole(address: str) -> bytes:
    """What counts as one address: one of IPv4, or the /64 that one connection has in IPv6."""
    ip = _plain(address)
    return ip.packed if ip.version == 4 else ip.packed[:8]


def cut(address: str) -> str:
    """An address cut to what no longer tells who it is: a /24 of IPv4, a /48 of IPv6."""
    ip = _plain(address)
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False))


def _plain(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    ip = ipaddress.ip_address(address.partition("%")[0])
    return (ip.version == 6 and ip.ipv4_mapped) or ip
