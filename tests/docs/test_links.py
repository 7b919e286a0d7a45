"""The pages that stand outside the built documentation link only to what is there."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]

LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")


def heading_anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    text = (PROJECT / name).read_text(encoding="utf-8")
    local = [target for target in LINK.findall(text) if not re.match(r"https?:|mailto:", target)]
    for target in local:
        path, _, anchor = target.partition("#")
        goal = PROJECT / path if path else PROJECT / name
        assert goal.exists(), f"{name}: {target}"
        if anchor and goal.suffix == ".md":
            assert anchor in heading_anchors(goal), f"{name}: {target}"


def test_links_are_found():
    assert LINK.findall("![a](b.png) and [c](d.md#e)") == ["b.png", "d.md#e"]


def test_the_readme_shows_the_two_commands_and_a_picture_in_its_first_screen():
    first_screen = "\n".join((PROJECT / "README.md").read_text(encoding="utf-8").splitlines()[:45])
    assert "make demo" in first_screen
    assert "make test" in first_screen
    assert re.search(r"!\[[^\]]+\]\(docs/images/", first_screen), (
        "a picture with words for those who can't see it"
    )


@pytest.mark.parametrize("name", PAGES)
def test_make_targets_that_are_named_exist(name):
    targets = set(
        re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = set(
        re.findall(r"(?:`|^|\$ )make ([a-z-]+)", (PROJECT / name).read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert named <= targets
