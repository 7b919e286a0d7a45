"""What the tests share."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data beside the project; without it the test is skipped."""
    if not (SHARED_DATA / "kukar" / "villages.gpkg").exists():
        pytest.skip(f"real data is not here: {SHARED_DATA}")
    return SHARED_DATA
