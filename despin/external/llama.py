"""A model in a file of llama.cpp, asked through llama-cpp-python."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from despin.errors import ModelError, UsageError


class Llama:
    """The model of a GGUF file, loaded when it is first asked; picklable without it. Raises `ModelError` for a file
    that is missing or none of llama.cpp, `UsageError` where llama-cpp-python is not installed."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.name = f"llama:{self.path.name}"
        try:
            with self.path.open("rb") as file:
                head = file.read(4)
        except OSError as error:
            raise ModelError(
                f"{path}: cannot be read ({error.strerror}); name a file such as llama:FILE.gguf"
            ) from None
        if head != b"GGUF":
            raise ModelError(f"{path}: is no file of llama.cpp (GGUF)")
        if find_spec("llama_cpp") is None:
            raise UsageError(f"{self.name} needs an extra: pip install 'despin[llama]'")

    def __reduce__(self) -> tuple[type[Llama], tuple[str]]:
        return Llama, (str(self.path),)

    @cached_property
    def _model(self) -> Any:
        import llama_cpp

        # A clause with what stands around it has fewer tokens.
        return llama_cpp.Llama(model_path=str(self.path), logits_all=True, n_ctx=512, verbose=False)

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        """The log probability of each text; of a model whose texts begin with no token of their own, but for the first
        token."""
        return list(map(self._of, texts))

    def _of(self, text: str) -> float:
        model = self._model
        tokens = model.tokenize(text.encode("utf-8"))
        model.reset()
        model.eval(tokens)
        said = model.logits_to_logprobs(model.scores[: max(0, len(tokens) - 1)])
        return sum(float(row[token]) for row, token in zip(said, tokens[1:], strict=True))
