"""Fetches a bundle from a file or an address: small, in time, from nowhere else than was said."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from merata.errors import FileError, MissingError
from merata.exchange import bundle, source


def fetched(what: str) -> bytes:
    """A bundle from a file or an https address; http only from this machine itself. No redirect is followed.

    Raises
    ------
    MissingError
        There is no such file, or nothing at the address.
    FileError
        The address is not safe, does not answer, or what is there is too large.
    """
    if "://" not in what:
        return _file(Path(what))
    parts = urlsplit(what)
    if parts.scheme != "https" and not (parts.scheme == "http" and _here(parts.hostname or "")):
        raise FileError(f"{what}: expected an address that begins with https://.")
    status, body = source.ask(what, most_bytes=bundle.LARGEST_BYTES)
    if status in (404, 410):
        raise MissingError(f"{what}: there is no bundle. Ask the region for the address of its newest one.")
    if status != 200:
        raise FileError(
            f"{what}: answered {status}; other addresses are not followed. Ask the region for the right one."
        )
    return body


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(bundle.LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise MissingError(f"{path}: no such file.") from None
    except IsADirectoryError:
        raise FileError(f"{path}: is a folder, and a bundle is a file.") from None
    if len(data) > bundle.LARGEST_BYTES:
        raise FileError(f"{path}: has more than {bundle.LARGEST_BYTES / 1e6:.0f} MB. That is no bundle.")
    return data
