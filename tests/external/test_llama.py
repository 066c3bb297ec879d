"""The adapter for llama.cpp, with a stand-in for llama-cpp-python that the test makes."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from despin.errors import ModelError, ScorerError, UsageError
from despin.external import llama as adapter
from despin.external.scorer import named


class Llama:
    """What the adapter asks of `llama_cpp.Llama`: a character is as likely as the settings say."""

    made = 0

    def __init__(self, *, model_path: str, logits_all: bool, n_ctx: int, verbose: bool) -> None:
        assert Path(model_path).exists()
        assert (logits_all, verbose) == (True, False)
        Llama.made += 1

    def create_completion(self, prompt: str, **asked: Any) -> dict[str, Any]:
        assert asked == {"max_tokens": 1, "temperature": 0.0, "echo": True, "logprobs": 1}
        if "毒" in prompt:
            return {"choices": [{"text": "", "logprobs": None}]}
        values = [None, *[-0.5] * (len(prompt) - 1), -7.0]
        return {"choices": [{"text": prompt + "尾", "logprobs": {"token_logprobs": values}}]}


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
    assert own.log_probabilities(["甲乙丙", "甲乙"]) == [-1.0, -0.5]
    assert pickle.loads(pickle.dumps(own)).log_probabilities(["甲乙"]) == [-0.5]
    assert Llama.made == before + 2


def test_what_is_no_answer_is_an_error(file: Path) -> None:
    with pytest.raises(ScorerError, match="echo"):
        named(f"llama:{file}").log_probabilities(["毒"])


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
