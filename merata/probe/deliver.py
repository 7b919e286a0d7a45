"""To the centre: a heartbeat in a datagram; what waits in batches, of sizes that the line takes, not all at once."""

from __future__ import annotations

import http.client
import logging
import select
import socket
import time
from contextlib import suppress
from random import Random
from typing import Any, Callable, NamedTuple

from merata.probe import wire
from merata.probe.connect import Ways
from merata.probe.messages import WireError
from merata.probe.store import Store

log = logging.getLogger("merata.probe")

#: How long an answer to a datagram may take, s; it is sent twice.
KNOCK_S, KNOCKS = 2.0, 2
#: Sizes of batches, rows: where it begins, the largest.
FIRST_ROWS, MOST_ROWS = 64, 1024
#: After failures the next try waits from the first to the second, s; a centre may ask for as long, no longer.
WAIT_S, LONGEST_WAIT_S = 60, 3600
#: One visit lasts no longer, so that heartbeats stay in time, s.
VISIT_S = 120
TIMEOUT_S = 30


def knock(
    datagram: bytes, key: bytes, number: int, where: tuple[int, Any] | None, wait_s: float = KNOCK_S
) -> wire.Answer | None:
    """Send a heartbeat until a signed answer comes, twice at most.

    What is unsigned anybody may have sent: such an answer is told of only where no signed one came.
    """
    hint = None
    if where is None:
        return None
    with suppress(OSError), socket.socket(where[0], socket.SOCK_DGRAM) as sock:
        sock.connect(where[1])
        for _ in range(KNOCKS):
            with suppress(OSError):
                sock.send(datagram)
            answer = _heard(sock, key, number, time.monotonic() + wait_s)
            if answer is not None and not answer.flags & wire.UNKNOWN:
                return answer
            hint = answer or hint
    return hint


def _heard(sock: socket.socket, key: bytes, number: int, until: float) -> wire.Answer | None:
    hint = None
    while (left := until - time.monotonic()) > 0:
        if not select.select([sock], [], [], left)[0]:
            break
        try:
            answer = wire.unpack_answer(sock.recv(512), key)
        except (OSError, WireError):  # nobody listens there, or somebody else answered
            continue
        if answer.flags & wire.UNKNOWN:  # who has no key can't tell whose number it is
            hint = answer
        elif answer.number == number:
            return answer
    return hint


class Result(NamedTuple):
    """How a visit ended: messages that are through, the last receipt, and why it ended ("" when nothing was left)."""

    through: int
    receipt: wire.Receipt | None
    trouble: str
    refused: dict[int, str]


class Courier:
    """Takes batches to the centre. What it learned about the line is remembered in the store."""

    def __init__(self, store: Store, ways: Ways, https: str, key: bytes, random: Random) -> None:
        self._store, self._ways, self._https, self._key, self._random = store, ways, https, key, random
        self._learned: dict[str, Any] = {"rows": FIRST_ROWS, "fails": 0, "boot": 0, "at_ms": 0}
        self._learned.update(store.state("courier", {}))

    def due(self, boot: int, up_ms: int) -> bool:
        """Whether the wait after a failure is over."""
        known = self._learned
        waits = known["boot"] == boot and known["fails"] and up_ms < known["at_ms"]
        return not waits

    def forgive(self) -> None:
        """The centre is back, as its answer to a heartbeat tells: no more waiting."""
        self._learned["fails"] = 0

    def visit(self, sending: Callable[[], wire.Sending], visit_s: float = VISIT_S) -> Result:
        """Deliver what waits, oldest first, until nothing is left, something fails or the time is up."""
        until = time.monotonic() + visit_s
        through, receipt, refused = 0, None, {}
        connection = self._ways.open(self._https, TIMEOUT_S)
        trouble = ""
        try:
            while time.monotonic() < until:
                messages = self._store.oldest(self._learned["rows"])
                if not messages:
                    break
                batch = wire.Batch(sending(), messages[0].number, messages)
                body, mac, batch = packed(batch, self._key)
                receipt = self._deliver(connection, body, mac)
                had = [
                    m.number
                    for m in batch.messages
                    if m.number <= receipt.upto or m.number in receipt.refused
                ]
                self._store.drop(had)
                through += len(had)
                # An event that is refused is not told again by an event, which might be refused, and so on.
                plain = {m.number for m in batch.messages if m.kind != "event"}
                refused.update({n: why for n, why in receipt.refused.items() if n in plain})
                if had:
                    self._went_well(len(batch.messages))
                else:
                    self._took_none(receipt, len(batch.messages))
        except (OSError, http.client.HTTPException, WireError) as e:
            trouble = f"{type(e).__name__}: {e}"[:120]
            self._went_wrong(sending(), e)
        finally:
            connection.close()
        self._store.remember(courier=self._learned)
        return Result(through, receipt, trouble, refused)

    def _deliver(self, connection: http.client.HTTPConnection, body: bytes, mac: str) -> wire.Receipt:
        headers = {"Content-Type": "application/octet-stream", wire.MAC_HEADER: mac}
        connection.request("POST", wire.BATCH_PATH, body, headers)
        answer = connection.getresponse()
        said = answer.read(wire.MAX_ANSWER_BYTES + 1)
        if answer.status != 200:
            raise NoReceiptError(
                f"the centre says {answer.status}", _seconds(answer.getheader("Retry-After"))
            )
        return wire.unpack_receipt(said, answer.getheader(wire.MAC_HEADER) or "", self._key)

    def _took_none(self, receipt: wire.Receipt, rows: int) -> None:
        """Fewer at once, where the centre can't read so many: one that it can't read by itself it refuses by number."""
        if receipt.flags & wire.REVOKED:
            raise NoReceiptError("the centre takes nothing of this key any more", LONGEST_WAIT_S)
        if rows == 1:
            raise NoReceiptError("the centre took none of the batch", 0)
        self._learned["rows"] = rows // 2

    def _went_well(self, rows: int) -> None:
        self._learned["fails"] = 0
        if rows == self._learned["rows"]:
            self._learned["rows"] = min(2 * rows, MOST_ROWS)

    def _went_wrong(self, sending: wire.Sending, error: Exception) -> None:
        known = self._learned
        known["rows"] = max(1, known["rows"] // 2)
        known["fails"] += 1
        wait_s = min(LONGEST_WAIT_S, WAIT_S * 2 ** (min(known["fails"], 10) - 1))
        # A part of the wait is drawn, so that probes that failed together do not come back together.
        wait_s *= self._random.uniform(0.5, 1.0)
        wait_s = max(wait_s, min(getattr(error, "wait_s", 0), LONGEST_WAIT_S))
        known["boot"], known["at_ms"] = sending.boot, sending.up_ms + int(wait_s * 1000)
        log.info("delivery failed (%s), next try in %d s", error, wait_s)


class NoReceiptError(OSError):
    """The centre answered, but not with a receipt."""

    def __init__(self, why: str, wait_s: int) -> None:
        super().__init__(why)
        self.wait_s = wait_s


def packed(batch: wire.Batch, key: bytes) -> tuple[bytes, str, wire.Batch]:
    """Body and MAC of as many of the first messages as fit into one batch, and that batch."""
    try:
        return (*wire.pack_batch(batch, key), batch)
    except WireError:
        if len(batch.messages) == 1:
            raise
        return packed(batch._replace(messages=batch.messages[: len(batch.messages) // 2]), key)


def _seconds(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 else 0
