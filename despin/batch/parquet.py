"""Parquet: rows in blocks, and the `despin` column, whose type is fixed by the mode and not by what the rows hold."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from despin.batch.inputs import Block, ChangedError, Position
from despin.batch.record import FIELD, Outcome, Recipe
from despin.errors import InputError
from despin.text.suggest import nearest

#: Rows of a block, and how many bytes they should have at most.
BLOCK_ROWS = 64
BLOCK_BYTES = 256 * 1024
_BUFFER = 1 << 18


def pyarrow(name: str) -> Any:
    """pyarrow. Raises `InputError`, for the file `name`, when it is not installed."""
    try:
        return import_module("pyarrow")
    except ImportError:
        raise InputError(
            f"{name}: Parquet needs a package that is not installed: pip install 'despin[parquet]'"
        ) from None


class Rows:
    """The rows of a Parquet file."""

    kind = "parquet"

    def __init__(self, name: str, file: io.BufferedReader, field: str) -> None:
        self.name = name
        self.size: int | None = None
        self._pa = pyarrow(name)
        self._field = field
        self._file = file
        parquet = import_module("pyarrow.parquet")
        try:
            # Reading ahead would hold whole row groups, which may be gigabytes.
            self._parquet = parquet.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False)
        except (self._pa.ArrowException, OSError, ValueError) as error:
            raise InputError(f"{name}: the file is damaged or cut off ({_short(error)}); fetch it again") from None
        self.schema = self._parquet.schema_arrow
        self._check()
        meta = self._parquet.metadata
        self.size = meta.num_rows
        groups = meta.num_row_groups and meta.num_columns
        self.compression: str = meta.row_group(0).column(0).compression if groups else "SNAPPY"
        self._done = 0

    def _check(self) -> None:
        """Raise `InputError` when there is no text to work on."""
        names = self.schema.names
        for name in (self._field, FIELD):
            if names.count(name) > 1:
                raise InputError(f"{self.name}: {names.count(name)} columns are called {name!r}; rename them")
        if self._field not in names:
            texts = [field.name for field in self.schema if self._is_text(field.type)]
            near = nearest(self._field, texts, 50)
            hint = f"did you mean --text-field {near}?" if near else f"those with text are {', '.join(texts) or 'none'}"
            raise InputError(f"{self.name}: no column {self._field!r}; {hint}")
        kind = self.schema.field(self._field).type
        if not self._is_text(kind):
            raise InputError(f"{self.name}: column {self._field!r} is {kind}, not text; name another with --text-field")

    def _is_text(self, kind: Any) -> bool:
        types = self._pa.types
        inner = kind.value_type if types.is_dictionary(kind) else kind
        strings = [types.is_string, types.is_large_string, getattr(types, "is_string_view", lambda _: False)]
        return any(test(inner) for test in strings)

    def done(self) -> int:
        """Rows read so far."""
        return self._done

    def close(self) -> None:
        """Close the file."""
        self._parquet.close()
        self._file.close()

    def blocks(self, start: Position) -> Iterator[Block]:
        """See `reading.Source`; no block spans two row groups, so that a run that goes on cuts as the first one did."""
        row = 0
        for group in range(self._parquet.metadata.num_row_groups):
            end = row + self._parquet.metadata.row_group(group).num_rows
            if end > start.offset:
                yield from self._group(group, row, start.offset)
            row = end

    def _group(self, group: int, row: int, start: int) -> Iterator[Block]:
        meta = self._parquet.metadata.row_group(group)
        size = max(1, min(BLOCK_ROWS, BLOCK_BYTES * meta.num_rows // max(1, meta.total_byte_size)))
        batches = self._parquet.iter_batches(size, row_groups=[group], use_threads=False)
        while True:
            self._done = row
            try:
                batch = next(batches, None)
                items = None if batch is None or row < start else values(batch.column(self._field))
            except (self._pa.ArrowException, OSError, ValueError) as error:
                # Up to where an interrupted run had come there was no damage.
                raise (InputError if row >= start else ChangedError)(
                    f"{self.name}:{row + 1}: the file is damaged ({_short(error)}); the rows before that are done"
                ) from None
            if batch is None:
                return
            first, row = row + 1, row + len(batch)
            if items is not None:
                yield Block(items, False, first, Position(row, row + 1), batch)


def _short(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200]


def values(column: Any) -> list[Any]:
    """A column's texts; one that is not UTF-8 comes as the bytes that it is."""
    try:
        found: list[Any] = column.to_pylist()
        return found
    except UnicodeDecodeError:
        return [_value(one) for one in column]


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return scalar.as_buffer().to_pybytes() if hasattr(scalar, "as_buffer") else b""


def field_type(pa: Any, mode: str) -> Any:
    """The type of the `despin` column in `mode`; every part may be null, and `error` is where a record failed."""
    text, number, flag = pa.string(), pa.float64(), pa.bool_()
    parts = [("spun", flag), ("score", number), ("family", text), ("rate", number)]
    if mode != "filter":
        alternative = pa.struct([("original", text), ("confidence", number)])
        edit = pa.struct(
            [
                ("start", pa.int64()),
                ("end", pa.int64()),
                ("spun", text),
                ("original", text),
                ("confidence", number),
                ("flips", flag),
                ("entry", text),
                ("alternatives", pa.list_(alternative)),
            ]
        )
        parts.append(("edits", pa.list_(edit)))
    if mode == "tag":
        parts.append(("text", text))
    return pa.struct([*parts, ("error", text)])


def restored(schema: Any) -> bool:
    """Whether rows were restored before: their `despin` column alone says what stood in them."""
    if FIELD not in schema.names:
        return False
    kind = schema.field(FIELD).type
    parts = [kind.field(number).name for number in range(kind.num_fields)]
    return "edits" in parts and "text" not in parts


def marked(rows: Any, outcomes: Sequence[Outcome], recipe: Recipe) -> Any:
    """`rows` (a record batch or table) as a table with the `despin` column, as the recipe's mode wants it."""
    pa = import_module("pyarrow")
    table = rows if isinstance(rows, pa.Table) else pa.Table.from_batches([rows])
    if recipe.mode == "restore" and recipe.field in table.schema.names:
        position = table.schema.get_field_index(recipe.field)
        own = table.schema.field(position)
        texts = [outcome.text for outcome in outcomes]
        if any(text is not None for text in texts):
            table = table.set_column(position, own, _replaced(table.column(position), texts))
    column = pa.array([outcome.value for outcome in outcomes], field_type(pa, recipe.mode))
    if FIELD in table.schema.names:
        table = table.set_column(table.schema.get_field_index(FIELD), FIELD, column)
    else:
        table = table.append_column(FIELD, column)
    if recipe.mode == "filter" and any(outcome.spun for outcome in outcomes):
        table = table.filter(pa.array([not outcome.spun for outcome in outcomes]))
    return table


def _replaced(column: Any, texts: Sequence[str | None]) -> Any:
    """The column with every text that is not None in the place of its value; what is not UTF-8 stays as it is."""
    pa = import_module("pyarrow")
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        # Ray's column of Python objects, as which it holds texts among other values: Arrow cannot choose between those.
        pairs = zip(texts, values(column), strict=True)
        return type(column.chunk(0)).from_objects([value if text is None else text for text, value in pairs])
    plain = column.cast(kind.value_type) if pa.types.is_dictionary(kind) else column
    changed = pa.array([text is not None for text in texts])
    new = import_module("pyarrow.compute").if_else(changed, pa.array(texts, plain.type), plain)
    return new.cast(kind) if new.type != kind else new
