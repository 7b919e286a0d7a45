"""What Linux knows of a TCP connection: round trips, bytes acknowledged, what bounded it (TCP_INFO of linux/tcp.h)."""

from __future__ import annotations

import contextlib
import fcntl
import socket
import struct
import sys
import termios

#: Where each number stands in `struct tcp_info`, by its name in ndt7 (all in µs or bytes): offset, format.
FIELDS: dict[str, tuple[int, str]] = {
    "RTT": (68, "I"),
    "RTTVar": (72, "I"),
    "BytesAcked": (120, "Q"),
    "BytesReceived": (128, "Q"),
    "MinRTT": (148, "I"),
    "BusyTime": (168, "Q"),
    "RWndLimited": (176, "Q"),
    "SndBufLimited": (184, "Q"),
    "BytesSent": (200, "Q"),
    "BytesRetrans": (208, "Q"),
}
_ROOM_BYTES = 512
_NO_MIN_RTT = 0xFFFFFFFF

# Numbers of Linux that Python has no names for.
_NOTSENT_LOWAT, _MAX_PACING_RATE = 25, 47
_MOST_PACING = 0xFFFFFFFF


def read(sock: socket.socket) -> dict[str, int]:
    """What this kernel tells of a connection, by the names of ndt7; empty where it tells nothing.

    A kernel that is older than a number leaves it out, and so does this.
    """
    if sys.platform != "linux":
        return {}
    try:
        raw = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ROOM_BYTES)
    except OSError:
        return {}
    had = {
        name: int(struct.unpack_from(f"={form}", raw, at)[0])
        for name, (at, form) in FIELDS.items()
        if at + struct.calcsize(f"={form}") <= len(raw)
    }
    if had.get("MinRTT") == _NO_MIN_RTT:
        del had["MinRTT"]
    return had


def unacknowledged(sock: socket.socket) -> int:
    """Bytes that the kernel took and the other side did not acknowledge yet; 0 where this is not told."""
    if sock.fileno() < 0:
        return 0
    try:
        return int(struct.unpack("i", fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4)))[0])
    except OSError:
        return 0


def use_bbr(sock: socket.socket) -> None:
    """Take BBR to find the rate, where the kernel has it and lets us; else what the system uses."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"bbr")


def queue_at_most(sock: socket.socket, size: int) -> None:
    """Let no more wait in the kernel than this, bytes: what is said at the end must not queue for seconds."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, _NOTSENT_LOWAT, size)


def pace(sock: socket.socket, mbps: float) -> None:
    """Send no faster than this."""
    if sys.platform == "linux":
        rate = min(int(mbps * 1e6 / 8), _MOST_PACING)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, _MAX_PACING_RATE, struct.pack("I", rate))
