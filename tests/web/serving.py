"""A real site for the browser: `merata serve` over a region's folder with a made-up publication in its database."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import fresh

HERE = Path(__file__).parent


def made_up_region(region, code):
    """A region's folder with nothing in it but its settings, and in its site's database what `code` makes."""
    (region / "region.toml").write_text(
        '[region]\nname = "Kabupaten Contoh"\nmade_up = true\n', encoding="utf-8"
    )
    fresh.run(region, code, database=os.environ.get("MERATA_DATABASE", ""))
    return region


def _environment(region):
    return {**os.environ, "MERATA_REGION": str(region), "PYTHONPATH": str(HERE)}


@contextmanager
def serving(region, processes=1, **variables):
    """The address of `merata serve` over a region's folder, while the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    merata = Path(sys.executable).parent / "merata"
    command = [merata, "serve", str(region), "--port", str(port), "--processes", str(processes)]
    log = (region / "serve.log").open("wb")
    server = subprocess.Popen(command, env={**_environment(region), **variables}, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/", server, region)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def _wait(address, server, region):
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except urllib.error.HTTPError:  # it answers, though nothing is published yet
            return
        except OSError:
            assert server.poll() is None, (region / "serve.log").read_text()
            time.sleep(0.2)
    raise AssertionError((region / "serve.log").read_text())
