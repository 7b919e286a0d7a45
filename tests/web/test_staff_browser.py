"""The staff pages in a real browser: checked with axe, as wide as the screen and no wider."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from serving import made_up_region, serving

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PASSWORD = "sandi yang panjang sekali"
FILL = f"""
import site_factory
from merata.web.models import Organisation, User
from merata.web.programme.made_up import make_up
make_up(site_factory.publication(), 1)
office = Organisation.objects.create(name="Dinas (contoh)", kind="regency")
User.objects.create_user("kantor@contoh.example", "{PASSWORD}", role="regency", organisation=office)
"""
PATHS = (
    "", "akun/", "akun/undang/", "token/", "data/", "data/temuan/", "kerja/", "rencana/", "rencana/aturan/",
    "rencana/dana/", "rencana/harga/", "program/", "program/titik/", "program/titik/1/", "program/titik/1/ubah/",
    "program/titik/baru/", "program/kontrak/", "program/kontrak/1/", "program/pembayaran/", "program/komitmen/",
    "program/target/", "program/lembar/", "program/laporan/",
)  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    region = made_up_region(tmp_path_factory.mktemp("wilayah"), FILL)
    with serving(region) as address:
        yield address


@pytest.fixture(scope="module", params=[(360, 640), (1280, 800)], ids=["phone", "desk"])
def desk(browser, site, request):
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site}/akun/masuk/")
    page.locator("input[name=login]").fill("kantor@contoh.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staf/")
    yield page
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_and_the_page_fits_the_screen(site, desk, path):
    assert desk.goto(f"{site}/staf/{path}").status == 200
    found = Axe().run(desk, options={"runOnly": RULES}).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []
    assert desk.evaluate("document.documentElement.scrollWidth") <= desk.viewport_size["width"]
