"""A run's page in a real browser: how far it is, the gap falling and what a stop leads to, without loading it anew.

The site, its page and script, and what a worker tells are real; the engine's words are spoken by the test, which would
else last minutes. The engine itself is run by test_jobs.py.
"""

import threading
import time

import fresh
import pytest
from site_factory import OFFICE, PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("weak")]

WORK = """
import time
from django.utils import timezone
from merata.plan.stop import asked, heeding, searching
from merata.web.models import Job
from merata.web.tasks import _end, _Telling
job = Job.objects.create(kind="run", state="going", began_at=timezone.now(), told_at=timezone.now())
telling = _Telling(job)
with telling, heeding(telling.stop):
    telling.tell("coverage", "", 3, 10)
    time.sleep(1)
    with searching():
        for n in range(1, 300):
            telling.tell("plan", f"within {50 / n:.2f}% of the best possible", 0, 0)
            if asked():
                break
            time.sleep(0.2)
    telling.tell("publish", "", 0, 0)
    time.sleep(4)
_end(job, "stopped", {"error": ""}, telling)
"""


@pytest.fixture
def run(site, site_region):
    """The number of a run that goes on until it is stopped."""
    worker = threading.Thread(target=fresh.run, args=(site_region, WORK))
    worker.start()
    until = time.monotonic() + 60
    while not (found := fresh.rows(site_region, "select id from web_job where state = 'going'")):
        assert time.monotonic() < until
        time.sleep(0.1)
    yield found[0][0]
    worker.join(timeout=60)
    assert not worker.is_alive()


def test_a_run_shows_its_progress_and_a_stop_without_loading_the_page_anew(site, browser, run):
    with browser.new_context(viewport={"width": 360, "height": 640}) as context:
        page = context.new_page()
        page.goto(f"{site}/akun/masuk/")
        page.locator("input[name=login]").fill(OFFICE)
        page.locator("input[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/staf/")

        page.goto(f"{site}/staf/kerja/{run}/")
        page.evaluate("window.same = true")
        page.get_by_text("mencari rencana").wait_for()
        page.locator("polyline").wait_for(state="attached")
        first = _gap(page)
        page.wait_for_function(
            "before => document.querySelector('#job strong').innerText !== before", arg=first[0]
        )
        assert 0 < _gap(page)[1] < first[1] < 50
        assert page.evaluate("window.same"), "the page is still the same one"

        page.get_by_role("button", name="Berhenti").click()
        page.get_by_text("Diminta berhenti").wait_for()
        assert page.get_by_role("button", name="Berhenti").count() == 0
        page.evaluate("window.same = true")
        page.get_by_text("Pencarian sudah berhenti").wait_for()
        assert page.evaluate("window.same")
        page.locator("#job .st-stopped").wait_for()
        assert not page.evaluate("window.same"), "once it is over the whole page is shown anew"


def _gap(page):
    """What the page says of the gap: its words, and the number in per cent."""
    words = page.locator("#job strong").inner_text()
    return words, float(next(part for part in words.split() if "%" in part).rstrip("%").replace(",", "."))
