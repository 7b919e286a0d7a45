"""`python -m merata.probe`: the same as merata-probe.pyz."""

from __future__ import annotations

import sys

from merata.probe.command import main

sys.exit(main())
