"""Many regions beside each other: each with surroundings of its own, and the trouble of one is not that of others."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from merata.errors import SettingsError
from merata.province import settings as of_province
from merata.province.opened import OPENED
from merata.web import configure, serve_many
from merata.web.province_wsgi import application_of
from merata.web.serve_many import caddyfile, environment, sites, squeeze

HERE = sites([("64-02", Path("/kukar")), ("64-03", Path("/berau"))], "", 8001)
NAMED = sites([("64-02", Path("/kukar")), ("64-03", Path("/berau"))], "https://internet.example", 8001)


def test_each_region_has_a_host_of_its_own():
    assert [(s.address, s.port) for s in HERE] == [
        ("http://64-02.localhost:8001", 8001),
        ("http://64-03.localhost:8002", 8002),
    ]
    assert [s.address for s in NAMED] == ["https://64-02.internet.example", "https://64-03.internet.example"]


def test_a_region_gets_its_own_variables_and_no_other_ones():
    base = {
        "PATH": "/bin", "MERATA_MAIL": "smtp://post", "MERATA_LOG_KEY": "/all.key", "MERATA_SMS_SECRET": "s" * 20,
        "MERATA_64_02_DATABASE": "postgresql://a/kukar", "MERATA_64_03_DATABASE": "postgresql://a/berau",
        "MERATA_64_03_LOG_KEY": "/berau.key", "MERATA_PROVINCE": "/province",
    }  # fmt: skip
    one, two = (environment(site, base) for site in HERE)
    assert {name: value for name, value in one.items() if name.startswith("MERATA")} == {
        "MERATA_MAIL": "smtp://post", "MERATA_DATABASE": "postgresql://a/kukar", "MERATA_BESIDE": "1",
        "MERATA_SITE": "http://64-02.localhost:8001",
    }  # fmt: skip
    assert (two["MERATA_DATABASE"], two["MERATA_LOG_KEY"]) == ("postgresql://a/berau", "/berau.key")


def test_one_database_for_all_is_refused():
    with pytest.raises(SettingsError, match="MERATA_64_02_DATABASE"):
        environment(HERE[0], {"MERATA_DATABASE": "postgresql://a/one"})


def test_secrets_of_regions_differ_and_cookies_name_no_domain(tmp_path, client, office):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "region.toml").write_text("[region]\n")
    assert configure.secret_key(tmp_path / "a") != configure.secret_key(tmp_path / "b")
    client.get("/akun/masuk/")
    client.get("/meja/")
    assert client.cookies
    assert all(
        not cookie["domain"] for cookie in client.cookies.values()
    )  # browsers send it to this host only


def test_the_proxy_leads_every_name_to_its_own_process():
    text = caddyfile(NAMED, "https://internet.example", 8000)
    for name, port in (
        ("internet.example", 8000),
        ("64-02.internet.example", 8001),
        ("64-03.internet.example", 8002),
    ):
        assert f"{name} {{\n\treverse_proxy 127.0.0.1:{port}\n" in text


def ask(app, path, **headers):
    told = {}
    body = b"".join(
        app(
            {"REQUEST_METHOD": "GET", "PATH_INFO": path, **headers},
            lambda status, found: told.update(
                status=status, **{name.lower(): value for name, value in found}
            ),
        )
    )
    return told, body


def test_pages_of_the_province_come_small_and_with_the_headers_of_all_pages(tmp_path):
    (tmp_path / "pages").mkdir()
    page = tmp_path / "pages" / "index.html"
    page.write_text("<p>satu " * 400)
    squeeze([page])
    app = application_of(tmp_path)
    told, body = ask(app, "/", HTTP_ACCEPT_ENCODING="br")
    assert (told["status"], told["content-encoding"]) == ("200 OK", "br")
    assert len(body) < 100
    assert told["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    page.write_text("<p>dua " * 500)
    squeeze([page])
    assert b"dua" in ask(app, "/")[1]  # made anew while it is served
    (tmp_path / "province.toml").write_text("secret")
    for path in ("/../province.toml", "/%2e%2e/province.toml", "/nothing"):
        told, body = ask(app, path)
        assert told["status"] == "404 Not Found"
        assert b"secret" not in body
        assert "content-security-policy" in told


ALLOWED = "import json; from merata.web import settings; print(json.dumps(settings.ALLOWED_HOSTS))"


@pytest.mark.slow
def test_beside_others_a_site_answers_to_its_own_name_only(tmp_path):
    # By the machine's number a browser would bring the cookies of one region's site to another's.
    surroundings = {
        **environment(HERE[0], {**os.environ, "MERATA_DATABASE": ""}),
        "MERATA_REGION": str(tmp_path),
    }
    done = subprocess.run([sys.executable, "-c", ALLOWED], env=surroundings, capture_output=True, check=True)
    assert json.loads(done.stdout) == ["64-02.localhost"]


@pytest.mark.slow
@pytest.mark.apart
def test_a_site_that_ends_is_started_again_and_the_others_do_not_notice(tmp_path, monkeypatch):
    monkeypatch.setattr(serve_many, "FIRST_WAIT_S", 0.05)
    steady, failing, left = (tmp_path / name for name in ("steady", "failing", "left"))
    programs = {
        "64-02": f"import time; open({str(steady)!r}, 'a').write('s'); time.sleep(60)",
        "64-03": f"import os; open({str(failing)!r}, 'a').write(os.environ['MERATA_SITE'] + ' ')\n"
        "import time\nif os.fork(): time.sleep(0.2); os._exit(3)\n"
        f"open({str(left)!r}, 'a').write(f'{{os.getpid()}} ')\ntime.sleep(60)",
    }
    monkeypatch.setattr(
        serve_many, "_command", lambda site, host: [sys.executable, "-S", "-c", programs[site.label]]
    )
    with serve_many._running(HERE, "127.0.0.1"):
        until(lambda: failing.exists() and failing.read_text().count("8002") >= 3)
        until(steady.exists)
        running = [t._process for t in threading.enumerate() if t.name == "site 64-02"]
        assert [process.poll() for process in running] == [None]
    assert [process.poll() is not None for process in running] == [True]
    assert steady.read_text() == "s"
    assert left.read_text()
    until(lambda: not any(alive(int(pid)) for pid in left.read_text().split()))  # nothing that holds its port
    assert set(failing.read_text().split()) == {"http://64-03.localhost:8002"}


@pytest.mark.slow
def test_a_province_is_served_and_a_region_that_cannot_be_read_is_told_of(tmp_path):
    of_province.start(tmp_path, "Provinsi Contoh", "99", made_up=True)
    for code, where in (("99.01", {"copy_of": "stick"}), ("99.02", {"copy_of": "nothing"})):
        of_province.add(
            tmp_path, of_province.OneRegion(code=code, name=f"K {code}", owner="Kantor (contoh)", **where)
        )
    (tmp_path / "stick" / "data").mkdir(parents=True)
    for name, content in STICK.items():
        (tmp_path / "stick" / "data" / name).write_text(content)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("MERATA_")}
    command = [Path(sys.executable).parent / "merata", "serve", str(tmp_path), "--port", str(port)]
    with (tmp_path / "serve.log").open("wb") as log:
        server = subprocess.Popen(command, env=surroundings, stdout=log, stderr=log)
    try:
        until(lambda: answers(port) or server.poll() is not None)
        front = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read().decode()
    finally:
        server.terminate()
        assert server.wait(timeout=30) == 0
    assert "K 99.01" in front
    assert front.count("Belum ada datanya") == 1
    assert str(tmp_path) not in front
    assert "K 99.02: there is nothing of it yet." in (tmp_path / "serve.log").read_text()
    assert not answers(port)


VILLAGE = dict.fromkeys(OPENED["desa"], "") | {
    "code": "99.01.01.2001", "people": "1000", "people_below": "400", "chance_below": "0.4", "lon": "117", "lat": "0"
}  # fmt: skip
STICK = {"desa.csv": f"{','.join(VILLAGE)}\n{','.join(VILLAGE.values())}\n"}


def alive(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    except FileNotFoundError:
        return False


def answers(port):
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def until(done):
    for _ in range(600):
        if done():
            return
        time.sleep(0.1)
    raise AssertionError("it takes too long")
