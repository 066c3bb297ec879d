"""Hugging Face datasets: `mark(dataset)` maps the operator over it, with a column type that holds for all batches."""

from __future__ import annotations

from typing import Any

from despin.batch.record import FIELD
from despin.integrations import need
from despin.integrations.operator import Operator


def mark(
    dataset: Any, text_field: str = "text", mode: str = "tag", *, num_proc: int | None = None, **options: Any
) -> Any:
    """`dataset` (a `Dataset`, `DatasetDict` or `IterableDataset`) with a `despin` column.

    `options` are those of `despin.integrations.operator.recipe`; `num_proc` processes load a restorer each. In mode
    `filter` spun records are left out. Raises `UsageError` when `datasets` is not installed.
    """
    need("datasets", "datasets")
    if isinstance(dataset, dict):
        parts = {name: mark(part, text_field, mode, num_proc=num_proc, **options) for name, part in dataset.items()}
        return type(dataset)(parts)
    operator = Operator(text_field, mode, **options)
    arguments: dict[str, Any] = {"batched": True, "features": features(dataset.features, mode)}
    if num_proc is not None:
        arguments["num_proc"] = num_proc
    found = dataset.map(operator, **arguments)
    if arguments["features"] is not None and not getattr(found, "num_rows", 1):
        # Where there is no row nothing is called, and the columns stay those that were.
        empty: dict[str, list[Any]] = {name: [] for name in arguments["features"]}
        return type(dataset).from_dict(empty, features=arguments["features"])
    return found


def features(known: Any, mode: str) -> Any:
    """The features of a dataset with the `despin` column; None where those of the dataset are not known."""
    from despin.batch.parquet import field_type

    if known is None:
        return None
    pa = need("pyarrow", "datasets")
    kinds = need("datasets", "datasets").Features
    own = kinds.from_arrow_schema(pa.schema([(FIELD, field_type(pa, mode))]))
    return kinds({**known, **own})
