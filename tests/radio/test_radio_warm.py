"""Kernels that were compiled ahead are those that a coverage map of a region's files uses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_MAP = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from made_sites import GRID, RADIO, sites_at
from merata.radio.coverage import write_coverage
write_coverage(Path({out!r}), sites_at((60, 80), (20, 30)), None, None, GRID, RADIO)
"""


@pytest.mark.slow
def test_a_coverage_map_after_warming_compiles_nothing_more(tmp_path):
    def kernels_after(*python):
        environment = os.environ | {"MERATA_CACHE": str(tmp_path / "cache")}
        subprocess.run([sys.executable, *python], env=environment, check=True)
        return sorted(path.name for path in (tmp_path / "cache").rglob("*.nbc"))

    warmed = kernels_after("-m", "merata.radio.warm")
    assert len(warmed) >= 4
    tests = str(Path(__file__).parent)
    assert kernels_after("-c", _MAP.format(tests=tests, out=str(tmp_path / "map.tif"))) == warmed
