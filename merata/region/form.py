"""The form of a region folder, as a number in its files: a newer one than is known here is refused, and says so."""

from __future__ import annotations

from merata.errors import FileError

#: Goes up when an older Merata could read what a newer one wrote, and misunderstand it.
FORM = 1
#: What the number is called in the metadata of region.gpkg.
NAME = "MERATA_FORM"


def refuse_newer(found: object, where: str) -> None:
    """Raise FileError where a file's number is above `FORM`; none is that of the first form."""
    text = str(1 if found is None else found)
    if text.isdecimal() and int(text) > FORM:
        raise FileError(
            f"{where}: was written by a newer Merata (form {text:.20}; this one knows {FORM}). Install that version, "
            "or restore a backup of before. Nothing was changed."
        )
