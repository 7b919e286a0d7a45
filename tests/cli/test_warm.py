"""Kernels that were compiled ahead are those that a run uses."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from merata.region.change import PRIVATE

#: What of Merata is compiled in a process, and for which types: a line each.
_COMPILED = """
import sys
from numba.core.dispatcher import Dispatcher
own = [module for name, module in sorted(sys.modules.items()) if name.startswith("merata")]
kernels = {id(k): k for module in own for k in vars(module).values() if isinstance(k, Dispatcher)}
for kernel in kernels.values():
    for signature in kernel.signatures:
        print(kernel.py_func.__module__, kernel.py_func.__name__, signature)
"""


def compiled_after(work: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", work + _COMPILED], check=True, capture_output=True, text=True
    )
    return set(done.stdout.splitlines())


@pytest.mark.slow
def test_a_run_after_warming_compiles_nothing_more(region: Path) -> None:
    warmed = compiled_after("from merata.run.warm import warm; warm()")
    for module in ("_rays", "purse", "ascent", "board", "fill"):
        assert any(f".{module} " in line for line in warmed)
    for kept in ("runs", f"{PRIVATE}/cache"):
        shutil.rmtree(region / kept)
    run = f"""
from pathlib import Path
from merata.region.folder import Region
from merata.run import engine
engine.run(Region(Path({str(region)!r})), until="plan")
"""
    used = compiled_after(run)
    assert len(used) > 10
    assert used <= warmed
