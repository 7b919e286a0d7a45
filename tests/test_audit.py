"""Known holes in libraries fail the build; a list of holes that can't be had does not, and says so. All are made up."""

import importlib.util
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[1] / "tools" / "audit.py"
LOCK = "jinja2==3.1.2 --hash=sha256:" + "0" * 64 + "\nsegno==1.6.6 --hash=sha256:" + "0" * 64 + "\n"
#: As OSV answers for a version that has a hole.
MADE_UP = {
    "id": "MADE-UP-2026-1",
    "aliases": ["CVE-0000-0001"],
    "summary": "A made-up hole.",
    "affected": [
        {
            "package": {"name": "jinja2", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.99"}]}],
        }
    ],
}


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Answer(BaseHTTPRequestHandler):
    """Answers as OSV does: 400 to an empty question, a hole of jinja2, none of all others."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200 if asked else 400)
        self.end_headers()
        if asked:
            name = asked["package"]["name"]
            self.wfile.write(json.dumps({"vulns": [MADE_UP]} if name == "jinja2" else {}).encode())

    def log_message(self, *_):
        pass


@contextmanager
def list_of_holes():
    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        server.server_close()


def test_a_hole_that_is_known_fails_and_is_named_with_what_mends_it(audit, tmp_path):
    lock, said = tmp_path / "lock.txt", []
    lock.write_text(LOCK, encoding="utf-8")
    with list_of_holes() as address:
        assert audit.main(["--lock", str(lock), "--osv", address], said.append) == 1
    assert said == [
        "merata: jinja2 3.1.2: CVE-0000-0001; mended by 3.1.99",
        "merata: 2 libraries looked at for known holes, 1 found",
    ]


def test_without_a_network_it_says_that_nothing_was_looked_at_and_passes(audit):
    said = []
    assert audit.main(["--osv", "http://127.0.0.1:9/v1/query"], said.append) == 0
    assert "NOT looked at" in said[0]


def test_a_hole_that_was_looked_into_passes_and_a_library_that_was_not_looked_at_does_not(audit, monkeypatch):
    hole = {"name": "jinja2", "version": "3.1.2", "vulns": [{"id": "A-1", "aliases": ["CVE-0000-0001"]}]}
    assert audit.holes([hole]) == ["jinja2 3.1.2: A-1; mended by no version yet"]
    monkeypatch.setitem(audit.LOOKED_INTO, "CVE-0000-0001", "2026-11-30: no template of others is read")
    assert audit.holes([hole]) == []
    assert audit.holes([{"name": "x", "skip_reason": "unknown"}]) == ["x: not looked at: unknown"]


def test_what_breaks_off_is_no_pass(audit, tmp_path):
    lock, said = tmp_path / "lock.txt", []
    lock.write_text("this is no lock\n", encoding="utf-8")
    with list_of_holes() as address:
        assert audit.main(["--lock", str(lock), "--osv", address], said.append) == 1
    assert "broke off" in said[0]
