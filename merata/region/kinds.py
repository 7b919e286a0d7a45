"""The kinds of file that a person can name with `--as`."""

from merata.region.tables import TABLES

RASTERS = ("terrain", "landcover")
OPEN_DATA = (*RASTERS, "population", "opencellid", "ookla", "osm", "ofds")

#: Open data by its name, else the table that a spreadsheet or map layer holds.
KINDS = (*OPEN_DATA, *TABLES)
