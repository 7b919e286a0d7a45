"""A client of ndt7: how fast the line is, down and up, within a number of bytes.

To the specification of the protocol by Measurement Lab (ndt7-protocol.md of github.com/m-lab/ndt-server): one WebSocket
over TLS each way, ten seconds, binary messages as load, JSON texts as measurements.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from merata.probe.connect import Ways
from merata.probe.websocket import BINARY, CLOSE, TEXT, WebSocket, WebSocketError, frame

PROTOCOL = "net.measurementlab.ndt.v7"
DOWNLOAD_PATH, UPLOAD_PATH = "/ndt/v7/download", "/ndt/v7/upload"

#: How long each way runs; the receiver gives up after LONGEST_S.
RUN_S, LONGEST_S = 10.0, 15.0
#: Measurements leave no more often.
TELL_S = 0.25
#: Messages of the upload grow from the first to the second size as the line proves fast.
FIRST_BYTES, LARGEST_BYTES = 1 << 13, 1 << 17
#: Sends wait no longer than this, so that a dead line ends the test.
PATIENCE_S = 10.0


class Way(NamedTuple):
    """One way: mean rate over the whole time, payload bytes that were carried, seconds, least round trip where told."""

    mbps: float | None
    bytes: int
    seconds: float
    min_rtt_ms: float | None


NOTHING = Way(None, 0, 0.0, None)


def download(ways: Ways, server: str, most_bytes: int, run_s: float = RUN_S) -> Way:
    """Receive for ten seconds or so many bytes, whichever comes first. `server`: wss://host[:port]."""
    socket = _open(ways, server, DOWNLOAD_PATH)
    begun = time.perf_counter()
    got, rtt, told, polite = 0, None, begun, False
    try:
        while True:
            now = time.perf_counter()
            if got >= most_bytes or now - begun > (LONGEST_S if run_s == RUN_S else run_s):
                break
            received = socket.receive(most_bytes - got)
            if received.kind == CLOSE:
                polite = True
                break
            if received.kind == BINARY:
                got += received.size
            elif received.kind == TEXT:
                rtt = _min_rtt(received.text) or rtt
            if now - told > TELL_S:
                told = now
                socket.send(TEXT, _measurement("download", got, now - begun))
    except OSError:
        if not got:
            raise
    took = time.perf_counter() - begun
    socket.close(polite)
    return Way(_mbps(got, took), got, took, rtt)


def upload(ways: Ways, server: str, most_bytes: int, run_s: float = RUN_S) -> Way:
    """Send for ten seconds or so many bytes. The rate is what the server says it received, where it says so."""
    socket = _open(ways, server, UPLOAD_PATH)
    size = min(FIRST_BYTES, max(most_bytes, 1))
    load = frame(BINARY, os.urandom(size))
    begun = time.perf_counter()
    sent, heard, told, open_still = 0, (0, 0.0), begun, True
    try:
        while open_still and sent + size <= most_bytes and time.perf_counter() - begun < run_s:
            socket.send_made(load)
            sent += size
            if size < LARGEST_BYTES and size <= sent // 16:
                size = min(2 * size, LARGEST_BYTES)
                load = frame(BINARY, os.urandom(size))
            open_still, heard = _listen(socket, heard)
            if time.perf_counter() - told > TELL_S:
                told = time.perf_counter()
                socket.send(TEXT, _measurement("upload", sent, told - begun))
    except OSError:
        if not sent:
            raise
        open_still = False
    took = time.perf_counter() - begun
    if open_still:
        heard = _last_words(socket, sent, heard)
    socket.close(open_still)
    return Way(_heard_mbps(heard) or _mbps(sent, took), sent, took, None)


def _open(ways: Ways, server: str, path: str) -> WebSocket:
    connection = ways.open(server, PATIENCE_S)
    query = "?client_name=merata-probe&client_library_name=merata-probe"
    try:
        return WebSocket(connection, urlsplit(server).netloc, path + query, PROTOCOL)
    except BaseException:
        connection.close()
        raise


def _listen(socket: WebSocket, heard: tuple[int, float]) -> tuple[bool, tuple[int, float]]:
    """Take what the server says during the upload: whether it is still there, and its newest count (bytes, seconds)."""
    while socket.ready():
        received = socket.receive()
        if received.kind == BINARY:
            raise WebSocketError("the server sent load during the upload")
        if received.kind == CLOSE:
            return False, heard
        if received.kind == TEXT:
            heard = _received(received.text) or heard
    return True, heard


def _last_words(socket: WebSocket, sent: int, heard: tuple[int, float]) -> tuple[int, float]:
    """What was sent last is still on its way: wait a little for the server to count it."""
    until = time.perf_counter() + 4 * TELL_S
    try:
        while heard[0] < sent and (left := until - time.perf_counter()) > 0 and socket.ready(left):
            still, heard = _listen(socket, heard)
            if not still:
                break
    except OSError:
        pass
    return heard


def _measurement(test: str, count: int, elapsed_s: float) -> bytes:
    info = {"ElapsedTime": int(elapsed_s * 1e6), "NumBytes": count}
    return json.dumps({"AppInfo": info, "Origin": "client", "Test": test}).encode()


def _said(text: bytes) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _min_rtt(text: bytes) -> float | None:
    """TCPInfo.MinRTT is in µs."""
    info = _said(text).get("TCPInfo")
    rtt_us = info.get("MinRTT") if isinstance(info, dict) else None
    return round(rtt_us / 1000, 2) if isinstance(rtt_us, (int, float)) and 0 < rtt_us < 1e9 else None


def _received(text: bytes) -> tuple[int, float] | None:
    """What a server says it received: by its application, else by its kernel (both count from the start)."""
    said = _said(text)
    for part, count in (("AppInfo", "NumBytes"), ("TCPInfo", "BytesReceived")):
        info = said.get(part)
        if isinstance(info, dict) and _counted(info.get(count)) and _counted(info.get("ElapsedTime")):
            return int(info[count]), info["ElapsedTime"] / 1e6
    return None


def _counted(value: object) -> bool:
    return isinstance(value, (int, float)) and 0 < value < 1e15


def _mbps(count: int, seconds: float) -> float | None:
    return round(count * 8 / seconds / 1e6, 3) if count and seconds > 0 else None


def _heard_mbps(heard: tuple[int, float]) -> float | None:
    return _mbps(heard[0], heard[1])
