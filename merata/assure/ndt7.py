"""The centre's server of ndt7: how fast a line is, down and up, for probes, browsers and anybody's client.

To the specification of the protocol by Measurement Lab (ndt7-protocol.md of github.com/m-lab/ndt-server, v0.11): one
WebSocket over TLS each way, ten seconds, binary messages as load, JSON texts as measurements. WebSockets are picows's.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import ssl
import uuid
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from picows import (
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
    ws_create_server,
)

from merata.assure import tcp_info
from merata.assure.ndt7_door import Door, Limits, Refused, cut
from merata.assure.ndt7_results import OnResult, Result

log = logging.getLogger(__name__)

#: What picows says of strangers who talk nonsense fills no log: it is counted. Faults of ours are told by us.
_NONSENSE = logging.getLogger(f"{__name__}.nonsense")

PROTOCOL = "net.measurementlab.ndt.v7"
DOWNLOAD_PATH, UPLOAD_PATH = "/ndt/v7/download", "/ndt/v7/upload"

#: Measurements are taken and told so often.
TELL_S = 0.25
#: Messages of the download grow from the first to the last size, each no more than a 16th of what was sent before.
FIRST_BYTES, LARGEST_BYTES, GROWS_AT = 1 << 13, 1 << 20, 16
#: The protocol wants messages of this size taken.
MOST_MESSAGE_BYTES = 1 << 24
MOST_QUERY_BYTES, MOST_TEXT_BYTES = 4096, 1 << 16
#: Room that picows wants before a message, for its head.
_HEAD_BYTES = 14
#: In the kernel at least so much may wait to be sent: on a weak line, more would put off what is told for seconds.
_QUEUE_BYTES = 1 << 14


class Server:
    """A server of ndt7.

    Parameters
    ----------
    on_result
        Told every test that began, when it is over; should be quick, for other tests wait meanwhile.
    limits
        How many at once, how often, how much.
    tls
        Certificate and key; None: not encrypted, for this machine alone.
    spent_bytes
        What the tests of today took before.
    """

    def __init__(
        self,
        on_result: OnResult,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
        spent_bytes: int = 0,
    ) -> None:
        self.limits = limits or Limits()
        self.door = Door(self.limits, spent_bytes)
        self.counts: Counter[str] = Counter()
        self.running: set[_Test] = set()
        self.tls, self._on_result = tls, on_result

    async def start(self, host: str | Sequence[str], port: int) -> int:
        """Listen; port 0: any free one. Returns the port."""
        more: dict[str, Any] = {"ssl_handshake_timeout": self.limits.handshake_s} if self.tls else {}
        _NONSENSE.setLevel(logging.CRITICAL)  # here: whoever sets up logging later resets it
        self._server = await ws_create_server(
            self._welcome,
            host,
            port,
            ssl=self.tls,
            websocket_handshake_timeout=self.limits.handshake_s,
            max_frame_size=MOST_MESSAGE_BYTES,
            logger_name=_NONSENSE,
            **more,
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Listen no more; what runs is cut."""
        self._server.close()
        for test in list(self.running):
            test.abort()
        while self.running:
            await asyncio.sleep(0.01)

    def count(self, what: str) -> None:
        """Count something that happened."""
        self.counts[what] += 1

    def over(self, result: Result) -> None:
        """A test is over: tell it."""
        self.count(f"{result.test}s")
        try:
            self._on_result(result)
        except Exception:
            # Whatever it was: tests go on.
            self.count("results that were not kept")
            log.exception("A result was not kept")

    def _welcome(self, request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
        try:
            test = self._test_for(request)
        except _Wrong as wrong:
            self.count("requests refused")
            return _no(wrong.status, str(wrong))
        try:
            self.door.ask()
        except Refused as refused:
            self.count("refused for want of room")
            return _no(503, str(refused), {"Retry-After": str(refused.retry_s)})
        accept = WSUpgradeResponse.create_101_response({"Sec-WebSocket-Protocol": PROTOCOL})
        return WSUpgradeResponseWithListener(accept, test)

    def _test_for(self, request: WSUpgradeRequest) -> _Test:
        try:
            parts = urlsplit(request.path.decode("ascii"))
        except ValueError:
            raise _Wrong(400, "an address that is none") from None
        kind = {DOWNLOAD_PATH: _Download, UPLOAD_PATH: _Upload}.get(parts.path)
        if kind is None:
            raise _Wrong(404, "nothing is here")
        offered = ",".join(request.headers.getall("Sec-WebSocket-Protocol", []))
        if PROTOCOL not in (name.strip() for name in offered.split(",")):
            raise _Wrong(400, f"the subprotocol has to be {PROTOCOL}")
        return kind(self, _about(parts.query))


class _Wrong(Exception):  # noqa: N818
    """A request that is no test's."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def _no(status: int, why: str, headers: dict[str, str] | None = None) -> WSUpgradeResponseWithListener:
    answer = WSUpgradeResponse.create_error_response(HTTPStatus(status), why.encode(), headers)
    return WSUpgradeResponseWithListener(answer, None)


def _about(query: str) -> dict[str, str]:
    """What a client says of itself. Names other than `client_…` are not kept: they may tell who somebody is."""
    if len(query) > MOST_QUERY_BYTES:
        raise _Wrong(400, f"a query longer than {MOST_QUERY_BYTES} bytes")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise _Wrong(400, "a query that can't be read") from None
    first: dict[str, str] = {}
    for name, value in pairs:
        if name.startswith("client_"):
            first.setdefault(name[:64], value[:64])
    return first


class _Test(WSListener, ABC):
    """One test, from the handshake to the end of its connection."""

    name = ""

    def __init__(self, server: Server, about: dict[str, str]) -> None:
        super().__init__()
        self.beside = 0
        self._server, self._about, self._uuid = server, about, str(uuid.uuid4())
        self._who: bytes | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._bytes = self._spent = 0
        self._ended, self._over = "cut", False
        self._seconds, self._carried, self._kernel = 0.0, 0, dict[str, int]()
        self._told_by_client = b""

    # From picows

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport, self._wire = transport, transport.underlying_transport
        peer, own = self._wire.get_extra_info("peername"), self._wire.get_extra_info("sockname")
        if not peer or not own:  # the client is gone already
            self.abort()
            return
        try:
            self._who = self._server.door.enter(peer[0])
        except Refused as refused:
            self._server.count("refused for their address")
            transport.send_close(WSCloseCode.TRY_AGAIN_LATER, str(refused).encode())
            self._timers.append(asyncio.get_running_loop().call_later(1, self.abort))
            return
        self._safely(self._enter, peer, own)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        self._safely(self._take, frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        for timer in self._timers:
            timer.cancel()
        if self._who is None:
            return
        self._server.door.leave(self._who)
        self._server.running.discard(self)
        self._safely(self._leave)

    def _safely(self, what: Callable[..., None], *about: Any) -> None:
        """Do something; what goes wrong ends this test alone."""
        try:
            what(*about)
        except Exception:
            self._server.count("faults")
            log.exception("A test made a fault")
            self.abort()

    def pause_writing(self) -> None:
        pass

    def resume_writing(self) -> None:
        pass

    # What the two ways do otherwise

    def begin(self) -> None:
        """The test begins."""

    @abstractmethod
    def load(self, size: int) -> None:
        """A binary message came."""

    def handed(self) -> int:
        """Payload that this side sent or received."""
        return self._bytes

    @abstractmethod
    def carried(self) -> tuple[int, float]:
        """Payload that reached the other side, and at how many seconds this was so."""

    # The course of a test

    def _enter(self, peer: tuple[Any, ...], own: tuple[Any, ...]) -> None:
        self._loop = asyncio.get_running_loop()
        self._sock = self._wire.get_extra_info("socket")
        self._network = cut(peer[0])
        self._began, self._start = datetime.now(UTC), self._loop.time()
        self._connection = {
            "Client": _endpoint(peer),
            "Server": _endpoint(own),
            "UUID": self._uuid,
            "StartTime": self._began.isoformat().replace("+00:00", "Z"),
        }
        running = self._server.running
        running.add(self)
        for test in running:
            test.beside = max(test.beside, len(running) - 1)
        tcp_info.use_bbr(self._sock)
        self._timers += [
            self._loop.call_later(self._server.limits.run_s, self._finish, "time"),
            self._loop.call_later(self._server.limits.longest_s, self.abort),
        ]
        self._tell()
        self.begin()

    def _take(self, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind == WSMsgType.CLOSE:
            self._goodbye()
        elif self._over or self._who is None:
            return
        elif kind in (WSMsgType.BINARY, WSMsgType.CONTINUATION):
            self.load(frame.payload_size)
        elif kind == WSMsgType.TEXT and frame.payload_size <= MOST_TEXT_BYTES:
            self._told_by_client = frame.get_payload_as_bytes()

    def _leave(self) -> None:
        if not self._over:
            self._look()
            self._over = True
        self._server.over(self._result())

    def abort(self) -> None:
        """Cut the connection."""
        self._transport.disconnect(False)

    def elapsed(self) -> float:
        return self._loop.time() - self._start

    def _look(self) -> None:
        """Take note of how far it is."""
        # Once the connection is lost, nothing can be asked of it: then the look before counts.
        if self._sock.fileno() >= 0:
            self._kernel = tcp_info.read(self._sock) or self._kernel
            self._carried, self._seconds = self.carried()
        self._server.door.spend(self._bytes - self._spent)
        self._spent = self._bytes

    def _tell(self) -> None:
        if self._over:
            return
        self._timers.append(self._loop.call_later(TELL_S, self._tell))
        self._look()
        if self._server.door.used_up:
            self._finish("day")
        elif self._wire.get_write_buffer_size() < 2 * LARGEST_BYTES:
            self._transport.send(WSMsgType.TEXT, json.dumps(self._measurement()).encode())

    def _measurement(self) -> dict[str, Any]:
        at_us = int(self.elapsed() * 1e6)
        told: dict[str, Any] = {
            "AppInfo": {"ElapsedTime": at_us, "NumBytes": self.handed()},
            "ConnectionInfo": self._connection,
            "Origin": "server",
            "Test": self.name,
        }
        if self._kernel:
            told["TCPInfo"] = self._kernel | {"ElapsedTime": at_us}
        return told

    def _finish(self, why: str) -> None:
        """The test is over, and the client is told; it may answer until the connection is cut."""
        if self._over:
            return
        self._look()
        if why == "time":
            self._transport.send(WSMsgType.TEXT, json.dumps(self._measurement()).encode())
        self._ended, self._over = why, True
        self._transport.send_close(WSCloseCode.OK, b"")

    def _goodbye(self) -> None:
        """The client said goodbye: first, or in answer."""
        if self._who is not None and not self._over:
            self._look()
            self._ended, self._over = "client", True
        if not self._transport.is_close_frame_sent:
            self._transport.send_close(WSCloseCode.OK, b"")
        self._transport.disconnect()

    def _result(self) -> Result:
        rtt_us = self._kernel.get("MinRTT")
        sent, again = self._kernel.get("BytesSent"), self._kernel.get("BytesRetrans")
        share = again / sent if self.name == "download" and sent and again is not None else None
        return Result(
            uuid=self._uuid,
            test=self.name,
            began=self._began.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            seconds=round(self._seconds, 3),
            bytes=self._carried,
            mbps=_mbps(self._carried, self._seconds),
            min_rtt_ms=None if rtt_us is None else rtt_us / 1000,
            retransmitted=None if share is None else round(share, 5),
            ended=self._ended,
            beside=self.beside,
            held_mbps=self._server.limits.each_mbps or None,
            network=self._network,
            client=self._about,
            said=_app_info(self._told_by_client),
        )


class _Download(_Test):
    """Load goes to the client, as fast as it is taken."""

    name = "download"

    def begin(self) -> None:
        self._size, self._room, self._asked = FIRST_BYTES, True, False
        tcp_info.queue_at_most(self._sock, _QUEUE_BYTES)
        self._wire.set_write_buffer_limits(high=0)
        if held := self._server.limits.each_mbps:
            tcp_info.pace(self._sock, held)
        self._push()

    def load(self, size: int) -> None:
        self._server.count("clients that sent load during a download")
        self.abort()

    def handed(self) -> int:
        return max(0, self._bytes - self._wire.get_write_buffer_size())

    def carried(self) -> tuple[int, float]:
        return max(0, self.handed() - tcp_info.unacknowledged(self._sock)), self.elapsed()

    def pause_writing(self) -> None:
        self._room = False

    def resume_writing(self) -> None:
        self._room = True
        self._again()

    def _again(self) -> None:
        if not self._asked:
            self._asked = True
            self._loop.call_soon(self._push)

    def _push(self) -> None:
        self._asked = False
        if self._over or not self._room or self._transport.is_disconnected:
            return
        self._transport.send_reuse_external_bytearray(WSMsgType.BINARY, _message(self._size), _HEAD_BYTES)
        self._bytes += self._size
        if self._size < LARGEST_BYTES and self._size <= self._bytes // GROWS_AT:
            self._size *= 2
            tcp_info.queue_at_most(self._sock, max(self._size, _QUEUE_BYTES))
        if self._room:
            self._again()  # after whatever else has come meanwhile


class _Upload(_Test):
    """Load comes from the client; it is counted, and let go of."""

    name = "upload"
    _came_s = 0.0
    _resume: asyncio.TimerHandle | None = None

    def load(self, size: int) -> None:
        self._bytes += size
        self._came_s = self.elapsed()
        if held := self._server.limits.each_mbps:
            ahead_s = self._bytes * 8 / 1e6 / held - self._came_s
            if ahead_s > 0:
                self._hold(ahead_s)
                self._came_s += ahead_s  # what was in queues already is taken when its turn comes

    def _hold(self, ahead_s: float) -> None:
        """Read nothing for a while, so that the client can't send either; messages that are here still count."""
        if self._resume:
            self._resume.cancel()
        else:
            self._wire.pause_reading()
        self._resume = self._loop.call_later(ahead_s, self._go_on)
        self._timers.append(self._resume)

    def _go_on(self) -> None:
        self._resume = None
        self._wire.resume_reading()

    def carried(self) -> tuple[int, float]:
        # Messages count when they are whole: the rate is right at the instant when the last one was.
        return self._bytes, self._came_s


_MESSAGES: dict[int, bytearray] = {}


def _message(size: int) -> bytearray:
    """A message of chance, with room for its head: the same for all who get one of this size."""
    if size not in _MESSAGES:
        _MESSAGES[size] = bytearray(_HEAD_BYTES) + os.urandom(size)
    return _MESSAGES[size]


def _endpoint(address: tuple[Any, ...]) -> str:
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _app_info(text: bytes) -> dict[str, Any]:
    """The client's own count, as far as it can be read."""
    try:
        info = json.loads(text).get("AppInfo")
        return {name: int(info[name]) for name in ("ElapsedTime", "NumBytes")}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return {}


def _mbps(count: int, seconds: float) -> float | None:
    return round(count * 8 / seconds / 1e6, 3) if count and seconds > 0 else None


async def serve(server: Server, host: str | Sequence[str], port: int, ready: Callable[[int], None]) -> None:
    """Serve until cancelled; `ready` is told the port."""
    ready(await server.start(host, port))
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()
        log.info("Tested: %s", dict(server.counts))
