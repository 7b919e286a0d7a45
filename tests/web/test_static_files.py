"""Static files are packed once, again when one of them changed, and all that pages ask for are there."""

import json

import pytest

from merata.web import static_files


@pytest.fixture
def collected(settings, tmp_path):
    """A folder of the site's own files, and what a file of it is served by, after each collecting."""
    own, served = tmp_path / "own", tmp_path / "web" / "static"
    own.mkdir()
    (own / "contoh.css").write_text("a{color:red}\n" * 50)
    (own / "contoh.js").write_text("var a = 1;\n//# sourceMappingURL=contoh.js.map\n")
    settings.STATICFILES_DIRS = [own]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = served
    settings.STORAGES = {
        **settings.STORAGES, "staticfiles": {"BACKEND": "merata.web.static_files.Storage"},
    }  # fmt: skip

    def now():
        static_files.collect()
        names = json.loads((served / "staticfiles.json").read_text())["paths"]
        return {name: served / to for name, to in names.items()}

    return own, now


def test_files_are_packed_once_and_again_when_one_changed(collected):
    own, now = collected
    first = now()["contoh.css"]
    packed = first.with_name(f"{first.name}.br")
    before = packed.stat().st_mtime_ns
    assert packed.stat().st_size < first.stat().st_size
    assert now()["contoh.css"] == first
    assert packed.stat().st_mtime_ns == before
    (own / "contoh.css").write_text("a{color:blue}\n" * 40)
    again = now()["contoh.css"]
    assert again != first
    assert "blue" in again.read_text()
    assert again.with_name(f"{again.name}.br").exists()


def test_what_was_broken_off_is_made_again(collected, monkeypatch):
    own, now = collected

    def full(*_, **__):
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(static_files, "call_command", full)
        with pytest.raises(OSError, match="No space"):
            now()
    assert "contoh.js" in now(), "and that a script names the map of its source hinders nothing"
    assert own.exists()
