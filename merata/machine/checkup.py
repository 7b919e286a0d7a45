"""Looks at the machine and at a region's folder: what Merata needs there, and what only some of it needs."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from merata.machine import extras, variables
from merata.machine.found import Found, ok, optional, trouble
from merata.machine.kept import newest_backup_age_s

OLDEST_PYTHON = (3, 11)
#: A run of a regency took up to 0.9 GB, its site 0.4 GB (docs/benchmarks.md).
LEAST_MEMORY_GB = 2.0
LEAST_ROOM_GB, ENOUGH_ROOM_GB = 1.0, 5.0
OLDEST_BACKUP_DAYS = 2.0
#: Programs beside Python's, what each is for, and its package on Debian.
PROGRAMS: Mapping[str, tuple[str, str]] = {
    "chromium": ("with which the tests look at pages", "chromium"),
    "gammu-smsd": ("SMS by a phone at this machine", "gammu-smsd"),
    "pg_dump": ("backups of a site on PostgreSQL", "postgresql-client"),
}
_UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)
_DAY_S = 86_400


def machine(environment: Mapping[str, str]) -> Iterator[Found]:
    """What the machine itself has and lacks."""
    yield _python()
    yield from map(_libraries, extras.EXTRAS)
    yield from _papers()
    yield from (_program(name, environment) for name in PROGRAMS)
    yield _memory()
    yield _clock()
    yield from variables.unknown(environment)


def folder(region: Path, environment: Mapping[str, str]) -> Iterator[Found]:
    """What a region's folder has and lacks, but for its site's database."""
    if not (region / "region.toml").is_file():
        yield trouble("folder", f"{region} is no region folder", f"merata new {region}")
        return
    yield _writable(region)
    yield _room(region)
    yield from _ahead(region)
    yield from _keys(region, environment)
    yield _backups(environment)


def _python() -> Found:
    said = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return trouble("python", f"Python {said}", "Install Python 3.11 or newer, and Merata with it anew.")
    return ok("python", f"Python {said}, {os.cpu_count()} processors")


def _libraries(extra: str) -> Found:
    name = f"libraries [{extra}]" if extra else "libraries"
    lacking, about = extras.missing(extra), extras.EXTRAS[extra]
    if not lacking:
        return ok(name, about)
    told = f"{about}: {len(lacking)} of {len(extras.libraries()[extra])} missing: {', '.join(lacking)}"
    return (optional if extra else trouble)(name, told, extras.to_install(extra))


def _papers() -> Iterator[Found]:
    """Whether PDF can be made: typst brings its fonts along, unless somebody built it without."""
    if extras.missing("paper"):
        return
    import typst

    try:
        made: bytes = typst.compile(b"#set page(width: 9cm)\nMerata", ignore_system_fonts=True)
    except RuntimeError as error:
        yield trouble("papers", f"typst makes no PDF: {error}", "pip install --force-reinstall typst")
        return
    if b"/FontFile" in made:
        yield ok("papers", "typst makes PDF, with fonts of its own")
    else:
        yield trouble("papers", "typst has no fonts of its own", "pip install --force-reinstall typst")


def _program(name: str, environment: Mapping[str, str]) -> Found:
    about, package = PROGRAMS[name]
    where = shutil.which(name)
    if where:
        return ok(name, f"{where}: {about}")
    needed = name == "pg_dump" and environment.get("MERATA_DATABASE")
    said = trouble if needed else optional
    return said(name, f"not there: {about}", f"apt-get install --yes {package}")


def _memory() -> Found:
    total_gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    if total_gb < LEAST_MEMORY_GB:
        return trouble(
            "memory", f"{total_gb:.1f} GB", f"Give the machine {LEAST_MEMORY_GB:.0f} GB or more, or add swap."
        )
    return ok("memory", f"{total_gb:.1f} GB")


def _clock() -> Found:
    """Whether the kernel says that something keeps its clock right; it knows of any such program."""
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    except (OSError, AttributeError):  # no Linux
        state = 0
    if state == _UNSYNCHRONISED:
        return optional(
            "clock", "nothing keeps it right: times of outages would be wrong", "timedatectl set-ntp true"
        )
    return ok("clock", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))


def _writable(region: Path) -> Found:
    try:
        with tempfile.TemporaryFile(dir=region):
            pass
    except OSError as error:
        who = os.geteuid()
        return trouble(
            "folder", f"{region}: user {who} can't write there: {error.strerror}", f"chown -R {who} {region}"
        )
    return ok("folder", f"{region}: can be written")


def _room(region: Path) -> Found:
    free_gb = shutil.disk_usage(region).free / 1e9
    if free_gb >= ENOUGH_ROOM_GB:
        return ok("disk", f"{free_gb:.0f} GB free")
    said = trouble if free_gb < LEAST_ROOM_GB else optional
    return said(
        "disk", f"{free_gb:.1f} GB free", f"Take old runs away: {region / 'runs'}; or give it a larger disk."
    )


def _ahead(region: Path) -> Iterator[Found]:
    """Files from the future: the clock went back, or was wrong when they were written."""
    newest_s = max(path.stat().st_mtime for path in region.iterdir() if path.is_file())
    if newest_s > time.time() + _DAY_S:
        when = time.strftime("%Y-%m-%d", time.gmtime(newest_s))
        yield trouble(
            "clock", f"files of the region are of {when}, which is not yet", "timedatectl set-ntp true"
        )


def _keys(region: Path, environment: Mapping[str, str]) -> Iterator[Found]:
    """Secrets, which nobody but their owner may read."""
    named = {"site's key": region / ".merata" / "web" / "secret-key"}
    if environment.get("MERATA_LOG_KEY"):
        named["log's key"] = Path(environment["MERATA_LOG_KEY"])
    for name, path in named.items():
        if not path.exists():
            if name == "log's key":
                yield trouble(name, f"{path} is not there", f"merata exchange key {path} NAME/log")
        elif path.stat().st_mode & 0o077:
            yield trouble(name, f"{path}: others may read it", f"chmod 600 {path}")
        elif name == "log's key" and path.resolve().is_relative_to(region.resolve()):
            yield trouble(
                name, f"{path}: lies in the region's folder, which is copied", "Move it out of there."
            )
        else:
            yield ok(name, f"{path}: its owner's only")


def _backups(environment: Mapping[str, str]) -> Found:
    where = environment.get("MERATA_BACKUPS", "")
    if not where:
        return optional(
            "backups", "MERATA_BACKUPS does not say where they are", "See docs/how-to/operate.md."
        )
    try:
        age_s = newest_backup_age_s(where)
    except OSError as error:
        return trouble("backups", f"{where}: {error.strerror}", f"mkdir -p {where}")
    if age_s is None or age_s > OLDEST_BACKUP_DAYS * _DAY_S:
        told = "none is there" if age_s is None else f"the newest is {age_s / _DAY_S:.0f} days old"
        return trouble("backups", f"{where}: {told}", "systemctl start merata-backup.service")
    return ok("backups", f"{where}: the newest is {age_s / 3600:.0f} hours old")
