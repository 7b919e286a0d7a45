"""The open pages in a real browser: checked with axe, as wide as the screen and no wider, usable by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("browser")]

VILLAGE = "/desa/99.01.01.2002/"
PATHS = (
    "/", VILLAGE, f"{VILLAGE}qr/", "/cari/", "/cari/?q=ba", "/kecamatan/", "/penyedia/", "/penyedia/1/", "/rencana/",
    "/rencana/1/", f"/rencana/1{VILLAGE}", "/rencana/1/banding/2/", "/anggaran/", "/kesenjangan/", "/bidang/",
    "/bidang/education/", "/cara/", "/data/", "/tidak-ada/", f"/en{VILLAGE}",
    "/peta/", "/lapor/99.01.01.2002/", "/lapor/", "/akun/masuk/", "/rapor/", "/titik/1/", "/kenyataan/", "/catatan/",
    "/uji/99.01.01.2002/",
)  # fmt: skip
PHONE, DESK = (360, 640), (1280, 800)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def screen(browser):
    """Makes a page of some size: screen(PHONE)."""
    made = []

    def new(size):
        made.append(
            browser.new_context(viewport=dict(zip(("width", "height"), size, strict=True)), bypass_csp=True)
        )
        return made[-1].new_page()

    yield new
    for context in made:
        context.close()


@pytest.mark.parametrize(
    ("size", "path"),
    [*((PHONE, path) for path in PATHS), *((DESK, path) for path in ("/", VILLAGE, "/rencana/1/"))],
)
def test_axe_finds_nothing_and_the_page_fits_the_screen(site, screen, size, path):
    page = screen(size)
    page.goto(site + path)
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_village_is_found_by_keyboard_alone(site, screen):
    page = screen(PHONE)
    page.goto(site + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("99.01.01.2002")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{VILLAGE}")
