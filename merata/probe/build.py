"""Makes merata-probe.pyz: this room in one file that any Python from 3.8 on runs, the same bytes each time."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from merata.probe import RELEASE
from merata.probe.enrol import CENTRE_FILE

#: No clock is read: the same sources give the same file.
_TIME = (1980, 1, 1, 0, 0, 0)
_SHEBANG = b"#!/usr/bin/env python3\n"
#: The room above, which the probe does without.
_ROOM = f'"""Merata, of which this file holds the probe alone."""\n\n__version__ = "probe {RELEASE}"\n'
_MAIN = """import sys

if sys.version_info < (3, 8):
    sys.exit("merata-probe: Python 3.8+ (%d.%d)" % sys.version_info[:2])

from merata.probe.command import main

sys.exit(main())
"""


def contents(centre: str = "") -> dict[str, bytes]:
    """Every file of the archive, by name; `centre` is the address that a bare code is taken to."""
    folder = Path(__file__).parent
    files = {f"merata/probe/{p.name}": p.read_bytes() for p in folder.glob("*.py") if p.name != "build.py"}
    files["merata/__init__.py"] = _ROOM.encode()
    files["__main__.py"] = _MAIN.encode()
    if centre:
        files[f"merata/probe/{CENTRE_FILE}"] = centre.encode()
    return {name: files[name].replace(b"\r\n", b"\n") for name in sorted(files)}


def build(target: Path, centre: str = "") -> int:
    """Write the file, and say how many bytes it has."""
    packed = io.BytesIO()
    packed.write(_SHEBANG)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents(centre).items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=9)
    fresh = target.with_name(target.name + ".new")
    fresh.write_bytes(packed.getvalue())
    fresh.chmod(0o755)
    os.replace(fresh, target)
    return len(packed.getvalue())
