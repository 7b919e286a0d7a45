"""What GDAL takes for the present while it writes: so that the same content gives the same bytes on any day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyogrio

_OPTION = "OGR_CURRENT_DATE"


@contextmanager
def gdal_time(date: str = "2000-01-01") -> Iterator[None]:
    """GDAL's present is `date` (ISO) within the block. A file that is written over keeps traces: remove it first."""
    before = pyogrio.get_gdal_config_option(_OPTION)
    pyogrio.set_gdal_config_options({_OPTION: f"{date[:10]}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({_OPTION: before})
