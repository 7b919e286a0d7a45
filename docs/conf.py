"""How Sphinx builds the documentation."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

from sphinx import addnodes

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import make_reference

make_reference.write_python()

project = "Merata"
author = "The Merata contributors"
copyright = "the Merata contributors"
release = version = installed_version("merata")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

# Docstrings are written for readers of the code: `name` in them is code, and types need no page of their own.
default_role = "code"
autodoc_use_type_comments = False
nitpick_ignore_regex = [("py:.*", ".*")]
# Names like "rows" in docstrings are words, not links: no matter that several things are called so.
suppress_warnings = ["ref.python"]
# Every page would carry all names of the reference in its navigation: half of the time that a build takes.
toc_object_entries = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "undoc-members": True, "show-inheritance": False}
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = "Merata"
copybutton_prompt_text = "$ "
copybutton_exclude = ".linenos, .gp, .go"


def setup(app):  # what Sphinx calls
    """Types in signatures are words: looking all of them up takes a third of the build, and few have a page."""
    app.connect("doctree-read", _types_are_words)


def _types_are_words(app, doctree):
    for reference in list(doctree.findall(addnodes.pending_xref)):
        if reference.get("refdomain") == "py" and not reference.get("refexplicit"):
            reference.replace_self(reference.children)
