"""What the line carried and how many people hang on it: counts only, never content, never an address."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from merata.probe import snmp

_PROC = Path("/proc")
_SYS = Path("/sys")

#: Files of leases that are counted by themselves.
LEASES = ("/tmp/dhcp.leases", "/var/lib/misc/dnsmasq.leases")  # noqa: S108


class Carried(NamedTuple):
    """Bytes since the counters began; `where` says whose, so that counters of two things are never subtracted."""

    where: str
    received: int
    sent: int


def default_interface(proc: Path = _PROC) -> str:
    """The interface with the default route; "" where there is none, or the system does not say."""
    for row in _rows(proc / "net" / "route"):
        if len(row) > 3 and row[1] == "00000000" and int(row[3], 16) & 1:
            return row[0]
    for row in _rows(proc / "net" / "ipv6_route"):
        if (
            len(row) == 10
            and row[0] == "0" * 32
            and row[1] == "00"
            and row[9] != "lo"
            and int(row[8], 16) & 1
        ):
            return row[9]
    return ""


def _rows(path: Path) -> list[list[str]]:
    try:
        return [line.split() for line in path.read_text(encoding="ascii", errors="replace").splitlines()]
    except OSError:
        return []


def carried(interface: str, router: str, proc: Path = _PROC) -> Carried | None:
    """What the line carried: by the router where one is named, else by this machine's interface."""
    if router:
        octets = snmp.octets(router)
        return Carried(router.split()[0], *octets) if octets else None
    interface = interface or default_interface(proc)
    for row in _rows(proc / "net" / "dev"):
        name, _, first = " ".join(row).partition(":")
        numbers = first.split()
        if name == interface and len(numbers) >= 9:
            return Carried(interface, int(numbers[0]), int(numbers[8]))
    return None


def difference_kb(now: Carried | None, before: Carried | None) -> tuple[int | None, int | None]:
    """Thousands of bytes in and out between two looks; None where the counters began anew or are others."""
    if now is None or before is None or now.where != before.where:
        return None, None
    received, sent = now.received - before.received, now.sent - before.sent
    if received < 0 or sent < 0:  # the machine or the router was started anew
        return None, None
    return min(received // 1000, 2**32 - 2), min(sent // 1000, 2**32 - 2)


def clients(setting: str) -> int | None:
    """How many devices are on the Wi-Fi; `setting`: auto, off or a file of DHCP leases. None where nobody can say."""
    if setting == "off":
        return None
    if setting != "auto":
        return leases(Path(setting))
    by_radio = _stations()
    if by_radio is not None:
        return by_radio
    return next((count for file in LEASES if (count := leases(Path(file))) is not None), None)


def leases(path: Path, now_s: float | None = None) -> int | None:
    """How many leases of dnsmasq's file run: its lines begin with the second at which each ends, 0 for never."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    ends = [int(words[0]) for line in lines if (words := line.split()) and words[0].isdecimal()]
    now_s = time.time() if now_s is None else now_s
    return min(sum(end == 0 or end > now_s for end in ends), 2**16 - 2)


def _stations() -> int | None:
    """Stations of every access point that this machine is, by `iw`, else by `hostapd_cli`."""
    import shutil  # not above: it draws in archives of all kinds, and memory is dear here

    if iw := shutil.which("iw"):
        devices = _said([iw, "dev"])
        points = access_points(devices)
        if points:
            return sum(_said([iw, "dev", name, "station", "dump"]).count("Station ") for name in points)
    if hostapd := shutil.which("hostapd_cli"):
        said = _said([hostapd, "all_sta"])
        return said.count("\naid=") if said else None
    return None


def access_points(said: str) -> list[str]:
    """Interfaces of type AP in what `iw dev` says."""
    found, name = [], ""
    for line in said.splitlines():
        words = line.split()
        if words[:1] == ["Interface"]:
            name = words[1]
        elif words == ["type", "AP"]:
            found.append(name)
    return found


def _said(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=False).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return ""


def on_battery(sys: Path = _SYS) -> bool:
    """Whether a power supply from the mains is there and off."""
    supplies = list((sys / "class" / "power_supply").glob("*"))
    mains = [s for s in supplies if _word(s / "type") == "Mains"]
    return bool(mains) and all(_word(s / "online") == "0" for s in mains)


def _word(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
