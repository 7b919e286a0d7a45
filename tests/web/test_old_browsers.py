"""What a browser of ten years ago gets: the plain page, whole, no script that it can't read, no style that it needs."""

import re
from pathlib import Path

import pytest
import test_public

from merata.web import configure, export

STATIC = Path(configure.__file__).parent / "static"
#: Of what came after ECMAScript 5 (2009): words and marks that such a browser stops at.
NEWER = re.compile(r"=>|`|\b(let|const|class|async|await|import|export|of)\b|\.\.\.|\?\.[a-z]|\?\?|\*\*")


def scripts(text):
    return re.findall(r"<script\b[^>]*>", text)


@pytest.mark.parametrize("path", [*test_public.PATHS, "/peta/", "/lapor/", "/lapor/99.01.01.2002/"])
def test_every_script_of_an_open_page_is_a_module_which_old_browsers_leave_alone(client, published, path):
    if "banding" in path:
        path = path.replace("/2/", "/1/")
    text = client.get(path).content.decode()
    assert scripts(text)
    assert all(re.fullmatch(r'<script type="module" src="[^"]+">', one) for one in scripts(text))
    assert "<noscript" not in text, "a browser that runs scripts but no modules would not see it"


def test_the_styles_name_no_colours_and_space_no_rows_by_what_came_later():
    style = configure.style()
    assert "var(" not in style
    assert "#0b5fad" in style
    for rule in re.findall(r"[^{}]*{[^{}]*}", style):
        assert not ("display:flex" in rule and "gap:" in rule), rule


@pytest.mark.slow
def test_the_copy_on_a_stick_loads_scripts_that_old_browsers_can_read(published, tmp_path):
    copy = export.export(Path("no-region"), tmp_path / "copy")
    loaded = set()
    for name in (name for name in copy.files if name.endswith(".html")):
        for one in scripts((copy.folder / name).read_text(encoding="utf-8")):
            loaded.add(re.fullmatch(r'<script defer src="(?:[^"]*/)?([^"/]+)">', one)[1])
    assert loaded == {"site.js", "search.js", "desa.js"}
    for name in loaded - {"desa.js"}:
        assert not NEWER.search(_bare((STATIC / name).read_text(encoding="utf-8"))), name


def _bare(script):
    """A script without its comments, texts and patterns."""
    return re.sub(r"""/\*.*?\*/|//[^\n]*|"[^"\n]*"|/[^/ \n]+/[a-z]*""", " ", script, flags=re.DOTALL)


def test_what_is_newer_is_found():
    assert not NEWER.search(_bare('var a = "b => c"; // of\nvar of_x = a ? 1 : 2;'))
    assert NEWER.search(_bare("list.map(x => x)"))
    assert NEWER.search(_bare("for (const a of b) {}"))
