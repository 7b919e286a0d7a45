"""Indonesian pages are in Indonesian: every open page of the worked example, and what staff read of its findings."""

import html
import re
from html.parser import HTMLParser

import pytest
from office import logged_in

from merata.web.load import load
from merata.web.page import changed

#: English that no name, address or code of the example has.
ENGLISH = re.compile(
    r"\b(the|with|and|of|is|are|was|were|not|without|from|by|that|which|has|have|been|than|its|each|every|no|to|at|"
    r"assumed|taken|known|served|village|villages|site|sites|row|rows)\b",
    re.IGNORECASE,
)
HIDDEN = ("style", "script", "code", "pre")
ALONE = ("meta", "link", "input", "br", "path", "use", "hr", "img")


class Read(HTMLParser):
    """The texts of a page that a person sees or hears, and whether each is marked as English."""

    def __init__(self, page):
        super().__init__()
        self.texts, self._open = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        for name in ("aria-label", "title", "placeholder", "alt"):
            self._say(told.get(name))
        if tag not in ALONE:
            self._open.append((tag, told))

    def handle_endtag(self, tag):
        place = next((n for n in reversed(range(len(self._open))) if self._open[n][0] == tag), None)
        if place is not None:
            del self._open[place:]

    def handle_data(self, data):
        if not any(tag in HIDDEN for tag, _ in self._open):
            self._say(data)

    def _say(self, text):
        language = next((told["lang"] for _, told in reversed(self._open) if "lang" in told), "id")
        # What values stand in a file is said in the file's own words.
        columns = any(told.get("class") == "columns" for _, told in self._open)
        if text and text.strip() and not columns:
            self.texts.append((text.strip(), language))


def english_in(client, path):
    """English that a page says as if it were Indonesian, and what it marks as English but for the way to English."""
    texts = Read(client.get(path, follow=True).content.decode()).texts
    return [text for text, language in texts if ENGLISH.search(text) if language == "id"], [
        text for text, language in texts if language == "en" and text != "English"
    ]


@pytest.fixture
def example(db, demo, settings):
    """The worked example's newest run, published."""
    settings.REGION = demo / "region"
    made = load(demo / "region")
    made.state, made.number = "published", 1
    made.save()
    changed()
    return made


@pytest.mark.slow
@pytest.mark.engine
def test_every_open_page_of_the_worked_example_is_in_indonesian(client, example):
    seen, waiting = set(), ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(("/en/", "/staf", "/akun", "/static", "/data/r", "/api")):
            continue
        answer = client.get(path, follow=True)
        seen.add(path)
        if answer["Content-Type"].startswith("text/html"):
            assert english_in(client, path) == ([], []), path
            waiting += map(html.unescape, re.findall(r'href="(/[^"#?]*)', answer.content.decode()))
    assert len(seen) > 60


@pytest.mark.slow
@pytest.mark.engine
def test_what_staff_read_of_findings_and_plans_is_in_indonesian(example, person):
    office = logged_in(person("regency"))
    for path in ("data/", "data/temuan/", "rencana/", "rencana/keputusan/", "rencana/aturan/", "rencana/dana/",
                 "rencana/harga/", f"rencana/{example.pk}/"):  # fmt: skip
        spoken, marked = english_in(office, f"/staf/{path}")
        assert not marked, path
        assert not [text for text in spoken if not _declared(text)], path


def _declared(text):
    """Words of settings as region.toml has them: people type them so."""
    return "unserved" in text or "new tower" in text
