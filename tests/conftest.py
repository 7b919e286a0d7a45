"""What the tests share."""

import os
from pathlib import Path

import pytest

# The tests run in several processes: threads for their small matrices would only wait for each other. Read by OpenBLAS
# when NumPy is first imported, which is after this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data beside the project; without it the test is skipped."""
    if not (SHARED_DATA / "kukar" / "villages.gpkg").exists():
        pytest.skip(f"real data is not here: {SHARED_DATA}")
    return SHARED_DATA
