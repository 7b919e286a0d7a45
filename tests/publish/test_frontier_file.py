"""The frontier as a file has every row and column, and the same table gives the same bytes."""

import io

import pandas as pd
import pytest

from merata.plan.frames import frame
from merata.plan.frontier import FRONTIER
from merata.publish.frontier import frontier_file
from merata.publish.view import records

TABLE = frame(
    FRONTIER,
    [
        {
            "factor": 0.5, "budget_idr": 5_000_000_001, "possible": True, "objective": 1.5, "bound": 2.0, "gap": 0.25,
            "people_served": 3.5, "villages_served": 2, "spread": 0.1,
        },
        {"factor": 1.0, "cap": "plan.fair.spread = 0.1", "budget_idr": 7, "possible": False},
    ],
)  # fmt: skip
READ = {"csv": pd.read_csv, "xlsx": lambda content: pd.read_excel(content, engine="calamine")}


@pytest.mark.parametrize("kind", READ)
def test_a_file_of_the_frontier_reads_back_as_the_table(kind):
    content = frontier_file(TABLE, kind)
    back = READ[kind](io.BytesIO(content))
    assert list(back) == list(TABLE)
    assert records(back) == records(TABLE)
    assert frontier_file(TABLE, kind) == content
