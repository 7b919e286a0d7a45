"""The staff pages in a real browser: checked with axe, as wide as a phone and no wider."""

import pytest
from checked import faults_of
from site_factory import OFFICE, PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("browser")]

PATHS = (
    "", "akun/", "akun/undang/", "token/", "data/", "data/temuan/", "kerja/", "rencana/", "rencana/aturan/",
    "rencana/dana/", "rencana/harga/", "program/", "program/titik/", "program/titik/1/", "program/titik/1/ubah/",
    "program/titik/baru/", "program/kontrak/", "program/kontrak/1/", "program/pembayaran/", "program/komitmen/",
    "program/target/", "program/lembar/", "program/laporan/", "mitra/data/", "mitra/tanggapan/", "mitra/tanggapan/1/",
    "mitra/dana/", "mitra/dana/1/",
)  # fmt: skip


@pytest.fixture(scope="module")
def phone(browser, site):
    context = browser.new_context(viewport={"width": 360, "height": 640}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site}/akun/masuk/")
    page.locator("input[name=login]").fill(OFFICE)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staf/")
    yield page
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_and_the_page_fits_the_phone(site, phone, path):
    assert phone.goto(f"{site}/staf/{path}").status == 200
    assert faults_of(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
