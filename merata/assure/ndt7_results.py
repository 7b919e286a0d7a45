"""Results of speed tests, and how they rest: `measurements/ndt7/YYYY-MM.jsonl`, a line of JSON a test."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = "ndt7"


class Result(NamedTuple):
    """What one test found. The client's address is cut before it comes here."""

    uuid: str
    test: str
    """`download` or `upload`, as the client sees it."""
    began: str
    """ISO 8601, UTC."""
    seconds: float
    bytes: int
    """Payload that the other side had (acknowledged) or that came."""
    mbps: float | None
    """Mean over the whole test: payload, without what WebSocket, TLS and TCP add. None: nothing was carried."""
    min_rtt_ms: float | None
    retransmitted: float | None
    """Share of the sent bytes that were sent again; None where the kernel does not say, and for uploads."""
    ended: str
    """`time`: ran as long as it may; `client`: it said goodbye; `cut`: the connection broke; `day`: no bytes left."""
    beside: int
    """Most other tests at once: they may have squeezed this one."""
    held_mbps: float | None
    """No test goes faster here; None: none is held back."""
    network: str
    """The client's address, cut to /24 or /48."""
    client: dict[str, str]
    """What the client says of its software (`client_…`)."""
    said: dict[str, Any]
    """The client's own last count (AppInfo), where it told one."""


OnResult = Callable[[Result], None]


class Results:
    """The files of one server.

    Parameters
    ----------
    measurements
        The folder `measurements` of a region.
    """

    def __init__(self, measurements: Path) -> None:
        self.folder = measurements / FOLDER
        self.folder.mkdir(parents=True, exist_ok=True)

    def keep(self, result: Result) -> None:
        """Put a result into the file of the month in which it began."""
        line = json.dumps(result._asdict(), ensure_ascii=False).encode() + b"\n"
        with self._file(result.began[:7]).open("ab+") as file:
            if file.tell() and not _ends_whole(file):
                line = b"\n" + line  # a power cut left half a line: it stays by itself
            file.write(line)

    def of(self, month: str) -> Iterator[dict[str, Any]]:
        """The results of a month (YYYY-MM); a line that a power cut left half is passed over."""
        path = self._file(month)
        if not path.exists():
            return
        with path.open("rb") as file:
            for line in file:
                try:
                    result = json.loads(line)
                except ValueError:
                    continue
                if isinstance(result, dict):
                    yield result

    def bytes_of(self, day: dt.date) -> int:
        """Bytes that the tests of a day (UTC) took."""
        there = self.of(f"{day:%Y-%m}")
        return sum(int(r.get("bytes", 0)) for r in there if str(r.get("began", ""))[:10] == day.isoformat())

    def _file(self, month: str) -> Path:
        return self.folder / f"{month}.jsonl"


def _ends_whole(file: Any) -> bool:
    file.seek(-1, 2)
    return bool(file.read(1) == b"\n")
