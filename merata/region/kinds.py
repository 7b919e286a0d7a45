"""The kinds of file that a person can name with `--as`, and of differences between what was sent and what is known."""

from merata.region.tables import TABLES

RASTERS = ("terrain", "landcover")
OPEN_DATA = (*RASTERS, "population", "opencellid", "ookla", "osm", "ofds")

#: Open data by its name, else the table that a spreadsheet or map layer holds.
KINDS = (*OPEN_DATA, *TABLES)

#: How rows that somebody sent differ from what is known (`region.submitted`), most pressing first.
DIFFERENCES = (
    "claims against measurement", "claims against model", "operator", "technologies", "height", "status", "capacity",
    "price", "not in theirs", "partly new route", "new route", "new site",
)  # fmt: skip
#: Those in which both rows tell of the same thing: where theirs is taken, the known one gives way.
SAME_THING = ("technologies", "height", "status", "capacity")
