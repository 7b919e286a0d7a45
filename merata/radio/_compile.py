"""Compiling the radio room's kernels: one rule for what is compiled, and a cache that notices every change."""

from __future__ import annotations

import ast
import functools
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.extending import register_jitable

_P = ParamSpec("_P")
_R = TypeVar("_R")

#: How many versions of a module's compiled kernels stay in the cache.
KEEP = 3
config: Any = numba.config
_ROOT = Path(__file__).resolve().parents[2]


def jitable(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let `function` run as plain Python when called from Python, and be compiled into the kernels that call it."""
    compiled: Callable[_P, _R] = register_jitable(function)
    return compiled


def lean(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """As `jitable`, for what makes no arrays: nobody counts who holds those that it is given.

    That count is kept by every function that takes an array, in memory that all threads share. Around a few lines of
    arithmetic it costs as much as they do, and more with each thread. Making an array here is an error of the compiler.
    """
    compiled: Callable[_P, _R] = register_jitable(_nrt=False)(function)
    return compiled


def inlined(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """As `lean`, and always compiled into the place of the call: for a few lines inside the innermost loops."""
    compiled: Callable[_P, _R] = register_jitable(forceinline=True, _nrt=False)(function)
    return compiled


def kernel(**options: Any) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Compile a function at its first call (`numba.njit` with `options`) and keep the machine code in a cache folder.

    Numba's own cache looks at the kernel's file only. Here the folder is named after a hash of that file and of every
    file of Merata that it imports, directly or not, so that a changed formula is never answered from an old kernel.
    """

    def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
        before = config.CACHE_DIR
        folder = cache_folder(Path(function.__code__.co_filename))
        try:
            # Numba fixes the place while it decorates; nobody else's functions should follow it there.
            config.CACHE_DIR = str(folder) if folder else before
            return cast(Callable[_P, _R], numba.njit(cache=True, **options)(function))
        except RuntimeError:  # nowhere to write: compile anew in each process
            return cast(Callable[_P, _R], numba.njit(**options)(function))
        finally:
            config.CACHE_DIR = before

    return compiled


@functools.cache
def cache_folder(module: Path) -> Path | None:
    """The folder for the kernels of the file `module`, made if need be; None where nothing can be written.

    It lies in $MERATA_CACHE, else $XDG_CACHE_HOME/merata, else ~/.cache/merata. Only the newest `KEEP` are kept.
    """
    try:
        folder = _cache_root() / "numba" / module.stem / _fingerprint(module)
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            return None
        _prune(folder)
    except (OSError, RuntimeError):  # no home, a read-only disk, a file where the folder should be
        return None
    return folder


def _cache_root() -> Path:
    if own := os.environ.get("MERATA_CACHE"):
        return Path(own)
    if shared := os.environ.get("XDG_CACHE_HOME"):
        return Path(shared) / "merata"
    return Path.home() / ".cache" / "merata"


def _prune(folder: Path) -> None:
    others = [
        (f.stat().st_mtime_ns, f.name, f) for f in folder.parent.iterdir() if f.is_dir() and f != folder
    ]
    for _, _, old in sorted(others, reverse=True)[KEEP - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def _fingerprint(module: Path) -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for file in sorted(_reached(module)):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _reached(module: Path) -> set[Path]:
    """`module` and the files of Merata that it imports, directly or not."""
    reached, waiting = set(), [module.resolve()]
    while waiting:
        file = waiting.pop()
        if file not in reached and file.is_file():
            reached.add(file)
            waiting += _imported(file)
    return reached


@functools.cache
def _imported(file: Path) -> tuple[Path, ...]:
    """The files of Merata that a file imports; the kernels of one process look at most files again and again."""
    found: list[Path] = []
    for node in ast.walk(ast.parse(file.read_bytes())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        own = [name for name in names if name.startswith("merata.")]
        found += [_ROOT / (name.replace(".", "/") + ".py") for name in own]
    return tuple(found)
