"""The routers that the centre looks at: routers.csv beside the measurements, read and checked."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from merata.assure.heard import ROUTERS_FROM
from merata.errors import FileError, MissingError

FILE = "routers.csv"
#: Files with communities, their owner's only: they are no measurements, and nobody copies them with these.
SECRETS = Path(".merata") / "watch"
FIRST = ROUTERS_FROM
HOWS = ("ping", "http", "snmp")
PORTS = {"http": 80, "https": 443, "snmp": 161}
_SECRET = re.compile(r"[\w-][\w.-]{0,60}")

COLUMNS = {
    "number": "A whole number of its own, from 1; one that was used is never given to another",
    "point": "Code of the service point that it serves",
    "address": "Its IP address; for http with scheme, port and path as needed: https://192.0.2.1:8443/status",
    "how": "ping, http or snmp",
    "interface": "For snmp: the number (ifIndex) of the interface to count",
    "community": "For snmp: name of the file in .merata/watch of the region's folder that holds the community",
}


class Router(NamedTuple):
    """A router, and how it is looked at."""

    number: int
    """As it stands in `checks`."""
    point: str
    how: str
    host: str
    """An IP address, always: no name is asked for, and nothing leads elsewhere."""
    port: int = 0
    path: str = ""
    tls: bool = False
    interface: int = 0
    community: str = ""


class _WrongError(ValueError):
    """A column says something that can't be: the column, and what was expected."""

    def __init__(self, column: str, expected: str) -> None:
        super().__init__(expected)
        self.column = column


def read(region: Path) -> list[Router]:
    """All routers of a region's folder.

    Raises
    ------
    MissingError
        There is no routers.csv, or no file with a community that it names.
    FileError
        The file is no CSV, or a row says something that can't be: with row and column.
    """
    path = region / "measurements" / FILE
    found: dict[int, Router] = {}
    for line, row in _rows(path):
        try:
            router = _router(row, region)
            if router.number in found:
                raise _WrongError("number", "a number that no other row has")
        except _WrongError as wrong:
            given = row.get(wrong.column, "")
            raise FileError(
                f"{path}, row {line}, column {wrong.column}: {given!r:.60} is not {wrong}."
            ) from None
        found[router.number] = router
    return list(found.values())


def numbers_of_points(measurements: Path) -> dict[str, tuple[int, ...]]:
    """Point -> numbers of its routers; nothing where no router is looked at. Quick where the file is as before."""
    path = measurements / FILE
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        return {}
    return _numbers(path, stamp)


@lru_cache(maxsize=2)
def _numbers(path: Path, stamp: int) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for _, row in _rows(path):
        if row["number"].isdecimal() and len(row["number"]) < 11:
            found[row["point"]] = (*found.get(row["point"], ()), FIRST + int(row["number"]))
    return found


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            lacking = [
                name
                for name in ("number", "point", "address", "how")
                if name not in (reader.fieldnames or ())
            ]
            rows = [
                (reader.line_num, {name: (row.get(name) or "").strip() for name in COLUMNS}) for row in reader
            ]
    except FileNotFoundError:
        raise MissingError(
            f"{path}: is not there. It says which routers to look at; its columns are {', '.join(COLUMNS)}."
        ) from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise FileError(f"{path}: is no CSV file in UTF-8 ({error!s:.100}).") from error
    if lacking:
        raise FileError(f"{path}: column {lacking[0]} is missing. Its columns are {', '.join(COLUMNS)}.")
    return rows


def _router(row: dict[str, str], region: Path) -> Router:
    number = FIRST + _whole(row, "number", FIRST - 1)
    if not row["point"]:
        raise _WrongError("point", "the code of a service point")
    if row["how"] not in HOWS:
        raise _WrongError("how", f"one of {', '.join(HOWS)}")
    if row["how"] == "http":
        return _http(Router(number, row["point"], "http", ""), row["address"])
    if row["how"] == "ping":
        return Router(number, row["point"], "ping", _ip(row["address"]))
    host, port = _ip_and_port(row["address"])
    interface, community = _whole(row, "interface", FIRST - 1), _community(row["community"], region)
    return Router(number, row["point"], "snmp", host, port, interface=interface, community=community)


def _http(router: Router, address: str) -> Router:
    expected = "an address like http://192.0.2.1/ or https://192.0.2.1:8443/status, with an IP address"
    parts = urlsplit(address)
    try:
        host, port = _ip(parts.hostname or ""), parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise _WrongError("address", expected) from None
    path = parts.path or "/"
    if parts.username or parts.query or not path.isascii() or not path.isprintable() or " " in path:
        raise _WrongError("address", expected)
    return router._replace(host=host, port=port, path=path, tls=parts.scheme == "https")


def _ip(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise _WrongError("address", "an IP address like 192.0.2.1 or 2001:db8::1") from None


def _ip_and_port(text: str) -> tuple[str, int]:
    """An IP address with or without a port: 192.0.2.1:161, [2001:db8::1]:161."""
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.startswith("[")):
        return _ip(text.strip("[]")), PORTS["snmp"]
    if not port.isdecimal() or not 0 < int(port[:6]) < 65_536:
        raise _WrongError("address", "an IP address, with a port from 1 to 65535 where it is not 161")
    return _ip(host.strip("[]")), int(port)


def _whole(row: dict[str, str], name: str, most: int) -> int:
    if not row[name].isdecimal() or not 0 < int(row[name][:11]) <= most:
        raise _WrongError(name, f"a whole number from 1 to {most}")
    return int(row[name])


def _community(name: str, region: Path) -> str:
    if not _SECRET.fullmatch(name):
        raise _WrongError("community", f"the name of a file in {SECRETS}")
    path = region / SECRETS / name
    try:
        if path.stat().st_mode & 0o077:
            raise FileError(
                f"{path}: others may read it. chmod 600 {path}, and give routers a new community."
            )
        said = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise MissingError(f"{path}: is not there. Write the community into it, and chmod 600 it.") from None
    if not said or not said.isascii() or not said.isprintable():
        raise FileError(f"{path}: holds no community. Expected one line of letters and digits.")
    return said


def is_v6(host: str) -> bool:
    """Whether an IP address is one of IPv6."""
    return isinstance(ip_address(host), IPv6Address)
