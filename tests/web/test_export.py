"""The static copy: whole, closed in itself, in both languages, written again only where something changed."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import site_factory

from merata.errors import InputError
from merata.web import export
from merata.web.models import VillageFacts
from merata.web.page import changed
from merata.web.public.tables import TABLES


class Ways(HTMLParser):
    """Where a page leads and what it loads."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src", "action") and value]


@pytest.fixture
def copy(providers, tmp_path):
    return export.export(Path("no-region"), tmp_path / "copy")


@pytest.mark.slow
def test_every_way_in_the_copy_leads_to_a_file_of_it(copy):
    pages = [copy.folder / name for name in copy.files if name.endswith(".html")]
    assert len(pages) > 2 * 12
    for page in pages:
        for way in Ways(page.read_text(encoding="utf-8")).found:
            if way.startswith(("#", "data:")):
                continue
            path = re.split("[?#]", way)[0]
            assert not path.startswith(("/", "http")), f"{page}: {way}"
            assert (page.parent / path).is_file(), f"{page}: {way}"


@pytest.mark.slow
def test_each_village_is_there_in_both_languages(copy):
    for code in VillageFacts.objects.values_list("code", flat=True):
        assert {f"desa/{code}/index.html", f"en/desa/{code}/index.html"} <= copy.files
    assert 'lang="en"' in (copy.folder / "en/index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_open_table_is_in_the_copy(copy):
    for table in TABLES.values():
        front = "data/rencana/1" if table.name == "rencana" else "data"
        kinds = ("csv", "geojson") if table.placed else ("csv",)
        assert {f"{front}/{table.name}.{kind}" for kind in kinds} <= copy.files


@pytest.mark.slow
def test_what_was_delivered_is_in_the_copy(copy):
    page = (copy.folder / "desa/99.01.01.2002/index.html").read_text(encoding="utf-8")
    way = re.search(r"titik/\d+/index.html", page)[0]
    assert {way, f"en/{way}", "rapor/index.html", "en/rapor/2026-01/index.html"} <= copy.files


@pytest.mark.slow
def test_again_only_what_changed_is_written_and_what_is_gone_is_taken_away(copy):
    again = export.export(Path("no-region"), copy.folder)
    assert (again.written, again.removed) == (0, 0)
    VillageFacts.objects.filter(code="99.01.03.2004").delete()
    VillageFacts.objects.filter(code="99.01.01.2001").update(reason_id="Sebab yang lain.")
    changed()
    later = export.export(Path("no-region"), copy.folder)
    assert 0 < later.written < len(later.files) / 2
    assert not (copy.folder / "desa/99.01.03.2004/index.html").exists()
    assert "Sebab yang lain." in (copy.folder / "desa/99.01.01.2001/index.html").read_text(encoding="utf-8")


def test_a_folder_with_other_files_is_left_alone(published, tmp_path):
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(InputError, match="other files"):
        export.export(Path("no-region"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_note_that_names_files_elsewhere_takes_none_of_them(published, tmp_path):
    folder, outside = tmp_path / "copy", tmp_path / "letter.txt"
    folder.mkdir()
    outside.write_text("dear", encoding="utf-8")
    (folder / export.MANIFEST).write_text('["../letter.txt"]', encoding="utf-8")
    with pytest.raises(InputError, match="outside"):
        export.export(Path("no-region"), folder)
    assert outside.exists()


@pytest.mark.slow
@pytest.mark.browser
def test_the_copy_finds_a_village_from_a_stick(copy, browser):
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.goto((copy.folder / "index.html").as_uri())
    page.get_by_role("searchbox").fill("Tanjong kontoh 1")
    page.get_by_role("button", name="Cari").click()
    page.get_by_role("link", name="Tanjung Contoh 1").first.click()
    assert "Tanjung Contoh 1" in page.locator("h1").inner_text()
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    page.close()


def test_a_draft_says_that_it_is_one(db, tmp_path, monkeypatch):
    draft = site_factory.publication(state="draft", number=None, districts=1, each=1)
    monkeypatch.setattr(export, "load", lambda region: draft)
    done = export.export(Path("no-region"), tmp_path / "copy")
    assert done.draft
    assert "Rancangan, belum disahkan" in (done.folder / "index.html").read_text(encoding="utf-8")
