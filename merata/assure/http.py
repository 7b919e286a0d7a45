"""As much of HTTP/1.1 as probes need: short requests with a length, kept connections, limits on size and time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple


@dataclass(frozen=True)
class Limits:
    """What a connection may take."""

    connections: int = 1000
    head_bytes: int = 8192
    body_bytes: int = 128 * 1024
    idle_s: float = 20
    """Time to send a request's head, from the end of the answer before."""
    body_s: float = 120
    """Time to send a body: 128 kB take 50 s over 20 kbit/s."""


class Request(NamedTuple):
    """A request that was read whole."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    arrived_ms: int
    """When its head was there, by the centre's clock: a body may take a minute more."""


class Answer(NamedTuple):
    """What is answered: a status, a body of JSON and more headers."""

    status: int
    body: bytes
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed


class RefusedError(Exception):
    """A request that is answered with an error; `keep`: whether the connection may go on."""

    def __init__(self, status: int, why: str, *, retry_s: int = 0, keep: bool = True) -> None:
        super().__init__(why)
        self.status, self.retry_s, self.keep = status, retry_s, keep

    def answer(self) -> Answer:
        """The answer that says why."""
        headers = {"Retry-After": str(self.retry_s)} if self.retry_s else {}
        return Answer(self.status, json.dumps({"error": str(self)}).encode(), headers)


Handler = Callable[[Request], Awaitable[Answer]]


@dataclass
class Server:
    """Answers connections by a handler.

    Parameters
    ----------
    handle
        Makes the answer, or raises `RefusedError`.
    now_ms
        The centre's clock.
    count
        Told a word for whatever goes wrong.
    """

    handle: Handler
    now_ms: Callable[[], int]
    count: Callable[[str], None]
    limits: Limits = field(default_factory=Limits)
    open: int = 0

    async def start(self, host: str, port: int) -> asyncio.Server:
        """Listen."""
        return await asyncio.start_server(self._connected, host, port, limit=self.limits.head_bytes)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            if self.open > self.limits.connections:
                self.count("too many connections")
                busy = RefusedError(503, "too many connections: try again later", retry_s=60, keep=False)
                await self._say(writer, busy.answer(), keep=False)
            else:
                while await self._one(reader, writer):
                    pass
        except (OSError, asyncio.IncompleteReadError):
            self.count("connection broken")
        finally:
            self.open -= 1
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether another may follow."""
        keep = True
        try:
            request = await self._read(reader)
            if request is None:
                return False
            keep = request.headers.get("connection", "").lower() != "close"
            answer = await self.handle(request)
        except RefusedError as refused:
            self.count(f"answered {refused.status}")
            answer, keep = refused.answer(), keep and refused.keep
        except Exception:
            # Whatever it was: this request is answered, and the next one is not worse for it.
            self.count("answered 500")
            answer, keep = RefusedError(500, "a fault in the centre").answer(), False
        await self._say(writer, answer, keep=keep)
        return keep

    async def _read(self, reader: asyncio.StreamReader) -> Request | None:
        try:
            async with asyncio.timeout(self.limits.idle_s):
                head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            if error.partial:
                self.count("connection broken")
            return None
        except asyncio.LimitOverrunError:
            raise RefusedError(431, "the head of the request is too large", keep=False) from None
        except TimeoutError:
            raise RefusedError(408, "the request did not come in time", keep=False) from None
        arrived_ms = self.now_ms()
        method, path, headers = _head(head)
        length = _length(method, headers, self.limits.body_bytes)
        try:
            async with asyncio.timeout(self.limits.body_s):
                body = await reader.readexactly(length)
        except TimeoutError:
            raise RefusedError(408, "the body did not come in time", keep=False) from None
        return Request(method, path, headers, body, arrived_ms)

    async def _say(self, writer: asyncio.StreamWriter, answer: Answer, *, keep: bool) -> None:
        lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(answer.body)),
            "Cache-Control": "no-store",
            "Connection": "keep-alive" if keep else "close",
            **answer.headers,
        }
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + answer.body)
        # Who asks and does not read the answer is not waited for.
        async with asyncio.timeout(self.limits.idle_s):
            await writer.drain()


def _head(head: bytes) -> tuple[str, str, dict[str, str]]:
    """Method, path and headers; anything that two readers might read differently is refused."""
    odd = RefusedError(400, "not a request of HTTP/1.1", keep=False)
    try:
        first, *lines = head.decode("ascii").removesuffix("\r\n\r\n").split("\r\n")
        method, path, version = first.split(" ")
    except ValueError:
        raise odd from None
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not name or name.strip() != name or (name in headers and name.startswith("content-")):
            raise odd
        headers[name] = value.strip()
    if version != "HTTP/1.1":
        raise RefusedError(505, "only HTTP/1.1 is spoken here", keep=False)
    return method, path, headers


def _length(method: str, headers: dict[str, str], most: int) -> int:
    if "transfer-encoding" in headers:
        raise RefusedError(411, "a body must say its length: Content-Length", keep=False)
    said = headers.get("content-length", "0" if method in ("GET", "HEAD") else "")
    if not said:
        raise RefusedError(411, "a body must say its length: Content-Length", keep=False)
    if not said.isdigit() or len(said) > 12:
        raise RefusedError(400, "Content-Length is no number", keep=False)
    if int(said) > most:
        raise RefusedError(413, f"the body is larger than {most} bytes", keep=False)
    return int(said)
