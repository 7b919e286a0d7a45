"""The report in a real browser: no script, a phone's width, a change of language, paper."""

import shutil
import subprocess
from pathlib import Path

import pytest
from made_results import results

from merata.publish.report import report_files
from merata.publish.tables import villages

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("report"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed"),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    made = results(25)
    path = tmp_path_factory.mktemp("report") / "index.html"
    path.write_text(report_files(made, villages(made))["index.html"], encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def phone(browser):
    context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_the_language_changes_without_scripts(phone, url):
    phone.goto(url)
    assert phone.locator("article#id").is_visible()
    assert not phone.locator("article#en").is_visible()
    phone.locator("article#id .langs a").click()
    assert phone.locator("article#en").is_visible()
    assert not phone.locator("article#id").is_visible()
    phone.locator("article#en .toc a").first.click()
    assert phone.locator("article#en").is_visible()
    phone.locator("article#en .langs a").click()
    assert phone.locator("article#id").is_visible()


def test_a_link_to_a_village_in_english_opens_in_english(phone, url):
    made = results(25)
    code = made.access.villages["code"].iloc[-1]
    phone.goto(f"{url}#en-v{code}")
    row = phone.locator(f'[id="en-v{code}"]')
    assert row.is_visible()
    assert 0 <= row.bounding_box()["y"] < 640


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("language", ["id", "en"])
def test_nothing_runs_out_of_the_page(browser, url, width, language):
    context = browser.new_context(viewport={"width": width, "height": 640})
    page = context.new_page()
    page.goto(f"{url}#{language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        "[...document.querySelectorAll('article p, article td, article th, article li')]"
        ".filter(e => e.offsetParent && parseFloat(getComputedStyle(e).fontSize) < 11).length"
    )
    assert small == 0
    context.close()


def test_words_stand_out_from_their_ground(browser, url):
    """WCAG 2.2, 1.4.3: a contrast of 4.5 at least, for every text that the page shows."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(url)
    assert page.evaluate(_WEAK_TEXT) == []
    context.close()


_WEAK_TEXT = """() => {
  const rgb = c => c.match(/[\\d.]+/g).map(Number);
  const linear = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => { const [r, g, b] = rgb(c).map(linear);
    return .2126 * r + .7152 * g + .0722 * b };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (rgb(c).length < 4 || rgb(c)[3] > 0) return c } return 'rgb(255,255,255)' };
  const weak = new Set();
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') || !e.offsetParent || ![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
    if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5) weak.add(e.tagName + '.' + e.className);
  }
  return [...weak];
}"""


def test_on_paper_every_page_says_that_it_is_made_up(browser, url, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True)
    context.close()
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"], capture_output=True, check=True
    ).stdout.decode()
    pages = text.split("\f")[:-1]
    assert len(pages) > 3
    assert all("MADE-UP" in page.replace("\n", "") for page in pages)
    assert not any("In short" in page for page in pages)
    council = [page for page in pages if "satu halaman untuk rapat" in page and "Dipakai" in page]
    assert len(council) == 1
    words = " ".join(council[0].split())
    assert all(
        part in words for part in ("2025", "2030", "yang mungkin terlewat", "Jiwa yang benar-benar terlayani")
    )


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("id", "Kemajuan per tahun", "Jiwa yang benar-benar terlayani"),
        ("en", "Progress by year", "People really served"),
    ],
)
def test_the_page_for_the_council_is_one_sheet(browser, url, tmp_path, language, first, last):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}#{language}")
    page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True)
    context.close()
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"], capture_output=True, check=True
    ).stdout.decode()
    sheets = [sheet for sheet in text.split("\f") if last in sheet]
    assert len(sheets) == 1
    assert first in sheets[0]
    # The last year stands in both tables and in the figure, which is the last thing of the page.
    assert sheets[0].count("2030") >= 3
