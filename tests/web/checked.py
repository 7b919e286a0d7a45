"""What axe finds amiss on a page of the site: WCAG 2.2 AA and what is good practice."""

from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: It tells in full of what is amiss only: to tell of all that is right, too, takes most of its time.
ASKED = {"runOnly": RULES, "resultTypes": ["violations"]}


def faults_of(page):
    """The rules that a page breaks, each with the first place where it does."""
    found = Axe().run(page, options=ASKED).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]
