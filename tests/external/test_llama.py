"""The adapter for llama.cpp, with a stand-in for llama-cpp-python that the test makes."""

from __future__ import annotations

import math
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from despin.errors import ModelError, UsageError
from despin.external import llama as adapter
from despin.external.scorer import named

#: Tokens that there are.
SIZE = 4


class Llama:
    """What the adapter asks of `llama_cpp.Llama`: a token a character behind a first one, and of a token that follows
    a token the logit 1 where they are the same, 0 for every other one."""

    made = 0

    def __init__(self, *, model_path: str, logits_all: bool, n_ctx: int, verbose: bool) -> None:
        assert Path(model_path).exists()
        assert (logits_all, verbose) == (True, False)
        Llama.made += 1
        self.n_tokens, self.scores = 0, np.full((n_ctx, SIZE), 7.0)

    def tokenize(self, text: bytes) -> list[int]:
        return [0, *("甲乙丙".index(character) + 1 for character in text.decode("utf-8"))]

    def reset(self) -> None:
        self.n_tokens = 0

    def eval(self, tokens: list[int]) -> None:
        for token in tokens:
            self.scores[self.n_tokens] = [float(one == token) for one in range(SIZE)]
            self.n_tokens += 1

    @staticmethod
    def logits_to_logprobs(logits: Any) -> Any:
        return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that begins as those of llama.cpp do, where llama-cpp-python can be imported."""
    monkeypatch.setitem(sys.modules, "llama_cpp", SimpleNamespace(Llama=Llama))  # type: ignore[arg-type]
    monkeypatch.setattr(adapter, "find_spec", lambda name: name)
    path = tmp_path / "small.gguf"
    path.write_bytes(b"GGUF\3\0\0\0")
    return path


def test_each_text_gets_the_sum_of_its_own_tokens(file: Path) -> None:
    before = Llama.made
    own = named(f"llama:{file}")
    assert Llama.made == before
    total = math.log(math.e + SIZE - 1)
    assert own.log_probabilities(["甲乙丙", "甲甲", ""]) == pytest.approx([-3 * total, 1 - 2 * total, 0.0])
    assert pickle.loads(pickle.dumps(own)).log_probabilities(["乙乙乙"]) == pytest.approx([2 - 3 * total])
    assert Llama.made == before + 2


def test_what_is_no_file_of_llama_is_refused(file: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        named(f"llama:{file}.missing")
    file.write_bytes(b"PK")
    with pytest.raises(ModelError, match=r"no file of llama\.cpp"):
        named(f"llama:{file}")


def test_without_the_package_the_extra_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'despin\[llama\]'"):
        named(f"llama:{file}")
