"""The receiver of what probes send: heartbeats by UDP and batches by HTTP, answered once they are safe on disk."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from merata.assure import decode, heard, http, spool
from merata.assure import index as there
from merata.assure.heard import Hearing, Word
from merata.assure.spool import Record, Spool
from merata.errors import MerataError
from merata.probe import wire
from merata.probe.messages import Message, WireError, missed_the_centre

log = logging.getLogger(__name__)

TIME_PATH = "/probe/v1/time"

KeyOf = Callable[[int], bytes | None]
"""The key of a probe; None: there is no such probe, or its key is not taken any more."""

#: So many datagrams are read before others have their turn.
MOST_DATAGRAMS = 500
#: The thread that checks batches is asked to make way so often, s: heartbeats wait no longer for it.
MAKE_WAY_S = 0.001
#: A receipt names no more refused messages than fit into an answer: the rest come again, and are named then.
MOST_REFUSED = 300


@dataclass(frozen=True)
class Limits:
    """What one probe, and all of them, may take."""

    http: http.Limits = field(default_factory=lambda: http.Limits(body_bytes=wire.MAX_BODY_BYTES))
    beats_per_min: float = 12
    batches_per_min: float = 120
    waiting: int = 20_000
    """Records that wait to be written; more are not taken."""
    strangers_per_s: float = 100
    """Answers to probes that are not known, whoever they are."""
    gather_s: float = 0.005
    """How long the first record waits for others, to be written with them."""


class Clock:
    """The centre's clock: that of the system, but for jumps while a receiver runs.

    Raises
    ------
    MerataError
        The system's clock is earlier than what was received before.
    """

    def __init__(self, measurements: Path) -> None:
        self._began_s, self._mono_s = time.time(), time.monotonic()
        latest_ms = there.load(measurements).received_ms
        if self._began_s * 1000 < latest_ms - 60_000:
            raise MerataError(
                f"The clock of this machine says {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, earlier than "
                "the last measurement that was received. Set it right first: all times are reckoned from it."
            )

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        now, steady = time.time(), self._began_s + time.monotonic() - self._mono_s
        # A system that disciplines its clock strays by seconds a day at most; whatever is more is somebody setting it.
        return int((now if abs(now - steady) < 60 else steady) * 1000)


class Rates:
    """Lets each name do something so many times a minute, with twice that at once after a rest."""

    def __init__(self, per_min: float) -> None:
        self._per_s, self._most = per_min / 60, 2 * per_min
        self._state: dict[int, tuple[float, float]] = {}

    def allow(self, name: int) -> bool:
        """Whether it may now; counts it where it may."""
        now = time.monotonic()
        left, since = self._state.get(name, (self._most, now))
        left = min(self._most, left + (now - since) * self._per_s)
        self._state[name] = (left - 1, now) if left >= 1 else (left, now)
        return left >= 1


class Keeper:
    """Writes what waits, all of it with one fsync, in a thread of its own."""

    def __init__(self, kept: Spool, limits: Limits) -> None:
        self.spool, self.limits = kept, limits
        self._waiting: list[tuple[Record, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "spool")

    def keep(self, record: Record) -> asyncio.Future[None]:
        """Done when the record outlasts a power cut; an OSError when it is not kept."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= self.limits.waiting:
            future.set_exception(OSError("too much waits to be written"))
            return future
        self._waiting.append((record, future))
        self._wake.set()
        return future

    async def run(self) -> None:
        """Write for ever; when cancelled, what waits is not kept."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                await asyncio.wait_for(self._wake.wait(), timeout=1)
                await asyncio.sleep(self.limits.gather_s)
            except TimeoutError:
                await loop.run_in_executor(self._thread, self.spool.rotate_if_old)
                continue
            self._wake.clear()
            now, self._waiting = self._waiting, []
            try:
                await loop.run_in_executor(self._thread, self._write, [record for record, _ in now])
            except OSError as error:
                log.warning("Not kept: %s", error)
                _settle(now, error)
            else:
                _settle(now, None)

    def close(self) -> None:
        """End, once what is being written is written; `run` is cancelled before."""
        self._thread.shutdown(wait=True)
        self.spool.close()

    def _write(self, records: list[Record]) -> None:
        self.spool.rotate_if_old()
        self.spool.append(records)


def _settle(waiting: list[tuple[Record, asyncio.Future[None]]], error: OSError | None) -> None:
    for _, future in waiting:
        if future.done():  # whoever waited went away
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


class Receiver:
    """One receiver over a region's measurements; several may run at once, each with a spool of its own.

    Parameters
    ----------
    measurements
        The folder `measurements` of a region.
    key_of
        Asked for the key of each message's probe: should answer from memory.
    revoked
        The same for keys that are not taken any more: with them their probes are told so.
    newest
        Newest release of the probe, told to probes; 0: none is known.
    """

    def __init__(
        self,
        measurements: Path,
        key_of: KeyOf,
        *,
        revoked: KeyOf = lambda _: None,
        name: str = "",
        limits: Limits | None = None,
        newest: int = 0,
        **spooling: Any,
    ) -> None:
        self.key_of, self.revoked = key_of, revoked
        self.newest, self.limits = newest, limits or Limits()
        self.clock = Clock(measurements)
        self.spool = Spool(measurements, name, **spooling)
        self.counts: Counter[str] = Counter()
        self.keeper = Keeper(self.spool, self.limits)
        self.hearing = Hearing(self.spool.folder, heard.RECEIVER, self.clock.now_ms())
        self._beats, self._batches = Rates(self.limits.beats_per_min), Rates(self.limits.batches_per_min)
        self._strangers = Rates(self.limits.strangers_per_s * 60)
        # One batch at a time, and not in the loop: to check 2000 rows takes tens of milliseconds.
        self._unpacker = ThreadPoolExecutor(1, "unpack")
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, host: str, port: int, udp_port: int) -> tuple[int, int]:
        """Listen; port 0: any free one. Returns the ports of HTTP and UDP."""
        self._tasks += [asyncio.create_task(self.keeper.run()), asyncio.create_task(self._there())]
        server = http.Server(self._answer, self.clock.now_ms, self.count, self.limits.http)
        self._server = await server.start(host, port)
        self._udp = _Datagrams(self, host, udp_port)
        return self._server.sockets[0].getsockname()[1], self._udp.port

    async def stop(self) -> None:
        """Listen no more, and let the spool's folder go."""
        self._server.close()
        self._udp.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._unpacker.shutdown(cancel_futures=True)
        self.hearing.close()
        self.keeper.close()

    def count(self, what: str) -> None:
        """Count something that happened."""
        self.counts[what] += 1

    async def _there(self) -> None:
        while True:
            with suppress(OSError):
                self.hearing.there(self.clock.now_ms())
            await asyncio.sleep(1)

    def _heard(self, probe: int, message: Message, received_ms: int, missed: int = 0) -> None:
        flags = message.values["flags"] if message.kind == "heartbeat" else 0
        with suppress(OSError):  # no room: it is kept, and the next one is noted
            self.hearing.hear(
                Word(probe, message.number, received_ms, message.up_ms, message.boot, flags, missed)
            )

    # Heartbeats

    def datagram(self, data: bytes, reply: Callable[[bytes], None]) -> None:
        """Take a datagram in, and reply when it is kept.

        What no known probe signed is counted, and mostly not answered: its sender's address may be somebody else's.
        """
        if (echo := wire.pong(data)) is not None:
            reply(echo)
            return
        try:
            key = self.key_of(probe := wire.beat_probe(data))
            if key is None:
                self._not_taken(probe, data, reply)
                return
            beat = wire.unpack_beat(data, key)
        except WireError:
            self.count("datagrams refused")
            return
        if not self._beats.allow(probe):
            self.count("heartbeats too often")
            return
        record = Record(spool.HEARTBEAT, probe, self.clock.now_ms(), decode.heartbeat_body(beat))
        kept = self.keeper.keep(record)
        kept.add_done_callback(
            lambda done: reply(self._heartbeat_answer(beat, key, record.received_ms, done))
        )

    def _heartbeat_answer(
        self, beat: wire.Beat, key: bytes, received_ms: int, done: asyncio.Future[None]
    ) -> bytes:
        lost = done.cancelled() or done.exception() is not None
        self.count("heartbeats not kept" if lost else "heartbeats")
        if not lost:
            self._heard(beat.sending.probe, beat.message, received_ms)
        flags = wire.NOT_KEPT if lost else wire.BACKLOG_WANTED if beat.sending.waiting > 1 else 0
        return wire.pack_answer(
            wire.Answer(beat.sending.probe, beat.message.number, self.clock.now_ms(), flags, self.newest), key
        )

    def _not_taken(self, probe: int, data: bytes, reply: Callable[[bytes], None]) -> None:
        """Tell the probe of a revoked key, signed with it, so that nobody else can; whoever is not known, unsigned."""
        key = self.revoked(probe)
        if key is None:
            self._stranger(probe, reply)
            return
        beat = wire.unpack_beat(data, key)
        self.count("heartbeats of revoked probes")
        if self._beats.allow(probe):
            number = beat.message.number
            told = wire.Answer(probe, number, self.clock.now_ms(), wire.REVOKED, self.newest)
            reply(wire.pack_answer(told, key))

    def _stranger(self, probe: int, reply: Callable[[bytes], None]) -> None:
        self.count("datagrams of unknown probes")
        if self._strangers.allow(0):
            unsigned = wire.Answer(probe, 0, self.clock.now_ms(), wire.UNKNOWN, self.newest)
            reply(wire.pack_answer(unsigned, bytes(wire.KEY_BYTES)))

    # Batches

    async def _answer(self, request: http.Request) -> http.Answer:
        if request.path == TIME_PATH and request.method == "GET":
            return http.Answer(200, json.dumps({"centre_ms": self.clock.now_ms()}).encode())
        if request.path == wire.BATCH_PATH and request.method == "POST":
            return await self._batch(request)
        if request.path in (TIME_PATH, wire.BATCH_PATH):
            raise http.RefusedError(405, "not this way")
        raise http.RefusedError(404, "nothing is here")

    async def _batch(self, request: http.Request) -> http.Answer:
        mac = request.headers.get(wire.MAC_HEADER.lower(), "")
        probe, key = self._signer(request.body, mac)
        if key is None:
            return self._revoked(probe)
        loop = asyncio.get_running_loop()
        taken = await loop.run_in_executor(self._unpacker, _unpacked, request.body)
        if taken is None:
            return self._unread(probe, key, request.body)
        batch, refused = taken
        if batch.messages:
            try:
                await self.keeper.keep(Record(spool.BATCH, probe, request.arrived_ms, request.body))
            except OSError:
                self.count("batches not kept")
                raise http.RefusedError(
                    503, "no room to keep it: keep it, and send it again later", retry_s=300
                ) from None
            missed = sum(map(missed_the_centre, batch.messages))
            self._heard(probe, batch.messages[-1], request.arrived_ms, missed)
        self.count("batches")
        self.counts["rows of batches"] += len(batch.messages) + len(refused)
        more = batch.sending.waiting > len(batch.messages) + len(refused)
        upto = max([*refused, *(m.number for m in batch.messages[-1:])], default=0)
        return self._receipt(probe, key, upto, refused, wire.BACKLOG_WANTED if more else 0)

    def _signer(self, body: bytes, mac: str) -> tuple[int, bytes | None]:
        """Whose batch it is, rightly signed, and the key to answer with; None: a key that is not taken any more."""
        try:
            key = self.key_of(probe := wire.batch_probe(body))
        except WireError as error:
            raise http.RefusedError(400, str(error)) from None
        signing = key or self.revoked(probe)
        if signing is None:
            raise http.RefusedError(403, "no such probe")
        try:
            wire.verify_batch(body, mac, signing)
        except WireError:
            raise http.RefusedError(403, "signed with another key, or damaged") from None
        if not self._batches.allow(probe):
            raise http.RefusedError(429, "too many batches: send fewer", retry_s=60)
        return probe, key

    def _revoked(self, probe: int) -> http.Answer:
        self.count("batches of revoked probes")
        return self._receipt(probe, self.revoked(probe) or b"", 0, {}, wire.REVOKED)

    def _unread(self, probe: int, key: bytes, body: bytes) -> http.Answer:
        """Nothing is had; of a message that came alone it is said that it never will be, so that its probe goes on."""
        self.count("batches that can't be read")
        number = wire.alone(body)
        return self._receipt(probe, key, 0, {number: "batch: can't be read"} if number else {}, 0)

    def _receipt(self, probe: int, key: bytes, upto: int, refused: dict[int, str], flags: int) -> http.Answer:
        named = dict(sorted(refused.items())[:MOST_REFUSED])
        for reason in named.values():
            self.count(f"rows refused for {reason.split(':')[0]}")
        if len(named) < len(refused):
            upto = min(set(refused) - set(named)) - 1
        told = wire.Receipt(probe, upto, named, self.clock.now_ms(), flags, self.newest)
        body, signed = wire.pack_receipt(told, key)
        return http.Answer(200, body, {wire.MAC_HEADER: signed})


