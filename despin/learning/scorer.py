"""The scorer, learned by spinning: a small network that says how well each original fits at each place of a page. Needs
torch and numpy.

A run saves its state beside the output (`checkpoint_of`) after every segment of batches, and where it is stopped; one
that goes on from there does what it would have done.
"""

from __future__ import annotations

import io
import math
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from despin.errors import DespinError, InputError, UsageError
from despin.fingerprint import model_digest
from despin.learning import figures
from despin.learning.batches import Asked, beside, segments
from despin.learning.examples import Examples
from despin.learning.features import Batch, Chunk, packed
from despin.learning.kinds import Kind, read_kinds
from despin.learning.network import Sizes, arrays_of, begin, scores, vocabulary, weights_of
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import commonness_of, open_scorer, write_scorer
from despin.progress import Progress
from despin.text import writing
from despin.tuning import Spinning, Steps

if TYPE_CHECKING:
    from despin.learning.network import Weights

#: The form of a checkpoint.
_FORM = 2


@dataclass(frozen=True)
class Plan:
    """What is to be learned: files of clean texts, steps, the seed of all that is drawn, threads of torch, the
    network's sizes; the scorer's file whose weights (and sizes) it begins with, if any, at half the rate."""

    corpus: Sequence[str]
    steps: int = 12_000
    seed: int = 1
    threads: int = 1
    sizes: Sizes = field(default_factory=Sizes)
    measured: int = Steps.measured
    batch: int = Steps.batch
    segment: int = Steps.segment
    start: str | None = None


@dataclass
class Training:
    """Where a run is: weights and optimizer; steps done; documents taken of each kind before this segment; figures on
    the way; seconds; the loss of so many steps since the last figures."""

    weights: Weights
    optimizer: Any
    step: int = 0
    taken: list[int] = field(default_factory=list)
    curve: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    lost: float = 0.0
    counted: int = 0


def checkpoint_of(output: str) -> Path:
    """Where a run that writes `output` saves its state."""
    return Path(f"{output}.checkpoint")


def learn_scorer(plan: Plan, output: str, resume: bool = False) -> dict[str, Any]:
    """Learn a scorer, write it to `output`, and return the report. `resume` goes on from where a run was stopped.

    Raises `InputError` for a corpus or a checkpoint that cannot be read, `UsageError` where there is too little text or
    another run is to be resumed, `OutputError`, and `KeyboardInterrupt` where the run is stopped; its state is saved
    then.
    """
    import torch

    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    with Progress("reading", sum(os.path.getsize(path) for path in plan.corpus if os.path.exists(path))) as progress:
        kinds, counts = read_kinds(plan.corpus, progress.add)
    _check(kinds)
    examples = Examples()
    if plan.start:
        weights, sizes, characters = weights_of(Path(plan.start))
        plan = replace(plan, sizes=sizes)
    else:
        weights, characters = {}, _vocabulary(examples, counts, plan.sizes)
    asked = Asked(kinds, characters, plan.seed, size=plan.batch, segment=plan.segment)
    state = _state(plan, asked, weights, checkpoint_of(output) if resume else None)
    common, names = commonness_of(LanguageModel()), [kind.name for kind in kinds]
    with beside(asked, state.step, state.taken) as batches:
        held = _held(asked, examples, plan.measured)
        own = [packed(chunks, asked.vocabulary, common) for chunks in held]
        _learn(plan, state, batches, own, names, lambda: _save(plan, asked, state, output))
    write_scorer(Path(output), *arrays_of(state.weights, plan.sizes, asked.vocabulary))
    with Progress("measuring", sum(map(len, held))) as progress:
        counted = figures.by_file(open_scorer(Path(output)), held, names, common, progress.add)
    checkpoint_of(output).unlink(missing_ok=True)
    return {**_report(plan, asked, state, output), "figures": {"all": counted.all(), **counted.by_source()}}


def _check(kinds: Sequence[Kind]) -> None:
    """Raise `UsageError` where there are too few texts to learn from and to hold out."""
    if not sum(kind.held_characters for kind in kinds) or sum(kind.characters for kind in kinds) < Steps.shortest:
        raise UsageError(
            f"too few texts to learn from: give files of more than {Spinning.first_held} documents, "
            "better of thousands, a kind of text each"
        )


def _vocabulary(examples: Examples, counts: Counter[str], sizes: Sizes) -> dict[str, int]:
    """The numbers of characters that are told apart: frequent in texts, or in words that are exchanged."""
    counts = Counter(counts)
    for pool in (examples.lists, examples.near):
        for word in (*pool.forms, *pool.originals):
            counts.update(word)
    return vocabulary(counts, sizes.characters)


def _held(asked: Asked, examples: Examples, count: int) -> list[list[Chunk]]:
    """The chunks of batches of held-out documents."""
    made = segments(replace(asked, held=True), examples)
    with Progress("held-out examples", count) as progress:
        found = []
        for _ in range(count):
            found.append(next(made)[0])
            progress.add(1)
    return found


