"""What worker processes share."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import batch_stub
import pytest

from despin.batch.interfaces import Block, Position
from despin.batch.record import Recipe
from despin.batch.workers import AHEAD, InProcess, Pool, WorkerInfo, start_workers
from despin.errors import DespinError, InputError, LexiconError


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="processes are not forked here")
def test_forked_workers_share_what_is_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = tmp_path / "loaded"

    def restorer(_: Recipe) -> Any:
        with loaded.open("a") as file:
            file.write("once\n")
        return batch_stub.Restorer()

    monkeypatch.setattr(Recipe, "restorer", restorer)
    pool = Pool(Recipe(), 3, "fork")
    try:
        block = Block([b'{"text": "a"}\n'] * 2, True, 0, (0, 0))
        assert [done.records for _, done in pool.results([block] * 5)] == [2] * 5
    finally:
        pool.close()
    assert loaded.read_text() == "once\n"


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """Two forked workers with the stub; a text with a `!` takes longer."""

    class Slow(batch_stub.Restorer):
        def explain(self, text: str) -> Any:
            time.sleep(0.3 if "!" in text else 0.0)
            return super().explain(text)

    monkeypatch.setattr(Recipe, "restorer", lambda _: Slow())
    made = Pool(Recipe(), 2, "fork")
    yield made
    made.close()
    assert not any(process.is_alive() for process in made._processes)


def block(number: int, text: str = "a") -> Block:
    return Block([b'{"n": %d, "text": "%s"}\n' % (number, text.encode())], True, number, Position())


forked = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="processes are not forked here"
)


@forked
def test_results_come_in_the_order_of_the_blocks(pool: Pool) -> None:
    blocks = [block(number, "!" if number % 7 == 0 else "a") for number in range(40)]
    found = list(pool.results(blocks))
    assert [one for one, _ in found] == blocks
    assert [json.loads(done.data)["n"] for _, done in found] == list(range(40))
    # The same workers can be asked again.
    assert [one.first for one, _ in pool.results(blocks[:3])] == [0, 1, 2]
    assert list(pool.results([])) == []


@forked
def test_so_many_blocks_are_taken_before_a_slow_one_is_done(pool: Pool) -> None:
    taken: list[int] = []

    def blocks() -> Iterator[Block]:
        for number in range(50):
            taken.append(number)
            yield block(number, "!" if number == 0 else "a")

    results = pool.results(blocks())
    assert next(results)[0].first == 0
    assert len(taken) == AHEAD * 2
    results.close()  # type: ignore[attr-defined]


@forked
def test_what_fails_to_be_read_is_said_behind_what_was_read_before(pool: Pool) -> None:
    def blocks() -> Iterator[Block]:
        yield from map(block, range(5))
        raise InputError("in:6: damaged")

    found: list[int] = []
    with pytest.raises(InputError, match="in:6: damaged"):
        found.extend(one.first for one, _ in pool.results(blocks()))
    found = []
    results = pool.results(blocks())
    with pytest.raises(InputError):
        for one, _ in results:
            found.append(one.first)
    assert found == list(range(5))


@forked
def test_a_worker_that_is_gone_is_said(pool: Pool) -> None:
    with pytest.raises(DespinError, match="a worker process ended unexpectedly, perhaps for lack of memory"):
        list(pool.results([block(1, "死")]))


@forked
def test_workers_that_are_left_in_the_middle_are_ended(pool: Pool) -> None:
    # The first is done while another takes longer.
    for _ in pool.results([block(0), *(block(number, "!") for number in range(1, 20))]):
        break
    for process in pool._processes:
        process.join(20)
        assert not process.is_alive()


@pytest.mark.parametrize("method", [None, "fork"])
def test_what_cannot_be_loaded_is_said(method: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if method not in (None, *multiprocessing.get_all_start_methods()):
        pytest.skip("processes are not forked here")
    monkeypatch.setattr("despin.restorer.Restorer", batch_stub.Restorer)
    for count in (1, 2):
        with pytest.raises(LexiconError, match="is broken: mend it"):
            start_workers(Recipe(lexicons=("broken.yaml",)), count, method)


def test_one_worker_is_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("despin.restorer.Restorer", batch_stub.Restorer)
    workers = start_workers(Recipe(setting="bold"), 1)
    assert isinstance(workers, InProcess)
    assert workers.info == WorkerInfo("0123456789abcdef", 0.35, "none", "none")
    [(one, done)] = workers.results([block(3, "经由过程")])
    assert (one.first, done.records, done.spun, done.edits) == (3, 1, 1, 1)
    workers.close()
