"""Other code, another hash; the same code, the same hash wherever it lies."""

import shutil
from pathlib import Path

import pytest

import merata
from merata.region import code


def test_hash_follows_the_code_of_the_named_rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = code.hash_of_rooms("region", "radio")
    house = Path(shutil.copytree(Path(merata.__file__).parent, tmp_path / "merata"))
    monkeypatch.setattr(merata, "__file__", str(house / "__init__.py"))
    code.hash_of_rooms.cache_clear()
    assert code.hash_of_rooms("radio", "region") == before
    (house / "plan" / "new.py").write_text("x = 1\n")
    code.hash_of_rooms.cache_clear()
    assert code.hash_of_rooms("radio", "region") == before
    (house / "radio" / "new.py").write_text("x = 1\n")
    code.hash_of_rooms.cache_clear()
    assert code.hash_of_rooms("radio", "region") != before
    code.hash_of_rooms.cache_clear()
