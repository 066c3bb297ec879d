"""Parquet: rows in blocks, and the `despin` column, whose type is fixed by the mode and not by what the rows hold.

An output appears in one step: its part is a folder of small files, which are put together in the end.
"""

from __future__ import annotations

import io
import os
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from despin.batch import paths
from despin.batch.interfaces import WHOLE, Block, ChangedError, Done, Input, Position, RecordOutput, saving
from despin.batch.record import FIELD, Outcome, Recipe
from despin.errors import InputError
from despin.text.suggest import nearest

#: Rows of a block, and their bytes, at most; so many bytes are read at one time.
BLOCK_ROWS, BLOCK_BYTES = 64, 1 << 18


def pyarrow(name: str) -> Any:
    """pyarrow. Raises `InputError`, for the file `name`, when it is not installed."""
    try:
        return import_module("pyarrow")
    except ImportError:
        raise InputError(
            f"{name}: Parquet needs a package that is not installed: pip install 'despin[parquet]'"
        ) from None


class RowGroups:
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
            self._parquet = parquet.ParquetFile(file, buffer_size=BLOCK_BYTES, pre_buffer=False)
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
        """See `interfaces.Input`; no block spans two row groups, so that a run that goes
        on cuts as the first one did."""
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


def field_type(pa: Any, mode: str, sites: bool = False) -> Any:
    """The type of the `despin` column in `mode`, with `sites` where they are known; every part may be null, and `error`
    is where a record failed."""
    text, number, whole, rows = pa.string(), pa.float64(), pa.int64(), pa.list_

    def struct(names: str, **kinds: Any) -> Any:
        """Parts with these names between commas, texts where no other type is given."""
        return pa.struct([(name, kinds.get(name, text)) for name in names.split(",")])

    place = {"start": whole, "end": whole}
    proof = struct("by,respun,failed", respun=number, failed=rows(rows(whole)))
    stretch = struct("start,end,family,variant,score,rate,proof", **place, score=number, rate=number, proof=proof)
    names = "spun,statement,score,family,rate,respun,stretches,damage,labels"
    kinds = {"spun": pa.bool_(), "score": number, "rate": number, "respun": number, "stretches": rows(stretch)}
    kinds |= {"damage": rows(struct("kind,count", count=whole)), "labels": rows(struct("kind,says,text,producer"))}
    if mode != "filter":
        names += ",edits,prevented,scored"
        others = rows(struct("original,confidence", confidence=number))
        of_edits = "start,end,spun,original,confidence,entry,alternatives,changes,context,proof"
        asked = struct("readings,characters,left,failed", readings=whole, characters=whole, left=whole)
        kinds["edits"] = rows(struct(of_edits, **place, confidence=number, alternatives=others))
        kinds |= {"prevented": whole, "scored": asked}
    names += ",text" * (mode == "tag") + ",site" * sites + ",error"
    kinds["site"] = struct("name,alone,family,nats", alone=number, nats=number)
    return struct(names, **kinds)


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
    column = pa.array([outcome.value for outcome in outcomes], field_type(pa, recipe.mode, recipe.site is not None))
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


#: A file of the part ends with the block that fills it, in bytes of memory.
SEGMENT_BYTES = 1 << 20
#: The row groups of what comes out, likewise; to write one takes four times as much.
GROUP_BYTES = 8 << 20


