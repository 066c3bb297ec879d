"""What a user's model is asked, how often, and what becomes of a model that fails."""

from __future__ import annotations

import math
import pickle
import threading
import time
from collections.abc import Sequence

import pytest

from despin.errors import DespinWarning, ScorerError
from despin.external import asking
from despin.external.asking import BATCH, FAILURES, Asking, UserModel
from despin.results import Scored


class Lengths:
    """Says of a text how long it is, with a minus."""

    name = "lengths"

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        self.calls.append(list(texts))
        return [-float(len(text)) for text in texts]


class Answers:
    """Answers whatever it was given, or raises it; or waits."""

    def __init__(self, *answers: object, timeout: float = 60.0) -> None:
        self.answers, self.timeout, self.asked = list(answers), timeout, 0

    def log_probabilities(self, texts: Sequence[str]) -> object:
        self.asked += 1
        #: Whether the process may end while this one is asked.
        self.ends = threading.current_thread().daemon
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, threading.Event):
            answer.wait(60)
        return answer


def model(scorer: object) -> UserModel:
    return UserModel(scorer)  # type: ignore[arg-type]


def test_texts_are_asked_in_batches_and_come_back_in_order() -> None:
    own = Lengths()
    texts = ["字" * number for number in range(1, 2 * BATCH + 2)]
    assert UserModel(own).log_probabilities(texts) == [-float(number) for number in range(1, 2 * BATCH + 2)]
    assert [len(call) for call in own.calls] == [BATCH, BATCH, 1]


def test_no_text_is_asked_twice_and_all_that_is_asked_is_counted() -> None:
    own = Lengths()
    asked = Asking(UserModel(own), 100)
    assert asked.ask([["甲乙", "甲"], ["甲", "丙丙丙"]]) == [[-2.0, -1.0], [-1.0, -3.0]]
    assert asked.scored() == Scored(3, 6)
    assert asked.ask([["丙丙丙", "甲乙"]]) == [[-3.0, -2.0]]
    assert own.calls == [["甲乙", "甲", "丙丙丙"]]
    # What was said is not said again.
    assert asked.scored() == Scored()


def test_the_budget_is_kept_and_what_does_not_fit_is_counted() -> None:
    own = Lengths()
    asked = Asking(UserModel(own), 5)
    # Four characters; then there is room for a clause of one, and for what is known already.
    assert asked.ask([["甲乙", "丙丁"], ["很长的", "太长了"], ["短"], ["甲乙", "丙丁"]]) == [
        [-2.0, -2.0],
        None,
        [-1.0],
        [-2.0, -2.0],
    ]
    assert asked.scored() == Scored(3, 5, 1)
    assert asked.ask([["新"]]) == [None]
    assert asked.scored() == Scored(0, 0, 1)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ([math.nan, -1.0], "not finite"),
        ([-1.0, -math.inf], "not finite"),
        ([-1.0], "1 values for 2 texts"),
        ([-1.0, -2.0, -3.0], "3 values for 2 texts"),
        (["viel", -1.0], "ValueError"),
        (None, "TypeError"),
        (ValueError("no memory left"), "ValueError: no memory left"),
        (ScorerError("status 500"), "status 500"),
    ],
)
def test_nonsense_is_one_error_and_one_warning(answer: object, reason: str) -> None:
    own = model(Answers(answer))
    with (
        pytest.warns(DespinWarning, match=r"the scorer Answers failed .*; the text is restored without it$") as said,
        pytest.raises(ScorerError, match=reason),
    ):
        own.log_probabilities(["甲", "乙"])
    assert len(said) == 1
    assert reason in str(said[0].message)


def test_a_model_that_keeps_failing_is_given_up() -> None:
    own = Answers(ValueError("broken"))
    asked = model(own)
    with pytest.warns(DespinWarning) as said:
        for _ in range(FAILURES + 3):
            with pytest.raises(ScorerError, match="broken"):
                asked.log_probabilities(["甲"])
    assert own.asked == FAILURES
    assert ["from here on" in str(one.message) for one in said] == [False, True]


def test_a_model_that_fails_now_and_then_is_asked_again() -> None:
    own = Answers(*[ValueError("busy"), [-1.0]] * FAILURES)
    asked = model(own)
    with pytest.warns(DespinWarning):
        for _ in range(FAILURES):
            with pytest.raises(ScorerError):
                asked.log_probabilities(["甲"])
            assert asked.log_probabilities(["甲"]) == [-1.0]


def test_a_model_that_hangs_is_left_and_not_asked_again() -> None:
    waits = threading.Event()
    own = Answers(waits, timeout=0.05)
    asked = model(own)
    with pytest.warns(DespinWarning, match=r"no answer within 0\.05 seconds.*from here on"), pytest.raises(ScorerError):
        asked.log_probabilities(["甲"])
    with pytest.raises(ScorerError, match="no answer"):
        asked.log_probabilities(["甲"])
    waits.set()
    assert (own.asked, own.ends) == (1, True)


def test_a_model_may_take_its_time() -> None:
    class Slow:
        def log_probabilities(self, texts: Sequence[str]) -> list[float]:
            time.sleep(0.1)
            return [-1.0] * len(texts)

    assert UserModel(Slow()).log_probabilities(["甲"]) == [-1.0]


def test_a_failure_half_way_costs_what_was_known_of_no_other_text() -> None:
    own = Answers([-1.0], ValueError("broken"), [-3.0])
    asked = Asking(model(own), 100)
    assert asked.ask([["甲"]]) == [[-1.0]]
    with pytest.warns(DespinWarning), pytest.raises(ScorerError):
        asked.ask([["乙"]])
    assert asked.ask([["甲"], ["乙"]]) == [[-1.0], [-3.0]]


def test_a_model_is_asked_by_one_thread_at_a_time() -> None:
    class Alone:
        inside = most = 0

        def log_probabilities(self, texts: Sequence[str]) -> list[float]:
            self.inside += 1
            self.most = max(self.most, self.inside)
            time.sleep(0.002)
            self.inside -= 1
            return [0.0] * len(texts)

    own = Alone()
    shared = UserModel(own)
    threads = [threading.Thread(target=shared.log_probabilities, args=(["甲"] * 20,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert own.most == 1


def test_a_pickled_model_has_forgotten_its_failures() -> None:
    own = model(Answers(ValueError("broken")))
    with pytest.warns(DespinWarning):
        for _ in range(FAILURES):
            with pytest.raises(ScorerError):
                own.log_probabilities(["甲"])
    again = pickle.loads(pickle.dumps(own))
    again.scorer.answers = [[-1.0]]
    assert again.log_probabilities(["甲"]) == [-1.0]


def test_nothing_to_ask_asks_nobody() -> None:
    own = Lengths()
    assert UserModel(own).log_probabilities([]) == []
    assert own.calls == []
    assert asking.TIMEOUT > 0
