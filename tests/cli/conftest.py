"""A small worked example, made once for all tests of the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from in_process import merata


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small worked example, run once, in a path with a space."""
    folder = tmp_path_factory.mktemp("a b") / "demo"
    merata("demo", folder, "--villages", 20, "--no-serve")
    return folder


@pytest.fixture
def region(demo: Path, tmp_path: Path) -> Path:
    """A copy of the example's region that a test may change."""
    return Path(shutil.copytree(demo / "region", tmp_path / "region", symlinks=True))
