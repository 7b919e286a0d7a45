"""The client's side of WebSocket (RFC 6455), as far as ndt7 needs it: no extensions, frames are not gathered."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import select
import struct
from typing import Any, NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

#: Texts and control frames longer than this are not read.
_MOST_TEXT = 1 << 16


class WebSocketError(OSError):
    """The other side does not keep to the protocol."""


class Frame(NamedTuple):
    """What came: of a binary frame only how long it is, for nobody looks into it."""

    kind: int
    size: int
    text: bytes


class WebSocket:
    """An open WebSocket over a connection of http.client."""

    def __init__(self, connection: http.client.HTTPConnection, host: str, path: str, protocol: str) -> None:
        self.connection = connection
        connection.connect()
        self._sock: Any = connection.sock
        self._ahead = b""
        self._room = bytearray(1 << 16)
        self._in_text = False
        self._upgrade(host, path, protocol)

    def _upgrade(self, host: str, path: str, protocol: str) -> None:
        key = base64.b64encode(os.urandom(16))
        lines = (
            f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key.decode()}",
            f"Sec-WebSocket-Protocol: {protocol}", "User-Agent: merata-probe", "", "",
        )  # fmt: skip
        self._sock.sendall("\r\n".join(lines).encode("ascii"))
        head = self._head()
        status, _, rest = head.partition(b"\r\n")
        pairs = (line.partition(b":") for line in rest.split(b"\r\n"))
        fields = {name.strip().lower(): value.strip() for name, _, value in pairs}
        accept = base64.b64encode(hashlib.sha1(key + _MAGIC).digest())  # noqa: S324
        if b" 101 " not in status + b" ":
            raise WebSocketError(f"the server says {status[:60].decode('ascii', 'replace')}")
        if fields.get(b"sec-websocket-accept") != accept:
            raise WebSocketError("the server did not accept this very request")
        if fields.get(b"sec-websocket-protocol", b"").decode("ascii", "replace") != protocol:
            raise WebSocketError(f"the server does not speak {protocol}")

    def _head(self) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            more = self._sock.recv(4096)
            if not more or len(data) > 1 << 14:
                raise WebSocketError("the server did not answer with a head of HTTP")
            data += more
        head, _, self._ahead = data.partition(b"\r\n\r\n")
        return head

    # Receiving

    def ready(self, wait_s: float = 0) -> bool:
        """Whether something has come."""
        pending = getattr(self._sock, "pending", None)
        return bool(self._ahead or (pending and pending()) or select.select([self._sock], [], [], wait_s)[0])

    def receive(self, most: int | None = None) -> Frame:
        """The next frame; pings are answered. `most`: stop within a binary frame after so many bytes of it."""
        first, second = self._exactly(2)
        kind, size = first & 0x0F, second & 0x7F
        if first & 0x70 or second & 0x80:
            raise WebSocketError("a frame with extensions, or masked by the server")
        if size == 126:
            (size,) = struct.unpack("!H", self._exactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._exactly(8))
        if kind in (TEXT, BINARY):
            self._in_text = kind == TEXT
        if kind == BINARY or (kind == CONTINUATION and not self._in_text):
            return Frame(BINARY, self._skip(size, most), b"")
        if size > _MOST_TEXT:
            raise WebSocketError("a text or control frame that is too long")
        text = self._exactly(size)
        if kind == PING:
            self.send(PONG, text)
        return Frame(kind, size, text)

    def _exactly(self, size: int) -> bytes:
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        while len(data) < size:
            more = self._sock.recv(size - len(data))
            if not more:
                raise WebSocketError("the connection was cut")
            data += more
        return data

    def _skip(self, size: int, most: int | None) -> int:
        wanted = size if most is None else min(size, most)
        done = min(wanted, len(self._ahead))
        self._ahead = self._ahead[done:]
        while done < wanted:
            got = self._sock.recv_into(self._room, min(len(self._room), wanted - done))
            if not got:
                raise WebSocketError("the connection was cut")
            done += got
        return done

    # Sending

    def send(self, kind: int, content: bytes) -> None:
        """Send one frame."""
        self._sock.sendall(frame(kind, content))

    def send_made(self, made: bytes) -> None:
        """Send a frame that was made before: payload that nobody looks into may go out again and again."""
        self._sock.sendall(made)

    def close(self, polite: bool = True, patience_s: float = 2.0) -> None:
        """Say goodbye, give the server the time to hang up first, and hang up."""
        try:
            if polite:
                self._sock.settimeout(patience_s)
                self.send(CLOSE, struct.pack("!H", 1000))
                # What is still on its way is let go of; the server hangs up after its own goodbye.
                for _ in range(1000):
                    if not self.ready(patience_s) or self.receive().kind == CLOSE:
                        break
        except OSError:
            pass
        finally:
            self.connection.close()


def frame(kind: int, content: bytes) -> bytes:
    """A whole frame, masked as a client must."""
    size, mask = len(content), os.urandom(4)
    if size < 126:
        head = struct.pack("!BB", 0x80 | kind, 0x80 | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", 0x80 | kind, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | kind, 0x80 | 127, size)
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return head + mask + (int.from_bytes(content, "big") ^ key).to_bytes(size, "big")
