"""Open pages: the same for everybody, fresh after every change, in both languages, and few queries."""

import gzip
import os
import subprocess
import sys

import pytest
import site_factory

from merata.web.models import VillageFacts
from merata.web.page import changed

PATHS = ("/", "/desa/99.01.01.2002/")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_page_is_there_in_both_languages_and_leads_to_the_other(client, published, path, prefix):
    answer = client.get(prefix + path)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{"en" if prefix else "id"}">' in page
    other = path if prefix else f"/en{path}"
    assert f'href="{other}"' in page
    assert "Kabupaten Contoh" in page


@pytest.mark.parametrize("path", PATHS)
def test_open_pages_set_no_cookie_and_forbid_inline_scripts(client, published, path):
    answer = client.get(path)
    assert not answer.cookies
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert "<script>" not in answer.content.decode()


def test_a_page_kept_is_made_anew_after_a_change(client, published):
    path = "/desa/99.01.01.2002/"
    before = client.get(path)
    VillageFacts.objects.filter(code="99.01.01.2002").update(name="Nama Baru")
    assert client.get(path).content == before.content, "kept until somebody says that something changed"
    changed()
    after = client.get(path)
    assert "Nama Baru" in after.content.decode()
    assert after["ETag"] != before["ETag"]


def test_who_has_the_page_already_is_told_so(client, published):
    tag = client.get("/")["ETag"]
    again = client.get("/", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""


def test_a_page_comes_compressed_to_who_can_read_it(client, published):
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content


@pytest.mark.parametrize("path", PATHS)
def test_queries_do_not_grow_with_the_villages(client, db, path, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    site_factory.publication(number=1, districts=1)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    site_factory.publication(number=2, districts=12, each=40, run_id="more")
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few) <= 18


def test_without_a_publication_the_site_says_so(client, db):
    answer = client.get("/")
    assert answer.status_code == 404
    assert "Belum ada yang diterbitkan" in answer.content.decode()


def test_a_draft_is_not_shown_to_everybody(client, db):
    site_factory.publication(state="proposed", number=None)
    assert client.get("/").status_code == 404


def test_an_unknown_address_leads_on(client, published):
    answer = client.get("/desa/00.00/")
    assert answer.status_code == 404
    assert "Halaman ini tidak ada" in answer.content.decode()


@pytest.mark.slow
@pytest.mark.apart
def test_serving_pages_loads_none_of_the_engines_tables(tmp_path):
    (tmp_path / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n', encoding="utf-8")
    code = "import sys, merata.web.urls; print([m for m in ('numpy', 'pandas', 'geopandas') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        env={**os.environ, "MERATA_REGION": str(tmp_path), "MERATA_DATABASE": ""},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
