"""Many regions beside each other: each with surroundings of its own, and the trouble of one is not that of others."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import fresh
import pytest
from once import once

from merata.errors import SettingsError
from merata.province import settings as of_province
from merata.web import configure
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


def answer(port, host):
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/akun/masuk/", headers={"Host": host})
    try:
        with urllib.request.urlopen(asked, timeout=5) as found:
            return found.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def free_ports(count):
    for _ in range(50):
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
        try:
            for other in range(port, port + count):
                with socket.socket() as tried:
                    tried.bind(("127.0.0.1", other))
        except OSError:
            continue
        return port
    raise AssertionError("no free ports")


@pytest.mark.slow
@pytest.mark.apart
def test_a_region_whose_database_is_broken_leaves_the_others_and_the_province_standing(tmp_path):
    of_province.start(tmp_path, "Provinsi Contoh", "99", made_up=True)
    for code, name in (("99.01", "utuh"), ("99.02", "rusak")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "region.toml").write_text(f'[region]\nname = "{name}"\nmade_up = true\n')
        shutil.copy(once("site", fresh._empty_site) / fresh.NAME, folder / fresh.NAME)
        of_province.add(
            tmp_path, of_province.OneRegion(code=code, name=name, owner="Kantor (contoh)", folder=name)
        )
    (tmp_path / "rusak" / fresh.NAME).write_bytes(b"no database at all" * 100)
    port = free_ports(3)
    log = (tmp_path / "serve.log").open("wb")
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("MERATA_")}
    command = [Path(sys.executable).parent / "merata", "serve", str(tmp_path), "--port", str(port)]
    server = subprocess.Popen(command, env=surroundings, stdout=log, stderr=log)
    try:
        until(lambda: answer(port + 1, f"99-01.localhost:{port + 1}") == 200, tmp_path)
        until(lambda: "the site of 99-02 ended" in (tmp_path / "serve.log").read_text(), tmp_path)
        front = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read().decode()
        assert f'href="http://99-01.localhost:{port + 1}/"' in front
        assert (
            front.count("Belum ada datanya") == 2
        )  # nothing is published in the one, the other can't be read
        assert str(tmp_path) not in front
        # By the machine's number a browser would bring the cookies of one region's site to another's.
        assert answer(port + 1, f"127.0.0.1:{port + 1}") == 400
    finally:
        server.terminate()
        assert server.wait(timeout=30) == 0
        log.close()
    assert answer(port, "x") == answer(port + 1, "x") == 0  # nothing is left running


def until(done, folder):
    for _ in range(300):
        if done():
            return
        time.sleep(0.2)
    raise AssertionError((folder / "serve.log").read_text())
