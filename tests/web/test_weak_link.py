"""The site in a real browser over `merata serve`: a weak link, no scripts, no link at all and back."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("browser")]

VILLAGE = "/desa/99.01.01.2002/"
#: What the issue of this site asks of the weakest link: 50 kbit/s and 600 ms for a round trip.
WEAK = {"offline": False, "latency": 600, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
BUDGET_BYTES, BUDGET_S = 14 * 1024, 3.0


@pytest.fixture
def phone(browser):
    """Makes a phone's page: phone(scripts=False)."""
    made = []

    def new(scripts=True):
        context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=scripts)
        made.append(context)
        return context.new_page()

    yield new
    for context in made:
        context.close()


@pytest.mark.parametrize("path", ["/", VILLAGE, "/en/", f"/en{VILLAGE}"])
def test_first_view_keeps_the_budget_of_bytes_and_seconds_on_a_weak_link(site, phone, path):
    page = phone()
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", WEAK)
    taken = []
    wire.on("Network.loadingFinished", lambda event: taken.append(event["encodedDataLength"]))
    page.goto(site + path, wait_until="load")
    seconds = page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive") / 1000
    page.wait_for_timeout(300)
    print(f"{path}: {sum(taken):.0f} bytes in {len(taken)} answers, usable after {seconds:.2f} s")
    assert 1000 < sum(taken) <= BUDGET_BYTES
    assert seconds <= BUDGET_S


def test_the_map_that_moves_is_fetched_when_it_is_asked_for(site, phone):
    page, asked = phone(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/peta/", wait_until="networkidle")
    assert not [url for url in asked if "leaflet" in url or "geojson" in url]
    page.get_by_role("button", name="Tampilkan peta").click()
    page.locator("#map path").first.wait_for(state="attached")
    assert page.locator("#map path").count() == 2000
    page.locator("#map path").last.dispatch_event("click")
    page.locator(".leaflet-popup-content a").click()
    assert "/desa/" in page.url


def test_pages_read_without_scripts_and_fit_the_screen(site, phone):
    page = phone(scripts=False)
    for path in ("/", VILLAGE):
        page.goto(site + path)
        assert page.locator("h1").inner_text()
        assert page.locator("svg.map").first.is_visible()
        assert page.locator("html").bounding_box()["width"] <= 360


def test_a_page_that_was_seen_is_there_without_a_link(site, phone):
    page = phone()
    page.goto(site + VILLAGE)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    title = page.locator("h1").inner_text()
    page.context.set_offline(True)
    page.goto(site + VILLAGE)
    assert page.locator("h1").inner_text() == title
    page.goto(site + "/desa/99.01.01.2003/")
    assert "tidak ada sinyal" in page.locator("h1").inner_text()


def test_a_report_made_without_a_link_arrives_once_when_it_is_back(site, phone):
    page = phone()
    page.goto(f"{site}/lapor/99.01.01.2002/")
    page.context.set_offline(True)
    page.get_by_label("internet mati").check()
    page.get_by_label("Keterangan").fill("Mati sejak pagi")
    page.get_by_role("button", name="Kirim laporan").click()
    assert page.locator("#waiting").is_visible()
    page.context.set_offline(False)
    page.locator("#sent").wait_for(state="visible", timeout=40_000)
    assert page.locator("#waiting").is_hidden()
    reference = page.locator("#sent").inner_text().split()[-1]
    page.goto(f"{site}/lapor/?nomor={reference}")
    assert "internet mati" in page.locator("main").inner_text()
