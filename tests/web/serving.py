"""A real site for the browser: `merata serve` over a region's folder with a made-up publication in its database."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
#: What begins every program that is run in a site.
FILL = """
import sys
from pathlib import Path
from merata.web.start import prepare, start

start(Path(sys.argv[1]))
prepare()
{}
"""


def made_up_region(region, code):
    """A region's folder with nothing in it but its settings, and in its site's database what `code` makes."""
    (region / "region.toml").write_text(
        '[region]\nname = "Kabupaten Contoh"\nmade_up = true\n', encoding="utf-8"
    )
    in_site(region, code)
    return region


def in_site(region, code, *arguments):
    """Run Python in the site of a region: its models can be imported."""
    command = [sys.executable, "-c", FILL.format(code), str(region), *arguments]
    subprocess.run(command, check=True, cwd=HERE, env=_environment(region))


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
    for _ in range(150):
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except OSError:
            assert server.poll() is None, (region / "serve.log").read_text()
            time.sleep(0.2)
    raise AssertionError((region / "serve.log").read_text())
