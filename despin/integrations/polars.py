"""polars: `pl.col("text").despin.mark()`, an expression for every frame, lazy and streaming ones too, once this is
imported."""

from __future__ import annotations

from typing import Any

from despin.integrations import need
from despin.integrations.operator import Operator

_pl = need("polars", "polars")


@_pl.api.register_expr_namespace("despin")
class Despin:
    """What despin makes of an expression of texts."""

    def __init__(self, expression: Any) -> None:
        self._expression = expression

    def mark(self, mode: str = "tag", **options: Any) -> Any:
        """The `despin` column, a struct; `.struct.field("score")` is a part of it.

        `options` are those of `despin.integrations.operator.recipe`. The restorer is loaded when this is called.
        """
        operator = Operator(mode=mode, **options)

        def column(texts: Any) -> Any:
            return _pl.from_arrow(operator.column(texts.to_arrow()))

        empty = column(_pl.Series([], dtype=_pl.String))
        return self._expression.map_batches(column, return_dtype=empty.dtype, is_elementwise=True)
