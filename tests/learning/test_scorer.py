"""`despin learn scorer`: what it refuses, writes and prints; what torch learns is what the compiled network says."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import random
import signal
import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import scorer_kit as kit
from learn_kit import articles

from despin.cli import scorer as command
from despin.cli.main import main
from despin.errors import DespinError, InputError, ModelError, UsageError
from despin.learning import figures
from despin.learning import scorer as learner
from despin.learning.batches import Asked, beside
from despin.learning.examples import Contested, Examples
from despin.learning.features import Batch, Chunk, hash_of, packed
from despin.learning.kinds import read_kinds
from despin.learning.network import Sizes, arrays_of, begin, scores, vocabulary, weights_of
from despin.lm.scorer import open_scorer, write_scorer

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="the package torch is not installed")
Run = Callable[..., tuple[int, str, str]]
SMALL = Sizes(width=16, narrow=4, hidden=16, axes=16, dilations=(1, 2), characters=500)
FIGURES = {"program": {"places": 1200, "right": 0.9, "changed": 300, "right of changed": 0.8, "loss": 0.31}}
REPORT: dict[str, Any] = {
    "bytes": 7,
    "corpus": {"clean": {"documents": 9, "held": 1, "characters": 1234}},
    "figures": {"all": FIGURES, "clean": FIGURES},
}


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    """A file of sixty documents."""
    texts = [text[at : at + 200] for text in articles() for at in range(0, len(text) - 200, 100)]
    rows = [json.dumps({"text": texts[number % len(texts)]}, ensure_ascii=False) for number in range(60)]
    path = tmp_path / "clean.jsonl"
    path.write_text("\n".join(rows), "utf-8")
    return str(path)


@pytest.fixture
def run(tmp_path: Path, corpus: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command.options, "find_spec", lambda name: name)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["learn", "scorer", *arguments])
        return (code, *capsys.readouterr())

    return call


# ---------------------------------------------------------------- the command


def test_figures_and_report(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def learn(plan: learner.Plan, output: str, resume: bool) -> dict[str, Any]:
        assert (plan.corpus, plan.steps, plan.seed, plan.threads) == (["clean.jsonl"], 5, 3, 2)
        assert (output, resume) == ("a.scorer", False)
        return REPORT

    monkeypatch.setattr(learner, "learn_scorer", learn)
    options = ["--steps", "5", "--seed", "3", "--threads", "2", "--report", "a.json"]
    code, out, err = run("clean.jsonl", "-o", "a.scorer", *options)
    assert code == 0
    assert out.splitlines()[1:] == [
        f"{name:5}  program     1,200  0.9000      0.8000 0.3100" for name in ("all", "clean")
    ]
    assert err == "a.scorer: 7 bytes, from 9 documents of 1,234 characters\n"
    assert json.loads(Path("a.json").read_text("utf-8")) == REPORT


def test_what_cannot_be_done_is_said_before_anything_is_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner, "learn_scorer", lambda *_: pytest.fail("it was tried"))
    Path("folder").mkdir()
    Path("old.checkpoint").write_bytes(b"")
    before = sorted(os.listdir())
    for arguments, code, said in (
        (("clean.jsonl",), 2, "-o/--output"),
        (("clean.jsonl", "-o", "clean.jsonl"), 2, "clean.jsonl would be overwritten"),
        (("clean.jsonl", "-o", "a", "--report", "a"), 2, "a would be overwritten"),
        (("clean.jsonl", "-o", "a", "--report", "./clean.jsonl"), 2, "clean.jsonl would be overwritten"),
        (("clean.jsonl", "-o", "a", "--report", "a.checkpoint"), 2, "a.checkpoint would be overwritten"),
        (("none.jsonl", "-o", "a"), 3, "none.jsonl: is no file"),
        (("folder", "-o", "a"), 3, "folder: is no file; name files of JSON lines"),
        (("clean.jsonl", "-o", "no/a"), 5, "no/a: its folder does not exist"),
        (("clean.jsonl", "-o", "folder"), 5, "folder: is a folder; name a file"),
        (("clean.jsonl", "-o", os.devnull), 5, "a pipe or a device"),
        (("clean.jsonl", "-o", "a", "--report", "no/b"), 5, "no/b: its folder does not exist"),
        (("clean.jsonl", "-o", "a", "--steps", "0"), 2, "whole number above 0"),
        (("clean.jsonl", "-o", "a", "--steps", "99999999999"), 2, "10,000,000 at most"),
        (("clean.jsonl", "-o", "a", "--resume"), 2, "a.checkpoint: there is no run to go on with; leave --resume out"),
        (("clean.jsonl", "-o", "old"), 2, "old.checkpoint: a run was stopped: go on with --resume, or delete it"),
    ):
        found = run(*arguments)
        assert found[0] == code, found
        assert said in found[2]
    monkeypatch.setattr(command.options, "find_spec", lambda name: None if name == "torch" else name)
    assert "pip install 'despin[scorer]'" in run("clean.jsonl", "-o", "a")[2]
    assert sorted(os.listdir()) == before


def test_a_run_that_is_stopped_says_how_it_goes_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(plan: learner.Plan, output: str, resume: bool) -> dict[str, Any]:
        learner.checkpoint_of(output).write_bytes(b"")
        raise KeyboardInterrupt

    monkeypatch.setattr(learner, "learn_scorer", stop)
    code, _, err = run("clean.jsonl", "-o", "a")
    assert code == 130
    assert "a: not learned to the end; go on with the same command and --resume" in err


# ---------------------------------------------------------------- batches and figures


def test_words_have_the_rows_that_the_kernel_reads() -> None:
    for word in ("", "的", "使用", "𠀀外", "a" * 9):
        assert hash_of(word) == kit._hash(word)


def test_a_batch_holds_each_pair_once() -> None:
    numbers = {"使": 2, "用": 3, "应": 4}
    chunks = [
        Chunk(0, 0, "应用，应用", [Contested(0, 2, ("使用",), 1), Contested(3, 5, ("使用",), 0)]),
        Chunk(2, 1, "应用", [Contested(0, 2, ("使用", "用的时候长得很"), 2)]),
    ]
    batch = packed(chunks, numbers, lambda word: float(len(word)))
    assert batch.characters[0, :7].tolist() == [0, 4, 3, 1, 4, 3, 0]
    assert batch.pairs.tolist() == [
        [4, 3, 0, 0, 0, 0, 4, 3, 0, 0, 0, 0], [4, 3, 0, 0, 0, 0, 2, 3, 0, 0, 0, 0], [4, 3, 0, 0, 0, 0, 4, 3, 0, 0, 0, 0],
        [4, 3, 0, 0, 0, 0, 2, 3, 0, 0, 0, 0], [4, 3, 0, 0, 0, 0, 3, 1, 1, 1, 1, 1],
    ]  # fmt: skip
    assert batch.features.tolist() == [
        [2, 2, 1, 1, 0],
        [2, 2, 0, 1, 0],
        [2, 2, 1, 0, 1],
        [2, 2, 0, 0, 1],
        [2, 7, 0, 0, 1],
    ]
    assert batch.places.tolist() == [[0, 1, 2], [0, 4, 5], [1, 1, 2]]
    assert [row[:3] for row in batch.candidates.tolist()] == [[0, 1, -1], [0, 1, -1], [2, 3, 4]]
    assert (batch.labels.tolist(), batch.kinds.tolist(), batch.sources.tolist()) == ([1, 0, 2], [0, 0, 1], [0, 0, 2])


def test_batches_of_another_process_are_those_of_this_one(corpus: str) -> None:
    from despin.learning.batches import segments
    from despin.lm.ngram import LanguageModel
    from despin.lm.scorer import commonness_of

    kinds, counts = read_kinds([corpus])
    asked = Asked(kinds, vocabulary(counts, 300), 1, size=2, segment=3)
    made = segments(asked, examples())
    wanted = [
        (packed(chunks, asked.vocabulary, commonness_of(LanguageModel())), ends)
        for chunks, ends in (next(made) for _ in range(5))
    ]
    with beside(asked, 4, wanted[2][1]) as batches:
        found, ends = next(batches)
    assert ends == wanted[4][1]
    assert all((one == other).all() for one, other in zip(found, wanted[4][0], strict=True))


def test_what_the_other_process_meets_is_raised(corpus: str) -> None:
    asked = Asked(read_kinds([corpus])[0], {}, 1)
    Path(corpus).unlink()
    with beside(asked, 0, []) as batches, pytest.raises(InputError, match="cannot be read"):
        next(batches)


def test_a_process_that_is_gone_is_missed() -> None:
    import queue

    class Gone:
        def is_alive(self) -> bool:
            return False

    class Empty:
        def get(self, timeout: float) -> object:
            raise queue.Empty

    from despin.learning.batches import _taken

    with pytest.raises(DespinError, match="ended unexpectedly, perhaps for lack of memory; continue with --resume"):
        next(_taken(Empty(), Gone()))


def test_figures_count_by_kind_of_text_and_of_channel() -> None:
    import numpy as np

    counts = figures.Counts(["news", "law", "none"])
    given = ([0, 0, 0, 1], [0, 0, 1, 1], [0, 1, 1, 2], [0, 0, 1, 2], [0.1, 2.0, 0.3, 0.4])
    counts.add(*map(np.array, given))
    assert counts.by_source() == {
        "news": {
            "program": {"places": 2, "right": 0.5, "changed": 1, "right of changed": 0.0, "loss": 1.05},
            "table": {"places": 1, "right": 1.0, "changed": 1, "right of changed": 1.0, "loss": 0.3},
        },
        "law": {"table": {"places": 1, "right": 1.0, "changed": 1, "right of changed": 1.0, "loss": 0.4}},
    }
    assert counts.all()["table"] == {"places": 2, "right": 1.0, "changed": 2, "right of changed": 1.0, "loss": 0.35}


def test_a_file_is_asked_as_the_decoder_asks_it(tmp_path: Path) -> None:
    network = open_scorer(kit.write(tmp_path / "a.scorer"))
    places = [Contested(0, 2, ("更高",), 1), Contested(4, 6, ("更高", "更好"), 0)]
    found = figures.by_file(network, [[Chunk(0, 1, "提高人人提高", places)]], ["news"], len).all()["table"]
    own = network.scores("提高人人提高", [(0, 2, 2, [("更高", 2)]), (4, 6, 2, [("更高", 2), ("更好", 2)])], 1)
    assert found["places"] == 2
    assert found["right"] == ((own[0][1] > own[0][0]) + (own[1][0] == max(own[1]))) / 2
    assert found["loss"] > 0


# ---------------------------------------------------------------- torch


@functools.cache
def examples() -> Examples:
    return Examples()


@pytest.fixture
def plan(corpus: str, monkeypatch: pytest.MonkeyPatch) -> learner.Plan:
    """Two steps of a small network; what examples are made with is read once for all tests."""
    monkeypatch.setattr(learner, "Examples", examples)
    return learner.Plan([corpus], steps=2, sizes=SMALL, measured=1, batch=2, segment=2)


def drawn(chance: random.Random, count: int) -> list[Chunk]:
    """Chunks with places, at the first and the last character among them."""
    chunks = []
    for kind in (0, 1):
        text = "".join(chance.choices(kit.CHARACTERS + "外", k=40))
        places = []
        for number in range(count):
            start = (0, 38)[number] if number < 2 else chance.randrange(39)
            words = tuple("".join(chance.choices(kit.CHARACTERS, k=chance.randrange(1, 5))) + "外" for _ in range(3))
            places.append(Contested(start, start + 2, words, 0))
        chunks.append(Chunk(0, kind, text, places))
    return chunks


@needs_torch
def test_the_file_says_what_torch_says(tmp_path: Path) -> None:
    import torch

    torch.manual_seed(1)
    numbers = {one: place + 2 for place, one in enumerate(reversed(kit.CHARACTERS))}
    weights = begin(SMALL, len(numbers) + 2)
    chunks = drawn(random.Random(1), 12)
    batch = packed(chunks, numbers, len)
    with torch.no_grad():
        weights["words"] *= 10
        wanted = scores(weights, SMALL, batch).tolist()
    path = tmp_path / "a.scorer"
    write_scorer(path, *arrays_of(weights, SMALL, numbers))
    network = open_scorer(path)
    found = []
    for chunk in chunks:
        asked = [(a, b, 2, [(one, len(one)) for one in words]) for a, b, words, _ in chunk.places]
        found += network.scores(chunk.text, asked, chunk.kind)
    for one, other in zip(found, wanted, strict=True):
        assert one == pytest.approx(other[: len(one)], abs=0.1)
        assert max(other[len(one) :]) < -1e8


@needs_torch
def test_learning_goes_down(tmp_path: Path) -> None:
    import torch

    torch.manual_seed(1)
    numbers = {one: place + 2 for place, one in enumerate(kit.CHARACTERS)}
    weights = begin(SMALL, len(numbers) + 2)
    state = learner.Training(weights, torch.optim.AdamW(weights.values(), betas=(0.9, 0.98)))
    plan = learner.Plan([], steps=1000, sizes=SMALL)
    batch: Batch = packed(drawn(random.Random(2), 12), numbers, len)
    losses = []
    for state.step in range(200, 230):
        losses.append(learner._step(plan, state, batch))
    assert losses[-1] < 0.8 * losses[0]
    with torch.no_grad():
        weights["query"] *= float("nan")
    with pytest.raises(DespinError, match="the loss is no number after 229 steps"):
        learner._step(plan, state, batch)


@needs_torch
def test_a_scorer_of_two_steps(plan: learner.Plan, tmp_path: Path) -> None:
    output = tmp_path / "a.scorer"
    report = learner.learn_scorer(plan, str(output))
    assert report["bytes"] == output.stat().st_size
    assert report["corpus"] == {"clean": {"documents": 60, "held": 2, "characters": 12_000}}
    assert [one["step"] for one in report["curve"]] == [2]
    # What torch measured in sixteen bits, and the file itself.
    for channel, one in report["figures"]["all"].items():
        other = report["curve"][0]["held"][channel]
        assert one["places"] == other["places"]
        assert one["loss"] == pytest.approx(other["loss"], abs=0.1)
    assert report["figures"]["clean"] == report["figures"]["all"]
    assert sorted(os.listdir(tmp_path)) == ["a.scorer", "clean.jsonl"]
    json.dumps(report)


@needs_torch
def test_a_run_begins_with_the_weights_of_a_scorer(plan: learner.Plan, tmp_path: Path) -> None:
    first, again = tmp_path / "first.scorer", tmp_path / "again.scorer"
    learner.learn_scorer(plan, str(first))
    weights, sizes, characters = weights_of(first)
    assert sizes.width == SMALL.width
    write_scorer(again, *arrays_of(weights, sizes, characters))
    other = weights_of(again)
    assert other[1:] == (sizes, characters)
    assert sorted(other[0]) == sorted(weights)
    for name, one in weights.items():
        assert float((other[0][name] - one).abs().max()) < 1e-5
    report = learner.learn_scorer(dataclasses.replace(plan, start=str(first), sizes=Sizes()), str(again))
    assert report["start"] == str(first)
    assert again.read_bytes() != first.read_bytes()
    with pytest.raises(ModelError, match="is no file of arrays"):
        weights_of(Path(plan.corpus[0]))


@needs_torch
def test_a_run_that_is_stopped_and_goes_on_is_the_same(
    plan: learner.Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, output = tmp_path / "whole.scorer", tmp_path / "a.scorer"
    plan = learner.Plan(plan.corpus, steps=5, sizes=SMALL, measured=1, batch=2, segment=2)
    learner.learn_scorer(plan, str(whole))
    taken = 0
    step = learner._step

    def stopped(*arguments: Any) -> float:
        nonlocal taken
        taken += 1
        if taken == 3:  # in the middle of a segment
            signal.raise_signal(signal.SIGINT)
        return step(*arguments)

    monkeypatch.setattr(learner, "_step", stopped)
    with pytest.raises(KeyboardInterrupt):
        learner.learn_scorer(plan, str(output))
    assert taken == 3
    assert not output.exists()
    checkpoint = learner.checkpoint_of(str(output))
    saved = checkpoint.read_bytes()
    with pytest.raises(UsageError, match=r"is of another run \(steps, seed differ\)"):
        learner.learn_scorer(learner.Plan(plan.corpus, 6, 2, 1, SMALL, 1, 2, 2), str(output), resume=True)
    for data in (b"", saved[:-1000], b"x" * 1000):
        checkpoint.write_bytes(data)
        with pytest.raises(InputError, match="delete it, and begin anew without --resume"):
            learner.learn_scorer(plan, str(output), resume=True)
    checkpoint.write_bytes(saved)
    report = learner.learn_scorer(plan, str(output), resume=True)
    assert taken == 5
    assert [one["step"] for one in report["curve"]] == [5]
    assert output.read_bytes() == whole.read_bytes()
    assert not checkpoint.exists()


@needs_torch
def test_too_few_texts(tmp_path: Path) -> None:
    path = tmp_path / "clean.jsonl"
    path.write_text('{"text": "一篇没有人改过的文章。"}\n' * 5, "utf-8")
    with pytest.raises(UsageError, match="too few texts to learn from: give files of more than 7 documents"):
        learner.learn_scorer(learner.Plan([str(path)]), str(tmp_path / "a.scorer"))
    assert os.listdir(tmp_path) == ["clean.jsonl"]


def test_ctrl_c_pressed_twice_is_an_interrupt_as_ever() -> None:
    before = signal.getsignal(signal.SIGINT)
    with learner._stoppable() as stopped:
        assert not stopped()
        signal.raise_signal(signal.SIGINT)
        assert stopped()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    found = []

    def elsewhere() -> None:
        with learner._stoppable() as pressed:
            found.append(pressed())

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found == [False]
