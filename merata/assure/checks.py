"""The centre's own checks: each router every five minutes by ping, HTTP or SNMP, kept like what probes send."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import ssl
import time
import zlib
from bisect import bisect_right
from collections import Counter
from pathlib import Path
from typing import Any

from merata.assure import decode, heard, routers, spool
from merata.assure.enough import PERIOD_S
from merata.assure.heard import Hearing, Word
from merata.assure.ping import TRIES, Pinger
from merata.assure.receive import Clock
from merata.assure.routers import Router
from merata.assure.spool import Record, Spool
from merata.errors import MerataError
from merata.probe import snmp

log = logging.getLogger(__name__)

PATIENCE_S = 5.0
TICK_S = 0.2
NAME = "checks"
KEEP_S = 1.0
"""What was seen is written so often."""
_MOST_LINE = 1024

Row = dict[str, Any]


class Checker:
    """Looks at one router at a time, of as many as one likes."""

    def __init__(self) -> None:
        self._ping = Pinger()
        self._counted: dict[int, tuple[int, int]] = {}
        # Whether somebody answers, no more: nothing secret is sent, and routers sign their own certificates.
        self._tls = ssl.create_default_context()
        self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE

    async def check(self, router: Router) -> Row:
        """What is seen of a router: `how`, `ok`, `ms` and what goes with it, as the table `checks` has them.

        Raises
        ------
        MissingError
            Nothing here may ping.
        """
        how = {"ping": self._by_ping, "http": self._by_http, "snmp": self._by_snmp}
        return {"how": router.how, **await how[router.how](router)}

    async def _by_ping(self, router: Router) -> Row:
        times = sorted(await self._ping(router.host))
        middle = (times[len(times) // 2] + times[(len(times) - 1) // 2]) / 2 if times else None
        return {"ok": bool(times), "ms": middle, "lost": max(0, TRIES - len(times))}

    async def _by_http(self, router: Router) -> Row:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_S):
                status = await self._head(router)
        except (OSError, ValueError, ssl.SSLError):
            return {"ok": False}
        return {"ok": status < 500, "ms": (time.perf_counter() - began) * 1000, "status": status}

    async def _head(self, router: Router) -> int:
        """The status of the answer; where it leads is not followed."""
        reader, writer = await asyncio.open_connection(
            router.host, router.port, ssl=self._tls if router.tls else None, limit=_MOST_LINE
        )
        try:
            host = f"[{router.host}]" if routers.is_v6(router.host) else router.host
            lines = (
                f"HEAD {router.path} HTTP/1.1",
                f"Host: {host}",
                "User-Agent: merata",
                "Connection: close",
            )
            writer.write("".join(f"{line}\r\n" for line in (*lines, "")).encode())
            version, status, *_ = (await reader.readline()).split()
            if not version.startswith(b"HTTP/"):
                raise ValueError("no HTTP")
            return int(status[:3])
        finally:
            writer.close()

    async def _by_snmp(self, router: Router) -> Row:
        began = time.perf_counter()
        octets = await _octets(router)
        before = self._counted.pop(router.number, None)
        if octets is None:
            return {"ok": False}
        self._counted[router.number] = octets
        said = {"ok": True, "ms": (time.perf_counter() - began) * 1000}
        # Counters that fell began anew.
        if before is None or octets[0] < before[0] or octets[1] < before[1]:
            return said
        return {**said, "rx_kb": (octets[0] - before[0]) // 1000, "tx_kb": (octets[1] - before[1]) // 1000}

    def close(self) -> None:
        """Look no more."""
        self._ping.close()


class _One(asyncio.DatagramProtocol):
    """Takes the one answer to a request of SNMP."""

    def __init__(self, number: int, oids: list[str]) -> None:
        self._number, self._oids = number, oids
        self.answer: asyncio.Future[list[int | None]] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, address: Any) -> None:
        with contextlib.suppress(snmp.SnmpError):
            found = snmp.response(data, self._number, self._oids)
            if not self.answer.done():
                self.answer.set_result(found)


async def _octets(router: Router) -> tuple[int, int] | None:
    """Bytes in and out of a router's interface; None where it won't say."""
    oids = [f"{snmp.IN_OCTETS}.{router.interface}", f"{snmp.OUT_OCTETS}.{router.interface}"]
    number = int.from_bytes(os.urandom(3), "big")
    try:
        transport, one = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _One(number, oids), remote_addr=(router.host, router.port)
        )
    except OSError:
        return None
    try:
        for _ in range(2):  # one may be lost
            transport.sendto(snmp.request(number, router.community, oids))
            with contextlib.suppress(TimeoutError):
                received, sent = await asyncio.wait_for(asyncio.shield(one.answer), PATIENCE_S / 2)
                return None if received is None or sent is None else (received, sent)
        return None
    finally:
        one.answer.cancel()
        transport.close()


async def once(region: Path) -> list[tuple[Router, Row]]:
    """Look at all routers of a region's folder once, now, and keep nothing.

    Raises
    ------
    MissingError, FileError
        As `routers.read`; or nothing here may ping.
    """
    there, checker = routers.read(region), Checker()
    try:
        return list(zip(there, await asyncio.gather(*map(checker.check, there)), strict=True))
    finally:
        checker.close()


class Watcher:
    """Looks at all routers of a region in turn, for ever; what it saw goes into a spool of its own.

    A check is named by router and number, which is that of its five minutes since 1970: two that watch at once, or one
    that begins again, tell nothing twice.

    Parameters
    ----------
    region
        The region's folder.
    every_s
        How often each router is looked at. Numbers hold for the default only: others are for trying it out.
    """

    def __init__(self, region: Path, *, name: str = NAME, every_s: float = PERIOD_S, **spooling: Any) -> None:
        self.region, self.every_s = region, every_s
        self._stamp = self._stamp_now()
        self._take(routers.read(region))
        measurements = region / "measurements"
        self.clock = Clock(measurements)
        self.spool = Spool(measurements, name, **spooling)
        self.hearing = Hearing(self.spool.folder, heard.CHECKS, self.clock.now_ms())
        self.counts: Counter[str] = Counter()
        self._seen: list[Record] = []
        self._going: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Look until cancelled.

        Raises
        ------
        MissingError
            Nothing here may ping.
        """
        self._checker = Checker()
        keeping = asyncio.create_task(self._keep_on())
        try:
            until_s = self.clock.now_ms() / 1000
            while True:
                now_s = self.clock.now_ms() / 1000
                self._begin(until_s, now_s)
                until_s = now_s
                await asyncio.sleep(TICK_S)
                for task in [keeping, *self._going]:
                    if task.done():
                        task.result()  # what stops it stops all
                self._going = {task for task in self._going if not task.done()}
        finally:
            for task in [keeping, *self._going]:
                task.cancel()
            await asyncio.gather(keeping, *self._going, return_exceptions=True)
            self._keep()
            self._checker.close()
            self.hearing.close()
            self.spool.close()

    def due(self, from_s: float, until_s: float) -> list[tuple[Router, int]]:
        """Whose time comes between two moments, and the number of the check. Each router has its own time."""
        low, high = from_s % self.every_s, until_s % self.every_s
        if until_s - from_s >= self.every_s:
            low = high
        stretches = [(low, high)] if low < high else [(low, self.every_s), (-1.0, high)]
        found = []
        for after, upto in stretches if until_s > from_s else ():
            first, last = (bisect_right(self._phases, at, key=lambda pair: pair[0]) for at in (after, upto))
            for phase_s, router in self._phases[first:last]:
                found.append((router, round((until_s - phase_s) // self.every_s)))
        return found

    def _take(self, found: list[Router]) -> None:
        self.routers = found
        phase_s = self.every_s / 2**32
        self._phases = sorted((phase_s * zlib.crc32(one.number.to_bytes(4, "big")), one) for one in found)

    def _begin(self, from_s: float, until_s: float) -> None:
        if int(from_s) != int(until_s):
            self._read_again()
        for router, number in self.due(from_s, until_s):
            self._going.add(asyncio.create_task(self._one(router, number)))

    async def _one(self, router: Router, number: int) -> None:
        time_ms = self.clock.now_ms()
        try:
            row = await self._checker.check(router)
        except MerataError:
            raise
        except Exception:
            # Whatever it was: the other routers are not worse for it.
            self.counts["faults"] += 1
            log.exception("A check made a fault")
            return
        self.counts["answered" if row["ok"] else "silent"] += 1
        body = decode.centre_body([{"number": number, "time_ms": time_ms, **row}])
        self._seen.append(Record(spool.CENTRE, router.number, self.clock.now_ms(), body))
        if row["ok"]:
            with contextlib.suppress(OSError):
                self.hearing.hear(Word(router.number, number, time_ms, time_ms, 0, 0))

    async def _keep_on(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                self.hearing.there(self.clock.now_ms())
            await asyncio.to_thread(self._keep)
            await asyncio.sleep(KEEP_S)

    def _keep(self) -> None:
        now, self._seen = self._seen, []
        try:
            self.spool.rotate_if_old()
            if now:
                self.spool.append(now)
        except OSError as error:
            self.counts["not kept"] += len(now)
            log.warning("Not kept: %s", error)

    def _read_again(self) -> None:
        """Read routers.csv where it changed; while it is wrong, those of before are looked at."""
        if (stamp := self._stamp_now()) == self._stamp:
            return
        self._stamp = stamp
        try:
            self._take(routers.read(self.region))
        except MerataError as error:
            log.warning("Those of before are looked at: %s", error)

    def _stamp_now(self) -> int:
        try:
            return (self.region / "measurements" / routers.FILE).stat().st_mtime_ns
        except OSError:
            return 0
