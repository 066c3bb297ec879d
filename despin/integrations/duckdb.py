"""DuckDB: `register(connection)` adds the function `despin` to SQL."""

from __future__ import annotations

from typing import Any

from despin.integrations import need
from despin.integrations.operator import Operator


def register(connection: Any, name: str = "despin", mode: str = "tag", **options: Any) -> None:
    """Let `SELECT despin(text)` give the `despin` field, a struct of which `.score` is a part.

    `options` are those of `despin.integrations.operator.recipe`. A null is a text that cannot be worked on.
    """
    need("duckdb", "duckdb")
    pa = need("pyarrow", "duckdb")
    operator = Operator(mode=mode, **options)
    [kind] = connection.from_arrow(pa.table({name: operator.column(pa.array([], pa.string()))})).types
    connection.create_function(name, operator.column, ["VARCHAR"], kind, type="arrow", null_handling="special")