def _learn(
    plan: Plan, state: Training, batches: Iterator[tuple[Batch, list[int]]], held: Sequence[Batch],
    sources: Sequence[str], save: Callable[[], None],
) -> None:  # fmt: skip
    """Take what steps are left. Raises `KeyboardInterrupt` after the state is saved, where the run is stopped."""
    import torch

    def asked(batch: Batch) -> Any:
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            return scores(state.weights, plan.sizes, batch).numpy()

    began = time.monotonic() - state.seconds
    with _stoppable() as stopped, Progress("learning", plan.steps) as progress:
        progress.add(state.step)
        while state.step < plan.steps:
            batch, taken = next(batches)
            state.lost += _step(plan, state, batch)
            state.counted += 1
            state.step += 1
            state.taken = taken or state.taken
            progress.add(1)
            if state.step % Steps.pause == 0 or state.step == plan.steps:
                found = figures.by_batches(asked, held, sources).all()
                state.curve.append({"step": state.step, "loss": round(state.lost / state.counted, 4), "held": found})
                state.lost, state.counted = 0.0, 0
            state.seconds = time.monotonic() - began
            if taken or stopped():
                save()
            if stopped():
                raise KeyboardInterrupt


def _step(plan: Plan, state: Training, batch: Batch) -> float:
    """Take one step, and return the loss. Raises `DespinError` where it is no number."""
    import torch
    from torch.nn import functional

    rate = (
        (Steps.rate / 2 if plan.start else Steps.rate)
        * min(1.0, (state.step + 1) / Steps.rising)
        * (0.5 + 0.5 * math.cos(math.pi * state.step / plan.steps))
    )
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    with torch.autocast("cpu", torch.bfloat16):
        found = scores(state.weights, plan.sizes, batch, learning=True)
    loss = functional.cross_entropy(found, torch.from_numpy(batch.labels))
    if not math.isfinite(loss.item()):
        raise DespinError(f"the loss is no number after {state.step:,} steps: begin anew with another --seed")
    state.optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(list(state.weights.values()), Steps.longest_step)
    state.optimizer.step()
    return float(loss.item())


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed: a step is not stopped halfway. Pressed again, it is an interrupt as ever."""
    pressed = threading.Event()

    def press(*_: object) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return
    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _run_of(plan: Plan, asked: Asked) -> dict[str, Any]:
    """What two runs have in common of which one goes on where the other was stopped."""
    corpus = [[kind.name, len(kind.taken) + len(kind.held), kind.characters] for kind in asked.kinds]
    sizes = {**asdict(plan.sizes), "dilations": list(plan.sizes.dilations)}
    batches = [plan.batch, plan.segment]
    start = model_digest(Path(plan.start)) if plan.start else None
    run = {"form": _FORM, "steps": plan.steps, "seed": plan.seed, "start": start}
    return {**run, "corpus": corpus, "sizes": sizes, "batches": batches}


def _save(plan: Plan, asked: Asked, state: Training, output: str) -> None:
    """Write the checkpoint in one step. Raises `OutputError`."""
    import torch

    buffer = io.BytesIO()
    rest = {name: getattr(state, name) for name in _KEPT}
    saved = {
        "run": _run_of(plan, asked), **rest, "weights": {name: one.detach() for name, one in state.weights.items()},
        "optimizer": state.optimizer.state_dict(), "random": torch.get_rng_state(),
    }  # fmt: skip
    torch.save(saved, buffer)
    writing.write(checkpoint_of(output), buffer.getvalue(), named=False)


#: What a checkpoint keeps of a state beside weights and optimizer.
_KEPT = ("step", "taken", "curve", "seconds", "lost", "counted")


def _state(plan: Plan, asked: Asked, start: Weights, checkpoint: Path | None) -> Training:
    """The state that a run begins with, or goes on from. Raises `InputError` for a checkpoint that cannot be read,
    `UsageError` for one of another run."""
    import torch

    weights = begin(plan.sizes, len(asked.vocabulary) + 2)
    with torch.no_grad():
        for name, one in start.items():
            weights[name].copy_(one)
    optimizer = torch.optim.AdamW(weights.values(), lr=Steps.rate, weight_decay=Steps.shrinking, betas=Steps.betas)
    state = Training(weights, optimizer)
    if checkpoint is None:
        return state
    try:
        found = torch.load(io.BytesIO(checkpoint.read_bytes()), weights_only=True)
        run, own = found["run"], _run_of(plan, asked)
        other = [name for name in own if run[name] != own[name]]
        if not other:
            with torch.no_grad():
                for name, one in weights.items():
                    one.copy_(found["weights"][name])
            state.optimizer.load_state_dict(found["optimizer"])
            torch.set_rng_state(found["random"])
            for name in _KEPT:
                setattr(state, name, found[name])
    except FileNotFoundError:
        raise InputError(f"{checkpoint}: there is no run to go on with; leave --resume out") from None
    except Exception as error:  # whatever torch raises for a damaged file
        raise InputError(
            f"{checkpoint}: cannot be read ({type(error).__name__}); delete it, and begin anew without --resume"
        ) from None
    if other:
        raise UsageError(
            f"{checkpoint}: is of another run ({', '.join(other)} differ); "
            "give the same corpus and options, or delete it"
        )
    return state


def _report(plan: Plan, asked: Asked, state: Training, output: str) -> dict[str, Any]:
    """What was learned, from what, and how it went."""
    corpus = {
        kind.name: {
            "documents": len(kind.taken) + len(kind.held),
            "held": len(kind.held),
            "characters": kind.characters + kind.held_characters,
        }
        for kind in asked.kinds
    }
    return {
        "steps": plan.steps, "seed": plan.seed, "threads": plan.threads, "start": plan.start,
        "seconds": round(state.seconds), "sizes": asdict(plan.sizes),
        "weights": sum(one.numel() for one in state.weights.values()), "bytes": os.path.getsize(output),
        "corpus": corpus, "curve": state.curve,
    }  # fmt: skip
