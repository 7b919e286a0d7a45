"""What the tests of the command line start from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def region(demo: Path, tmp_path: Path) -> Path:
    """A copy of the example's region that a test may change."""
    return Path(shutil.copytree(demo / "region", tmp_path / "region", symlinks=True))
