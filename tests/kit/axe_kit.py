"""axe-core, where the variable DESPIN_AXE names its file (`npm install axe-core`: node_modules/axe-core/axe.min.js)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest


def serious(driver: Any) -> list[str]:
    """What axe-core finds on the page that is serious or critical; skips the test where it is not installed."""
    file = os.environ.get("DESPIN_AXE")
    if not file:
        pytest.skip("DESPIN_AXE does not name the file of axe-core")
    # Evaluated as a debugger does: the page lets no script in.
    driver.execute_cdp_cmd("Runtime.evaluate", {"expression": Path(file).read_text("utf-8")})
    found = driver.execute_async_script("axe.run().then((found) => arguments[0](found.violations))")
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
