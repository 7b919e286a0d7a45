"""The site hands the newest bundle to anybody, as it was signed, and a static copy brings it along."""

import pytest

from merata.exchange.packed import NEWEST
from merata.web import export
from merata.web.page import changed

pytestmark = pytest.mark.django_db


@pytest.fixture
def bundle(settings, tmp_path):
    settings.REGION = tmp_path / "region"
    path = tmp_path / "region" / NEWEST
    path.parent.mkdir(parents=True)
    (tmp_path / "region" / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n')
    path.write_bytes(b"PK as it was signed")
    changed()
    return path


def test_the_newest_bundle_is_open_to_anybody(client, published, bundle):
    answer = client.get("/data/paket.zip")
    assert (answer.status_code, answer.content) == (200, b"PK as it was signed")
    assert answer["Content-Type"] == "application/zip"
    assert client.post("/data/paket.zip").status_code in (403, 405)
    assert '"/data/paket.zip"' in client.get("/data/").content.decode()
    assert '"/en/data/paket.zip"' in client.get("/en/data/").content.decode()


def test_without_a_bundle_nothing_leads_to_one(client, published, bundle):
    bundle.unlink()
    assert client.get("/data/paket.zip").status_code == 404
    assert "paket.zip" not in client.get("/data/").content.decode()


def test_a_static_copy_brings_it_along(providers, bundle, tmp_path):
    export.export(bundle.parent.parent, tmp_path / "copy")
    assert (tmp_path / "copy" / "data" / "paket.zip").read_bytes() == b"PK as it was signed"
