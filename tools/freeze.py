"""Freezes a version: a backup of a small made-up region as this version writes it, which every later one must open.

`python tools/freeze.py` writes tests/upgrade/VERSION.zip, and hashes of the migrations into tests/upgrade/frozen.json.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import shapely

import merata
from merata.backup.pack import pack
from merata.exchange import leaves, notes
from merata.exchange.log import Log
from merata.region.folder import Region

PROJECT = Path(__file__).resolve().parents[1]
KEPT = PROJECT / "tests" / "upgrade"
FROZEN = KEPT / "frozen.json"
MIGRATIONS = PROJECT / "merata" / "web" / "migrations"
LARGEST_BYTES = 200_000
_NAMES = ("Alfaro", "Betuma", "Cegoda", "Dilune")
#: A key that signs a made-up log, known to everybody.
_KEY = notes.SecretKey.of("contoh.example/log", notes.LOG, b"k" * 32)


def hashes() -> dict[str, str]:
    """SHA-256 of each migration of the site, by name."""
    return {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(MIGRATIONS.glob("0*.py"))
    }


def changed(frozen: Mapping[str, Mapping[str, str]], now: Mapping[str, str], version: str) -> list[str]:
    """What became of migrations that an earlier version than `version` was released with: they may never change."""
    released = {
        name: sha256 for of, names in frozen.items() if of != version for name, sha256 in names.items()
    }
    return sorted(name for name, sha256 in released.items() if now.get(name) != sha256)


def main() -> int:
    """Write this version's backup and hashes, unless a released migration was changed."""
    frozen = json.loads(FROZEN.read_text(encoding="utf-8")) if FROZEN.exists() else {}
    if wrong := changed(frozen, hashes(), merata.__version__):
        raise SystemExit(f"Migrations that were released are not as they were: {', '.join(wrong)}")
    KEPT.mkdir(exist_ok=True)
    file = KEPT / f"{merata.__version__}.zip"
    with tempfile.TemporaryDirectory() as folder:
        region = Path(folder) / "region"
        region_of(region, Path(folder))
        made = Path(folder) / file.name
        pack(region, made, tell=lambda *_: None)
        if made.stat().st_size > LARGEST_BYTES:
            raise SystemExit(f"The backup has {made.stat().st_size:,} bytes, more than {LARGEST_BYTES:,}.")
        shutil.copyfile(made, file)
    FROZEN.write_text(json.dumps(frozen | {merata.__version__: hashes()}, indent=1) + "\n", encoding="utf-8")
    print(f"{file.relative_to(PROJECT)}: {file.stat().st_size:,} bytes")
    return 0


def region_of(folder: Path, beside: Path) -> None:
    """A region with some of everything that a later version has to understand."""
    region = Region.start(folder, name="Kabupaten Contoh")
    with (folder / "region.toml").open("a", encoding="utf-8") as settings:
        settings.write("made_up = true\n")
    shapes = [shapely.box(117 + n / 10, 0, 117.1 + n / 10, 0.1) for n in range(len(_NAMES))]
    codes = [f"99.01.0{1 + n // 2}.200{1 + n % 2}" for n in range(len(_NAMES))]
    rows = {"code": codes, "name": _NAMES, "district": ["Utara", "Utara", "Selatan", "Selatan"]}
    gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326").to_file(
        beside / "borders.geojson", driver="GeoJSON"
    )
    region.add([beside / "borders.geojson"], date="2025-01-01", given_by="Kantor Contoh")
    with Log(folder / "log").writing() as log:
        log.append([leaves.leaf("commitment", "2026-03-03", "99.01", _PROMISE)])
        log.sign(_KEY)
    _measurements(folder / "measurements")
    _site(folder)


_PROMISE = {"commitment": "k-1", "state": "made", "owner": "dinas-kominfo", "village": "99.01.01.2001"}


def _measurements(folder: Path) -> None:
    """Some that are in the tables, and some that are not yet."""
    sys.path.insert(0, str(PROJECT / "tests" / "assure"))
    import arrivals

    from merata.assure.compact import compact

    records = arrivals.deliveries(arrivals.runs_of(1, 2), 7, 1)
    arrivals.into_spool(folder, records[: len(records) // 2])
    compact(folder)
    arrivals.into_spool(folder, records[len(records) // 2 :])


def _site(folder: Path) -> None:
    """A database with a publication and an account."""
    sys.path.insert(0, str(PROJECT / "tests" / "web"))
    os.environ.pop("MERATA_DATABASE", None)
    from merata.web.start import start, tables

    start(folder)
    tables()
    import site_factory

    from merata.web.models import User

    site_factory.publication()
    User.objects.create_user(site_factory.OFFICE, site_factory.PASSWORD, role="regency")
    from django.db import connection

    connection.close()


if __name__ == "__main__":
    sys.exit(main())
