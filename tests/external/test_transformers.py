"""The adapter for `transformers`, with tiny models that the test makes: their numbers are those of torch itself."""

from __future__ import annotations

import pickle
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from despin.errors import ModelError, UsageError
from despin.external import transformers as adapter
from despin.external.asking import UserModel
from despin.external.scorer import named

needs_transformers = pytest.mark.skipif(
    find_spec("transformers") is None or find_spec("torch") is None, reason="the package transformers is not installed"
)
CHARACTERS = "甲乙丙丁戊己庚辛壬癸，。"


def tokenizer(folder: Path) -> Any:
    """A tokenizer of single characters, saved to a folder."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *CHARACTERS]
    own = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    own.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    own.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    named = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}
    made = PreTrainedTokenizerFast(tokenizer_object=own, pad_token="[PAD]", **named)
    made.save_pretrained(folder)
    return made


def causal(folder: Path) -> Any:
    """A tiny causal model that knows nothing, saved to a folder."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(1)
    model = GPT2LMHeadModel(GPT2Config(vocab_size=17, n_positions=64, n_embd=8, n_layer=2, n_head=2)).eval()
    model.save_pretrained(folder)
    return model


def masked(folder: Path) -> Any:
    """A tiny masked model that knows nothing, saved to a folder."""
    import torch
    from transformers import BertConfig, BertForMaskedLM

    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=17, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=64,
    )  # fmt: skip
    model = BertForMaskedLM(config).eval()
    model.save_pretrained(folder)
    return model


@needs_transformers
def test_a_causal_model_says_the_sum_over_all_characters(tmp_path: Path) -> None:
    import torch

    words, model = tokenizer(tmp_path), causal(tmp_path)
    texts = ["甲乙丙", "丁", "甲乙丙，丁戊己。", "庚辛", "壬癸。"]
    wanted = []
    for text in texts:
        tokens = [2, *words.convert_tokens_to_ids(list(text))]
        with torch.no_grad():
            said = model(torch.tensor([tokens])).logits[0].log_softmax(-1)
        wanted.append(sum(float(said[place, token]) for place, token in enumerate(tokens[1:])))
    assert UserModel(named(f"transformers:{tmp_path}")).log_probabilities(texts) == pytest.approx(wanted, abs=1e-4)


@needs_transformers
def test_a_masked_model_says_the_sum_over_hidden_characters(tmp_path: Path) -> None:
    import torch

    words, model = tokenizer(tmp_path), masked(tmp_path)
    text = "甲乙丙，丁戊"
    tokens = words(text)["input_ids"]
    wanted = 0.0
    for place in range(1, len(tokens) - 1):
        hidden = [*tokens[:place], words.mask_token_id, *tokens[place + 1 :]]
        with torch.no_grad():
            wanted += float(model(torch.tensor([hidden])).logits[0, place].log_softmax(-1)[tokens[place]])
    assert named(f"transformers:{tmp_path}").log_probabilities([text, "甲"])[0] == pytest.approx(wanted, abs=1e-4)


@needs_transformers
def test_a_pickled_model_is_read_again(tmp_path: Path) -> None:
    tokenizer(tmp_path)
    causal(tmp_path)
    own = named(f"transformers:{tmp_path}")
    said = own.log_probabilities(["甲乙"])
    assert pickle.loads(pickle.dumps(own)).log_probabilities(["甲乙"]) == said


@needs_transformers
def test_a_broken_model_is_a_failure_when_it_is_first_asked(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    own = named(f"transformers:{tmp_path}")
    with pytest.raises((OSError, ValueError, KeyError)):
        own.log_probabilities(["甲"])


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ModelError, match=r"config\.json is missing\); nothing is downloaded"):
            named(f"transformers:{folder}")


def test_without_the_package_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setattr(adapter, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'despin\[transformers\]'"):
        named(f"transformers:{tmp_path}")