class ParquetOutput(RecordOutput):
    """One Parquet file that grows as a folder of files, each of which lasts once it is written."""

    kind = "parquet"

    def __init__(self, output: str, size: int, digest: int, recipe: Recipe) -> None:
        self.output = output
        self.size = size
        self.digest = 0
        self._recipe = recipe
        self._pa = pyarrow(output)
        self._parquet: Any = import_module("pyarrow.parquet")
        self._held: list[Any] = []
        self._length = 0
        self._schema: Any = None
        self._first = ""
        self._compression = "snappy"
        self._folder = Path(paths.part(output))
        with saving(output):
            if self._folder.is_symlink():
                raise paths.shortened(output, self._folder)
            if not size:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(exist_ok=True)
        for number in range(size):
            if not self._file(number).is_file():
                raise paths.shortened(output, self._file(number))
            self._take(self._file(number))
        if self.digest != digest:
            raise paths.shortened(output, self._folder)

    def _take(self, path: Path) -> None:
        """Go on with the checksum over a file of the part. Raises `OutputError` where it cannot be read."""
        with saving(self.output), open(path, "rb") as file:
            while block := file.read(1 << 20):
                self.digest = zlib.crc32(block, self.digest)

    def accept(self, path: str, source: Input) -> None:
        """See `RecordOutput`."""
        if not isinstance(source, RowGroups):
            raise InputError(
                f"{path}: is JSON lines, and {self.output} is Parquet; name an output that ends with .jsonl"
            )
        if restored(source.schema):
            raise InputError(f"{path}: was restored before; its column {FIELD!r} holds what stood there")
        schema = _without_features(source.schema)
        if self._schema is None:
            self._schema, self._first, self._compression = schema, path, source.compression.lower()
        elif schema != self._schema:
            raise InputError(
                f"{path}: its columns are not those of {self._first} ({_difference(schema, self._schema)}); "
                "write one output an input: -o FOLDER/"
            )

    def add(self, block: Block, done: Done) -> bool:
        """See `RecordOutput`."""
        table = marked(block.rows, done.outcomes, self._recipe)
        self._held.append(table)
        self._length += table.nbytes
        if self._length < SEGMENT_BYTES:
            return False
        self._segment()
        return True

    def _segment(self) -> None:
        if self._held:
            table = self._pa.concat_tables(self._held)
            with saving(self.output):
                self._write(self._file(self.size), iter([table]), table.schema)
            self._take(self._file(self.size))
            self.size += 1
            self._held, self._length = [], 0

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:08}.parquet"

    def _write(self, path: Path, tables: Iterator[Any], schema: Any) -> None:
        codec = self._compression if self._compression != "uncompressed" else "none"
        try:
            with paths.grow(path, "wb") as file:
                with self._parquet.ParquetWriter(file, schema, compression=codec) as writer:
                    for table in tables:
                        writer.write_table(table, row_group_size=max(1, len(table)))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):  # makes room for the state on a disk that is full
                path.unlink()
            raise

    def finish(self) -> None:
        """See `RecordOutput`."""
        self._segment()
        if self._schema is None:
            return
        with saving(self.output):
            self._write(self._folder / WHOLE, self._groups(), self._marked_schema())

    def _marked_schema(self) -> Any:
        empty = self._schema.empty_table()
        return marked(empty, [], self._recipe).schema

    def _groups(self) -> Iterator[Any]:
        held: list[Any] = []
        length = 0
        schema = self._marked_schema()
        for number in range(self.size):
            # `read_table` would load another library for it, and hold 60 MB more.
            try:
                with self._parquet.ParquetFile(self._file(number), pre_buffer=False) as file:
                    table = file.read(use_threads=False).cast(schema)
            except (self._pa.ArrowException, OSError):
                raise paths.shortened(self.output, self._file(number)) from None
            held.append(table)
            length += table.nbytes
            if length >= GROUP_BYTES:
                yield self._pa.concat_tables(held)
                held, length = [], 0
        if held:
            yield self._pa.concat_tables(held)


def _without_features(schema: Any) -> Any:
    """`schema` without what Hugging Face datasets notes of the columns, which the new column makes untrue."""
    kept = {key: value for key, value in (schema.metadata or {}).items() if key != b"huggingface"}
    return schema.with_metadata(kept or None)


def _difference(schema: Any, expected: Any) -> str:
    for name in dict.fromkeys([*expected.names, *schema.names]):
        there, wanted = (one.field(name).type if name in one.names else None for one in (schema, expected))
        if there is None:
            return f"{name!r} is missing"
        if wanted is None:
            return f"{name!r} is new"
        if there != wanted:
            return f"{name!r} is {there}, not {wanted}"
    return "in another order"
