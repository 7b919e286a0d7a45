"""The worker in the background is there as long as the site is served."""

import sys
import time

from merata.web import serve


def until(what):
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_worker_that_is_killed_is_started_again_and_ends_with_the_site(monkeypatch):
    monkeypatch.setattr(serve, "START_S", 0.02)
    monkeypatch.setattr(
        serve._Worker, "_command", (sys.executable, "-S", "-c", "import time; time.sleep(60)")
    )
    with serve._Worker() as worker:
        first = worker._process
        first.kill()
        until(lambda: worker._process is not first and worker._process.poll() is None)
        second = worker._process
    assert second.poll() is not None
