"""Links that commands print lead to where the site is served, at whatever port."""

import os
import subprocess
import sys

import fresh
import pytest

from merata.cli import province, site
from merata.cli.province import settings_of
from merata.province import settings as of_province

pytestmark = [pytest.mark.slow, pytest.mark.apart]


@pytest.mark.parametrize(
    ("said", "host", "address"),
    [
        ("", "127.0.0.1", "http://127.0.0.1:8123"),
        ("", "0.0.0.0", "http://127.0.0.1:8123"),
        ("", "::", "http://[::1]:8123"),
        ("", "10.0.0.7", "http://10.0.0.7:8123"),
        ("https://internet.contoh.example/", "127.0.0.1", "https://internet.contoh.example"),
    ],
)
def test_a_site_is_where_it_listens_unless_it_is_said(monkeypatch, said, host, address):
    monkeypatch.setenv("MERATA_SITE", said)
    assert site.address(host, 8123) == address


def served(region, port):
    """A region's site that was served once at a port."""
    region.mkdir(parents=True, exist_ok=True)
    (region / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n', encoding="utf-8")
    fresh.run(
        region,
        f"from merata.cli.site import address; start(Path({str(region)!r}), address('127.0.0.1', {port}))",
    )


def test_an_invitation_leads_to_where_the_site_was_served_last(tmp_path):
    served(tmp_path, 8123)
    done = subprocess.run(
        [sys.executable, "-m", "merata.cli.main", "invite", str(tmp_path), "baru@contoh.example", "--role", "reader"],
        env={**os.environ, "MERATA_DATABASE": ""}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "  http://127.0.0.1:8123/akun/undangan/" in done.stdout


def test_an_invitation_by_the_province_leads_there_too(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("MERATA_DATABASE", raising=False)
    of_province.start(tmp_path, "Provinsi Contoh", "99", made_up=True)
    named = {"code": "99.01", "name": "K", "owner": "Kantor (contoh)", "folder": "wilayah"}
    of_province.add(tmp_path, of_province.OneRegion(**named))
    served(tmp_path / "wilayah", 9401)
    assert settings_of(tmp_path).province.site == ""
    province.invite(tmp_path, "baru@contoh.example")
    assert "http://127.0.0.1:9401/akun/undangan/" in capsys.readouterr().out
