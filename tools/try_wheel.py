"""Builds the wheel, installs it into an empty environment, and goes from nothing to a plan there: by the engine alone.

`python tools/try_wheel.py` says how many libraries that takes, their size and the seconds; it fails where a step does,
where a library of an extra came along, or where a command that needs one does not say which. With `--extra web` it
installs the extra too, and asks the site how it is.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).parent / "uv"
#: Commands that need an extra: what they lack is told, with the command that brings it.
NEEDING = {
    "web": ["serve", "region"],
    "probe": ["ndt7", "region"],
    "paper": ["yearbook", "region", "--year", "2026"],
}
EXTRAS_ONLY = ("django", "typst", "matplotlib", "duckdb", "picows", "distributed", "jupyterlab")
MAKE = "from pathlib import Path; from merata.example.make import make; made = make(Path('files'), villages=20, seed=1)"
MAKE_SETTINGS = f"{MAKE}; Path('settings.toml').write_text(made.region_toml, encoding='utf-8')"


def run(*command: object, cwd: Path, code: int = 0) -> str:
    """What a command prints; it must end with `code`."""
    words = [str(word) for word in command]
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "MERATA_", "VIRTUAL_ENV"))
    }
    done = subprocess.run(words, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    if done.returncode != code:
        raise SystemExit(
            f"{' '.join(words)}: ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        )
    return done.stdout + done.stderr


def built(folder: Path) -> Path:
    """The wheel, made of the files as they are."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=PROJECT)
    return next(folder.glob("*.whl"))


def installed(wheel: Path, folder: Path, extra: str = "") -> tuple[Path, int, int, float]:
    """An environment with the wheel: its folder of programs, how many libraries, their bytes, seconds."""
    place = folder / f"environment-{extra or 'engine'}"
    run(UV, "venv", "--quiet", "--python", sys.executable, place, cwd=folder)
    python, began = place / "bin" / "python", time.perf_counter()
    what = f"merata[{extra}] @ {wheel.as_uri()}" if extra else wheel
    versions = folder / "versions.txt"
    run(UV, "pip", "install", "--quiet", "--python", python, "--constraints", versions, what, cwd=folder)
    seconds = time.perf_counter() - began
    count = len(run(UV, "pip", "freeze", "--quiet", "--python", python, cwd=folder).splitlines())
    return place / "bin", count, size(place), seconds


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def from_nothing(programs: Path, folder: Path) -> float:
    """Files, a new region, taken in, run: the seconds of the three commands."""
    run(programs / "python", "-c", MAKE_SETTINGS, cwd=folder)
    merata, began = programs / "merata", time.perf_counter()
    run(merata, "new", "region", "--name", "Kabupaten Contoh", "--settings", "settings.toml", cwd=folder)
    run(merata, "add", "region", *sorted((folder / "files").iterdir()), cwd=folder)
    run(merata, "run", "region", cwd=folder)
    seconds = time.perf_counter() - began
    assert (folder / "region" / "runs" / "latest" / "plan.xlsx").exists()
    return seconds


def told(programs: Path, folder: Path) -> None:
    """Each command that lacks a library says which extra has it; the doctor finds nothing to mend."""
    for extra, command in NEEDING.items():
        said = run(programs / "merata", *command, cwd=folder, code=5)
        assert f"merata[{extra}]" in said, said
    run(programs / "merata", "doctor", "region", cwd=folder)
    freeze = run(UV, "pip", "freeze", "--quiet", "--python", programs / "python", cwd=folder).lower()
    came = [name for name in EXTRAS_ONLY if f"{name}==" in freeze]
    assert not came, f"libraries of extras came along: {came}"


def answers(programs: Path, folder: Path) -> float:
    """Serves the region, until it says that it is well: the seconds."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    command = [programs / "merata", "serve", folder / "region", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as site:
        try:
            while time.perf_counter() - began < 600:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/sehat/", timeout=5)
                    return time.perf_counter() - began
                except OSError:
                    time.sleep(0.3)
        finally:
            site.terminate()
    raise SystemExit("the site does not answer")


def main() -> None:
    """Try the engine; and the site where it is asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--extra", choices=["web"], help="try this one, too")
    extra = options.parse_args().extra
    with tempfile.TemporaryDirectory(prefix="merata-wheel-") as name:
        folder = Path(name)
        wheel = built(folder)
        locked = (PROJECT / "requirements.lock").read_text(encoding="utf-8").splitlines()
        versions = [line.rstrip(" \\") for line in locked if line[:1].isalnum()]
        (folder / "versions.txt").write_text("\n".join(versions) + "\n", encoding="utf-8")
        print(f"wheel: {wheel.stat().st_size / 1e6:.1f} MB")
        programs, count, size_bytes, seconds = installed(wheel, folder)
        print(f"merata: {count} libraries, {size_bytes / 1e6:.0f} MB, installed in {seconds:.0f} s")
        print(f"new, add, run of 20 villages: {from_nothing(programs, folder):.0f} s")
        told(programs, folder)
        if extra:
            shutil.rmtree(programs.parent)
            programs, count, size_bytes, seconds = installed(wheel, folder, extra)
            print(
                f"merata[{extra}]: {count} libraries, {size_bytes / 1e6:.0f} MB, installed in {seconds:.0f} s"
            )
            print(f"serve, until it is well: {answers(programs, folder):.0f} s")


if __name__ == "__main__":
    main()
