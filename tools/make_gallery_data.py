"""Makes the open data that the notebooks of docs/gallery start from, as the made-up regency's site exports it.

`python tools/make_gallery_data.py [COPY]`: COPY is a static copy of a site (`merata export`); without it a worked
example of 40 villages is made first, which takes some minutes. The notebooks' outputs change with it:
tests/docs/test_gallery.py says where.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT / "docs" / "gallery" / "data"
FILES = (
    "desa",
    "titik",
    "kontrak",
    "rapor-titik",
    "gangguan",
    "kenyataan",
    "ketimpangan",
    "tahun",
    "tingkat",
)
MERATA = Path(sys.executable).with_name("merata")


def made(folder: Path) -> Path:
    """A worked example and the static copy of its site."""
    copy = folder / "copy"
    for command in (
        ["demo", folder / "demo", "--villages", "40", "--no-serve", "--programme"],
        ["export", folder / "demo" / "region", copy],
    ):
        subprocess.run([MERATA, *command], check=True)
    return copy


def main() -> None:
    """Copy the tables that the notebooks read."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(sys.argv[1]) if len(sys.argv) > 1 else made(Path(folder))
        DATA.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copyfile(copy / "data" / f"{name}.csv", DATA / f"{name}.csv")


if __name__ == "__main__":
    main()
