"""The door of a witness: `POST /add-checkpoint`, as C2SP tlog-witness has it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from merata.assure.http import Answer, Limits, RefusedError, Request, Server
from merata.errors import BusyError, FileError
from merata.exchange import proofs, witness
from merata.exchange.proofs import Growth
from merata.exchange.witness import Witness

PATH = "/add-checkpoint"
#: A checkpoint with 63 hashes and a hundred signatures.
_LIMITS = Limits(connections=100, body_bytes=64_000, body_s=30)
_TEXT = {"Content-Type": "text/plain; charset=utf-8"}


async def serve(by: Witness, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Answer until cancelled; `ready` is told the port."""

    async def handle(request: Request) -> Answer:
        return answer(by, request)

    server = await Server(handle, lambda: int(time.time() * 1000), lambda _: None, _LIMITS).start(host, port)
    ready(server.sockets[0].getsockname()[1])
    async with server:
        await asyncio.get_running_loop().create_future()


def answer(by: Witness, request: Request) -> Answer:
    """The answer to one request; a checkpoint is on disk before it is answered.

    Raises
    ------
    merata.assure.http.RefusedError
        It is no such request.
    """
    if request.path != PATH:
        raise RefusedError(404, f"only POST {PATH} is answered here")
    if request.method != "POST":
        raise RefusedError(405, "POST is expected here")
    try:
        asked = proofs.parse(request.body)
        if not isinstance(asked, Growth):
            raise RefusedError(400, "expected: old SIZE, hashes, an empty line, a checkpoint")
        return Answer(200, witness.answer(by.add(asked)), _TEXT)
    except witness.RefusedError as refused:
        return _refused(refused)
    except BusyError as busy:
        raise RefusedError(503, str(busy), retry_s=5) from busy
    except FileError as error:
        raise RefusedError(400, str(error)) from error


def _refused(refused: witness.RefusedError) -> Answer:
    if refused.status == 409:
        # The size alone, as the protocol has it: who asks can prove it from there.
        return Answer(409, f"{refused.size}\n".encode(), {"Content-Type": "text/x.tlog.size"})
    return Answer(refused.status, f"{refused}\n".encode(), _TEXT)
