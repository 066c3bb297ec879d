"""`despin learn spinner`: what it refuses, writes and prints; what is learned is the learner's affair."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from despin.cli import spinner as command
from despin.cli.main import main
from despin.learning.spinner import Learned
from despin.learning.texts import Text
from despin.lm.ngram import DEFAULT_MODEL
from despin.spinners.segmented import Segmented

Run = Callable[..., tuple[int, str, str]]
FIGURES = {"precision": 0.9, "recall": 0.875, "found at 100": 0.5}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Segmented]:
    """The spinners that were learned for; a stand-in learns nothing from them."""
    spinners: list[Segmented] = []

    def learn(spinner: Segmented, model: str, texts: Sequence[Text], most_bytes: int) -> Learned:
        assert model == str(DEFAULT_MODEL)
        assert most_bytes == command.MOST_BYTES
        assert [text.text for text in texts] == ["一篇没有人改过的文章。", "另一篇。"]
        spinners.append(spinner)
        return Learned(b"weights", FIGURES)

    monkeypatch.setattr("despin.learning.spinner.learn_spinner", learn)
    return spinners


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESPIN_LEXICON", raising=False)
    rows = [{"id": str(n), "text": text} for n, text in enumerate(("一篇没有人改过的文章。", "另一篇。"))]
    Path("clean.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["learn", "spinner", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_weights_and_figures(run: Run, asked: list[Segmented]) -> None:
    code, out, err = run("betting-seo", "clean.jsonl", "-o", "weights.bin")
    assert code == 0
    assert out.splitlines() == ["precision     0.9000", "recall        0.8750", "found at 100  0.5000"]
    assert err == "weights.bin: 7 bytes, from 2 documents of 15 characters\n"
    assert Path("weights.bin").read_bytes() == b"weights"
    assert asked[0].flags == {"v", "a", "d", "ad", "an"}


def test_a_variant_as_json(run: Run, asked: list[Segmented]) -> None:
    code, out, err = run("betting-seo", "clean.jsonl", "-o", "weights.bin", "--variant", "ranks", "--json")
    assert code == 0
    row: dict[str, Any] = json.loads(out)
    assert (row["family"], row["documents"], row["bytes"], row["figures"]) == ("betting-seo", 2, 7, FIGURES)
    assert tuple(row["program"]["rank"]) == asked[0].ranks == (1, 2, 3)
    assert err.startswith("ranks: learned for the first of its ranks\n")


@pytest.mark.usefixtures("asked")
def test_too_many_weights_are_not_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("weights.bin").write_bytes(b"old")
    monkeypatch.setattr(command, "MOST_BYTES", 6)
    code, out, err = run("betting-seo", "clean.jsonl", "-o", "weights.bin")
    assert (code, out) == (5, "")
    assert "the weights take 7 bytes, more than 6; nothing is written: learn from less text" in err
    assert Path("weights.bin").read_bytes() == b"old"


@pytest.mark.usefixtures("asked")
def test_mistakes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments, code, said in (
        (("betting", "clean.jsonl", "-o", "w"), 2, "did you mean betting-seo?"),
        (
            ("classic-list", "clean.jsonl", "-o", "w"),
            2,
            "is no program but a list of entries; programs are betting-seo",
        ),
        (("betting-seo", "clean.jsonl", "-o", "w", "--variant", "x"), 2, "there are few-flags, nouns, ranks"),
        (("betting-seo", "none.jsonl", "-o", "w"), 3, "none.jsonl"),
        (("betting-seo", "clean.jsonl", "-o", "clean.jsonl"), 2, "would be overwritten"),
        (("betting-seo", "clean.jsonl"), 2, "-o/--output"),
        (("betting-seo", "clean.jsonl", "-o", "no/where"), 5, "its folder does not exist"),
    ):
        found = run(*arguments)
        assert found[0] == code, found
        assert said in found[2]
    monkeypatch.setattr(command.options, "find_spec", lambda name: None)
    assert "pip install 'despin[learn]'" in run("betting-seo", "clean.jsonl", "-o", "w")[2]
    assert not Path("w").exists()


def test_too_few_texts(run: Run) -> None:
    code, _, err = run("betting-seo", "clean.jsonl", "-o", "weights.bin")
    assert code == 2
    assert "too few texts" in err or "compiled kernel" in err
    assert not Path("weights.bin").exists()
