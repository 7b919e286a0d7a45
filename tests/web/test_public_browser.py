"""The open pages in a real browser: checked with axe, as wide as the screen and no wider, usable by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from serving import made_up_region, serving

pytestmark = [pytest.mark.slow, pytest.mark.browser]

VILLAGE = "/desa/99.01.01.2002/"
PATHS = (
    "/", VILLAGE, f"{VILLAGE}qr/", "/cari/", "/cari/?q=ba", "/kecamatan/", "/penyedia/", "/penyedia/1/", "/rencana/",
    "/rencana/1/", f"/rencana/1{VILLAGE}", "/rencana/1/banding/2/", "/anggaran/", "/kesenjangan/", "/bidang/",
    "/bidang/education/", "/cara/", "/data/", "/tidak-ada/", f"/en{VILLAGE}",
    "/peta/", "/lapor/99.01.01.2002/", "/lapor/", "/akun/masuk/",
)  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    region = made_up_region(tmp_path_factory.mktemp("wilayah"), "import site_large; site_large.publication()")
    with serving(region) as address:
        yield address


@pytest.fixture(params=[(360, 640), (1280, 800)], ids=["phone", "desk"])
def screen(browser, request):
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_and_the_page_fits_the_screen(site, screen, path):
    screen.goto(site + path)
    found = Axe().run(screen, options={"runOnly": RULES}).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []
    assert screen.evaluate("document.documentElement.scrollWidth") <= screen.viewport_size["width"]


def test_a_village_is_found_by_keyboard_alone(site, screen):
    screen.goto(site + "/")
    screen.keyboard.press("Tab")
    assert screen.evaluate("document.activeElement.className") == "skip"
    for _ in range(3):
        screen.keyboard.press("Tab")
    screen.keyboard.type("99.01.01.2002")
    screen.keyboard.press("Enter")
    screen.wait_for_url(f"**{VILLAGE}")
