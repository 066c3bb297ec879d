"""A causal or masked model in a folder, as the package `transformers` saves them.

Nothing is downloaded, and no code of the folder is run. A causal model reads a text once. A masked model reads it once
for every token, which is hidden then: their sum stands for the log probability (pseudo-log-likelihood).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from despin.errors import ModelError, UsageError


class Transformers:
    """The model of a folder, loaded when it is first asked; picklable without it. Raises `ModelError` for a folder that
    is missing or holds no model, `UsageError` where transformers or torch are not installed."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self.name = f"transformers:{self.folder.name}"
        if not (self.folder / "config.json").is_file():
            raise ModelError(f"{folder}: is no folder with a model (config.json is missing); nothing is downloaded")
        if find_spec("transformers") is None or find_spec("torch") is None:
            raise UsageError(f"{self.name} needs an extra: pip install 'despin[transformers]'")

    def __reduce__(self) -> tuple[type[Transformers], tuple[str]]:
        return Transformers, (str(self.folder),)

    @cached_property
    def _loaded(self) -> tuple[Any, Any, bool, str]:
        """A tokenizer, its model, whether that is masked, and the machine that it is on."""
        import torch
        import transformers

        own = {"local_files_only": True, "trust_remote_code": False}
        config = transformers.AutoConfig.from_pretrained(self.folder, **own)
        masked = any(name.endswith("ForMaskedLM") for name in config.architectures or ())
        made = transformers.AutoModelForMaskedLM if masked else transformers.AutoModelForCausalLM
        device = "cuda" if torch.cuda.is_available() else "cpu"
        model = made.from_pretrained(self.folder, **own).to(device).eval()
        return transformers.AutoTokenizer.from_pretrained(self.folder, **own), model, masked, device

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        """The log probability of each text; of a masked model the sum over its tokens, each hidden in its turn."""
        tokenizer, _, masked, _ = self._loaded
        if masked:
            return [self._masked(text) for text in texts]
        begins = (tokenizer.bos_token_id, tokenizer.cls_token_id, tokenizer.eos_token_id)
        first = [one for one in begins if one is not None][:1]
        rows = [first + tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
        found: list[float] = []
        for group, logits in self._read(rows):
            for row, said in zip(group, logits, strict=True):
                steps = said[: len(row) - 1].log_softmax(-1)
                found.append(sum(steps[place, token].item() for place, token in enumerate(row[1:])))
        return found

    def _masked(self, text: str) -> float:
        tokenizer = self._loaded[0]
        whole = tokenizer(text, return_special_tokens_mask=True)
        tokens = whole["input_ids"]
        places = [place for place, special in enumerate(whole["special_tokens_mask"]) if not special]
        rows = [[*tokens[:place], tokenizer.mask_token_id, *tokens[place + 1 :]] for place in places]
        said = (row for _, logits in self._read(rows) for row in logits)
        steps = zip(places, said, strict=True)
        return float(sum(row[place].log_softmax(-1)[tokens[place]].item() for place, row in steps))

    def _read(self, rows: Sequence[list[int]]) -> Iterator[tuple[Sequence[list[int]], Any]]:
        """Some rows of tokens at a time, with what the model says at each place of each."""
        import torch

        _, model, _, device = self._loaded
        # A few at a time: what comes out has a number for each word of the vocabulary at each place.
        for first in range(0, len(rows), 4):
            group = rows[first : first + 4]
            width = max(map(len, group))
            tokens = [row + [0] * (width - len(row)) for row in group]
            marks = [[1] * len(row) + [0] * (width - len(row)) for row in group]
            with torch.inference_mode():
                read = model(
                    input_ids=torch.tensor(tokens, device=device), attention_mask=torch.tensor(marks, device=device)
                )
            yield group, read.logits.float().cpu()
