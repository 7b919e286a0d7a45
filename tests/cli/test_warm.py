"""Kernels that were compiled ahead are those that a run uses."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from merata.region.change import PRIVATE


@pytest.mark.slow
def test_a_run_after_warming_compiles_nothing_more(region: Path, tmp_path: Path) -> None:
    def kernels_after(*python: object) -> list[str]:
        environment = os.environ | {"MERATA_CACHE": str(tmp_path / "cache")}
        subprocess.run([sys.executable, *map(str, python)], env=environment, check=True, capture_output=True)
        return sorted(path.name for path in (tmp_path / "cache").rglob("*.nbc"))

    warmed = kernels_after("-m", "merata.run.warm")
    assert any(name.startswith("_radial") for name in warmed)
    assert any(name.startswith("purse") for name in warmed)
    for kept in ("runs", f"{PRIVATE}/cache"):
        shutil.rmtree(region / kept)
    assert kernels_after("-m", "merata.cli.main", "run", region, "--until", "plan") == warmed
