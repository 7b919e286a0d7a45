"""WCAG 2.2 AA: axe finds nothing on any kind of page, and a keyboard reaches everything."""

import pytest
from serving import in_site, serving

pytestmark = [pytest.mark.slow, pytest.mark.browser]

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
OPEN = (
    "/", "/en/", "/cari/?q=sungai", "/peta/", "/desa/99.01.01.2002/", "/desa/99.01.01.2002/qr/", "/kecamatan/",
    "/penyedia/", "/rencana/", "/rencana/1/", "/rencana/1/banding/2/", "/anggaran/", "/kesenjangan/", "/bidang/", "/cara/",
    "/data/", "/lapor/99.01.01.2002/", "/lapor/", "/akun/masuk/", "/en/akun/masuk/", "/none/",
)  # fmt: skip
FILL = "import site_factory; site_factory.publication(); site_factory.publication(number=2, run_id='second')"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    region = tmp_path_factory.mktemp("wilayah")
    (region / "region.toml").write_text(
        '[region]\nname = "Kabupaten Contoh"\nmade_up = true\n', encoding="utf-8"
    )
    in_site(region, FILL)
    with serving(region) as address:
        yield address


@pytest.fixture
def page(browser):
    opened = browser.new_page(viewport={"width": 360, "height": 640})
    yield opened
    opened.close()


def assert_accessible(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=RULES).response["violations"]
    told = [(rule["id"], rule["help"], [node["html"][:200] for node in rule["nodes"][:3]]) for rule in found]
    assert told == []


@pytest.mark.parametrize("path", OPEN)
def test_axe_finds_nothing(site, page, path):
    page.goto(site + path)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_keyboard_finds_a_village(site, page):
    page.goto(site + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
    page.keyboard.type("Sungai Contoh 2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desa/**")
    assert "Sungai Contoh 2" in page.locator("h1").inner_text()
