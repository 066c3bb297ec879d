"""Many texts by some threads: the same as one after the other, in order, a few ahead, and errors in their place."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from despin.errors import TextTypeError, UsageError
from despin.restorer import Restorer
from despin.spinners.registry import spinner
from despin.threads import AHEAD, MOST_TOGETHER, TOGETHER, groups, in_order

#: Texts of a program and of a list, and one that nobody spun.
TEXTS = (
    "他马上避免了这件事，租车公司回应不存在问题，某种程度也没有给予服务。",
    "数据经由过程旌旗灯号线传送，若是首要的体系会按期搜检装备的状况。",
    "昨天下午，我们在图书馆门口等了半个小时，雨一直没有停。",
)


@pytest.fixture(scope="module")
def restorer() -> Restorer:
    return Restorer()


def test_threads_give_what_one_after_the_other_gives(restorer: Restorer) -> None:
    texts = [f"{text}{number}" for number in range(8) for text in TEXTS]
    expected = [restorer.explain(text) for text in texts]
    assert any(one.edits for one in expected)
    for threads in (1, 2, 3):
        assert list(restorer.explain_many(texts, threads)) == expected


def test_one_restorer_is_asked_by_several_at_once(restorer: Restorer) -> None:
    texts = [f"{text}{number}" for number in range(6) for text in TEXTS]
    expected = [restorer.explain(text) for text in texts]
    found: list[object] = []
    asked = [
        threading.Thread(target=lambda: found.append(list(restorer.explain_many(texts, threads=2)))) for _ in range(2)
    ]
    for one in asked:
        one.start()
    alone = [restorer.explain(text) for text in texts]
    for one in asked:
        one.join()
    assert found == [expected, expected]
    assert alone == expected


def test_only_what_a_thread_has_of_its_own_works_without_the_lock(restorer: Restorer) -> None:
    list(restorer.explain_many(TEXTS, threads=2))
    assert not restorer.engine.candidates.tables.alone
    assert all(worker.engine.candidates.tables.alone for worker in restorer._workers)


def test_settings_hold_in_every_thread() -> None:
    restorer = Restorer(protect=["旌旗灯号"]).adjusted(min_confidence=0.9)
    [found, _] = restorer.explain_many([TEXTS[1]] * 2, threads=2)
    assert found == restorer.explain(TEXTS[1])
    assert all(edit.confidence >= 0.9 for edit in found.edits)
    assert "旌旗灯号" in found.text


def test_what_is_no_text_gives_its_error_in_its_place(restorer: Restorer) -> None:
    for threads in (1, 2):
        first, wrong, last = restorer.explain_many([TEXTS[2], None, TEXTS[2]], threads, on_error="return")  # type: ignore[list-item]
        assert first == last == restorer.explain(TEXTS[2])
        assert isinstance(wrong, TextTypeError)


@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_no_text_ends_the_run_behind_the_texts_before_it(restorer: Restorer, threads: int) -> None:
    found = restorer.explain_many([TEXTS[2], None, TEXTS[2]], threads)  # type: ignore[list-item]
    assert next(found) == restorer.explain(TEXTS[2])
    with pytest.raises(TextTypeError, match="empty cells"):
        next(found)
    with pytest.raises(UsageError, match="unknown on_error 'skip': choose raise, return"):
        restorer.explain_many(TEXTS, threads, on_error="skip")  # type: ignore[call-overload]


@pytest.mark.parametrize("threads", [0, -1])
def test_less_than_one_thread_is_refused(restorer: Restorer, threads: int) -> None:
    with pytest.raises(UsageError, match="give 1 or more"):
        restorer.explain_many(TEXTS, threads)


def test_texts_are_taken_a_few_ahead() -> None:
    taken = 0

    def supply() -> Iterator[int]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield number

    results = in_order(supply(), [lambda value: 2 * value] * 2)
    assert [next(results) for _ in range(5)] == [0, 2, 4, 6, 8]
    assert taken <= 5 + 2 * AHEAD
    results.close()  # type: ignore[attr-defined]
    assert taken < 20


def test_what_the_texts_raise_is_raised_in_its_turn() -> None:
    def supply() -> Iterator[int]:
        yield from range(3)
        raise OSError("cut off")

    found = in_order(supply(), [str, str])
    assert [next(found) for _ in range(3)] == ["0", "1", "2"]
    with pytest.raises(OSError, match="cut off"):
        next(found)


def test_short_texts_are_handed_over_together() -> None:
    short, long = "字" * 100, "字" * (3 * TOGETHER)
    found = list(groups([long, *[short] * (TOGETHER // 100), long, *[None] * (MOST_TOGETHER + 1)]))
    assert list(map(len, found)) == [1, TOGETHER // 100, 1, MOST_TOGETHER, 1]
    assert list(groups([])) == []


def test_what_a_group_raises_is_raised_behind_the_texts_before_it(restorer: Restorer) -> None:
    def supply() -> Iterator[str]:
        yield from TEXTS
        raise OSError("cut off")

    found = restorer.explain_many(supply(), threads=2)
    assert [next(found) for _ in TEXTS] == [restorer.explain(text) for text in TEXTS]
    with pytest.raises(OSError, match="cut off"):
        next(found)


def test_a_hand_is_called_by_one_thread_at_a_time() -> None:
    busy = [threading.Lock(), threading.Lock()]

    def hand(lock: threading.Lock, value: int) -> int:
        assert lock.acquire(blocking=False)
        lock.release()
        return value

    assert list(in_order(range(200), [partial(hand, lock) for lock in busy])) == list(range(200))


def test_a_program_is_run_backwards_by_several_threads_at_once() -> None:
    line = "工作人员表示，新馆增加了三个阅览室，希望大家经常来看书，并且帮助管理图书，市民获得方便，孩子们感到高兴。"
    program = spinner("synonyms")
    texts = [program.spin(f"第{number}次通知。{line}\n" * (2 + number % 3)).text for number in range(12)]
    shared = Restorer()
    alone = [shared.explain(text) for text in texts]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as threads:
            for _ in range(4):
                assert list(threads.map(shared.explain, texts)) == alone
    finally:
        sys.setswitchinterval(interval)