def _unpacked(body: bytes) -> wire.Taken | None:
    try:
        return decode.taken(body)
    except WireError as error:
        log.warning("A batch can't be read: %s", error)
        return None


class _Datagrams:
    """The socket of heartbeats: all that wait are read, where asyncio's own reads one each time the loop goes round.

    What can't be sent at once is not sent: whoever waits for it asks again.
    """

    def __init__(self, receiver: Receiver, host: str, port: int) -> None:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        self._receiver, self._socket = receiver, socket.socket(family, kind)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.setblocking(False)
        self._socket.bind(address)
        self.port: int = self._socket.getsockname()[1]
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._read)

    def _read(self) -> None:
        for _ in range(MOST_DATAGRAMS):
            try:
                data, address = self._socket.recvfrom(2048)
            except BlockingIOError:
                return
            except OSError:  # of one that was sent before: nobody listens there
                continue
            self._take(data, address)

    def _take(self, data: bytes, address: Any) -> None:
        try:
            self._receiver.datagram(data, lambda answer: self._send(answer, address))
        except Exception:
            # Whatever it was: the next datagram is not worse for it.
            self._receiver.count("datagrams that made a fault")
            log.exception("A datagram made a fault")

    def _send(self, answer: bytes, address: Any) -> None:
        with suppress(OSError):
            self._socket.sendto(answer, address)

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()


async def serve(
    receiver: Receiver, host: str, port: int, udp_port: int, ready: Callable[[int, int], None]
) -> None:
    """Receive until cancelled, in a process of its own; `ready` is told the ports of HTTP and UDP."""
    sys.setswitchinterval(MAKE_WAY_S)
    ready(*await receiver.start(host, port, udp_port))
    try:
        await asyncio.Event().wait()
    finally:
        await receiver.stop()
        log.info("Received: %s", dict(receiver.counts))
