"""Files that Merata wrote and that something else damaged: said with their name, and with what to do."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from merata.errors import FileError, MerataError

#: What to do where it is a file of a run, which can be made again, or one that can't.
RUN = "Take away the folder of this run: `merata run` makes it again."
BACKUP = "Take it from a backup (`merata restore` into an empty folder)."
#: What readers of JSON, CSV, Parquet and rasters raise where bytes are not what was written: pyarrow's is a ValueError,
#: rasterio's an OSError.
_DAMAGE = (ValueError, KeyError, TypeError, IndexError, AttributeError, EOFError, struct.error, OSError)


@contextmanager
def sound(what: Path, remedy: str) -> Iterator[None]:
    """Read a file, or a folder's files, within the block; where that can't be done, raise FileError with the remedy.

    What the system says of a file (it is not there, may not be read) goes through.
    """
    try:
        yield
    except MerataError:
        raise
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise FileError(f"{what}: is damaged ({error!s:.200}). {remedy}") from error
