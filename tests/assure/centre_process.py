"""Receivers as processes of their own, quickly: `python -m` imports all once, then each receiver is a fork of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path


class Nursery:
    """Starts receivers and kills them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, measurements: Path, **spooling: object) -> tuple[int, int, int]:
        """A receiver: process, port of HTTP, port of UDP."""
        print(json.dumps([str(measurements), spooling]), file=self._process.stdin, flush=True)
        pid, http, udp = json.loads(self._process.stdout.readline())
        return pid, http, udp

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _receive(measurements: str, spooling: dict) -> None:
    import arrivals

    from merata.assure.receive import Limits, Receiver, serve

    def ready(http: int, udp: int) -> None:
        print(json.dumps([os.getpid(), http, udp]), flush=True)

    limits = Limits(**spooling.pop("limits", {}))
    receiver = Receiver(Path(measurements), arrivals.key_of, limits=limits, **spooling)
    asyncio.run(serve(receiver, "127.0.0.1", 0, 0, ready))


def main() -> None:
    import arrivals  # noqa: F401 - what the forks need, imported once

    import merata.assure.receive  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    children = []
    for line in sys.stdin:
        child = os.fork()
        if not child:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _receive(*json.loads(line))
        children.append(child)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
