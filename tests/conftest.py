"""What the tests share, and what makes them quick."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from once import once, share

# The tests run in several processes: threads for their small matrices would only wait for each other. Read by OpenBLAS
# when NumPy is first imported, which is after this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The site's settings want a region's folder: an empty one. Tests of the site's tables say `db`; no other touches them.
if "MERATA_REGION" not in os.environ:
    os.environ["MERATA_REGION"] = tempfile.mkdtemp(prefix="merata-tests-")
    Path(os.environ["MERATA_REGION"], "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n')
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "merata.web.settings")

# The browser of some tests brings a loop of its own into the thread that the tests run in.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

#: Of the examples that a test says or leaves unsaid, `--hypothesis-profile` draws one of so many, each time others; and
#: no fewer than so many where there are as many.
SHARES, LEAST = {"quick": 10, "default": 2, "whole": 1}, 5
for _name in SHARES:
    # How long an example takes is no matter of right or wrong, and depends on what else the machine does.
    settings.register_profile(_name, deadline=None)
settings.load_profile("default")


def pytest_configure(config: pytest.Config) -> None:
    # Not in pyproject.toml: pytest would import pandas, and with it NumPy, before it reads this file.
    config.addinivalue_line("filterwarnings", "error::pandas.errors.PerformanceWarning")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # What only one process can do comes first, so that none is left alone with it at the end.
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
    share = SHARES[config.getoption("--hypothesis-profile") or "default"]
    for function in {item.function for item in items if hasattr(item, "function")}:
        fewer(function, share)


def fewer(function, share: int) -> None:
    """Let a test of hypothesis draw a share of its examples, also where it says itself how many it draws."""
    # Where hypothesis keeps what `@settings` says; it offers no way to change that once it is said.
    if own := getattr(function, "_hypothesis_internal_use_settings", None):
        least = min(own.max_examples, LEAST)
        function._hypothesis_internal_use_settings = settings(
            own, max_examples=max(least, own.max_examples // share)
        )


def pytest_collection_finish() -> None:
    # What was imported stays to the end: it need not be looked through for garbage again and again. (Looking more
    # rarely at the rest takes longer: memory that is not given back is asked of the system.)
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """As with OpenBLAS; a test of threads sets their number itself, up to numba.config.NUMBA_NUM_THREADS."""
    import numba

    numba.set_num_threads(1)


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data beside the project; without it the test is skipped."""
    if not (SHARED_DATA / "kukar" / "villages.gpkg").exists():
        pytest.skip(f"real data is not here: {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session", autouse=True)
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    share(tmp_path_factory)


@pytest.fixture(scope="session")
def demo() -> Path:
    """A small worked example, run once for all processes of the tests, in a path with a space: nobody changes it."""
    from in_process import example

    return once("demo", example)


@pytest.fixture(scope="session")
def browser():
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("Chromium is not here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        started = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
