"""Parquet that appears in one step: its part is a folder of small files, which are put together in the end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from despin.batch import parquet
from despin.batch.inputs import Block, Source
from despin.batch.outputs import WHOLE, part, saving, shortened
from despin.batch.record import FIELD, Recipe
from despin.batch.workers import Done
from despin.errors import InputError

#: A file of the part ends with the block that fills it, in bytes of memory.
SEGMENT_BYTES = 1024 * 1024
#: The row groups of what comes out, likewise; to write one takes four times as much.
GROUP_BYTES = 8 * 1024 * 1024


class ParquetOutput:
    """One Parquet file; see `writing.Output`."""

    kind = "parquet"

    def __init__(self, output: str, size: int, recipe: Recipe) -> None:
        self.output = output
        self.size = size
        self._recipe = recipe
        self._pa = parquet.pyarrow(output)
        self._parquet: Any = import_module("pyarrow.parquet")
        self._held: list[Any] = []
        self._length = 0
        self._schema: Any = None
        self._first = ""
        self._compression = "snappy"
        self._folder = part(output)
        with saving(output):
            if not size:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(exist_ok=True)
        for number in range(size):
            if not self._file(number).is_file():
                raise shortened(output, self._file(number))

    def accept(self, path: str, source: Source) -> None:
        """See `writing.Output`."""
        if not isinstance(source, parquet.Rows):
            raise InputError(
                f"{path}: is JSON lines, and {self.output} is Parquet; name an output that ends with .jsonl"
            )
        if parquet.restored(source.schema):
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
        """See `writing.Output`."""
        table = parquet.marked(block.rows, done.outcomes, self._recipe)
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
            self.size += 1
            self._held, self._length = [], 0

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:08}.parquet"

    def _write(self, path: Path, tables: Iterator[Any], schema: Any) -> None:
        codec = self._compression if self._compression != "uncompressed" else "none"
        try:
            with open(path, "wb") as file:
                with self._parquet.ParquetWriter(file, schema, compression=codec) as writer:
                    for table in tables:
                        writer.write_table(table, row_group_size=max(1, len(table)))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):  # makes room for the state on a disk that is full
                path.unlink()
            raise

    def sync(self) -> None:
        """Every file of the part has been synced when it was written."""

    def finish(self) -> None:
        """See `writing.Output`."""
        self._segment()
        if self._schema is None:
            return
        with saving(self.output):
            self._write(self._folder / WHOLE, self._groups(), self._marked_schema())

    def _marked_schema(self) -> Any:
        empty = self._schema.empty_table()
        return parquet.marked(empty, [], self._recipe).schema

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
                raise shortened(self.output, self._file(number)) from None
            held.append(table)
            length += table.nbytes
            if length >= GROUP_BYTES:
                yield self._pa.concat_tables(held)
                held, length = [], 0
        if held:
            yield self._pa.concat_tables(held)

    def close(self) -> None:
        """Nothing stays open."""


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
