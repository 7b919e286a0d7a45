"""The open pages in a real browser: checked with axe, as wide as the screen and no wider, usable by keyboard."""

import pytest
from checked import faults_of

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


@pytest.fixture(scope="module")
def screen(browser):
    """The page of some size, one for all tests: screen(PHONE)."""
    made = {}

    def of(size):
        if size not in made:
            width, height = size
            made[size] = browser.new_context(
                viewport={"width": width, "height": height}, bypass_csp=True, service_workers="block"
            ).new_page()
        return made[size]

    yield of
    for page in made.values():
        page.context.close()


@pytest.mark.parametrize(
    ("size", "path"),
    [*((PHONE, path) for path in PATHS), *((DESK, path) for path in ("/", VILLAGE, "/rencana/1/"))],
)
def test_axe_finds_nothing_and_the_page_fits_the_screen(site, screen, size, path):
    page = screen(size)
    page.goto(site + path)
    assert faults_of(page) == []
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
