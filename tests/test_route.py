"""The route of a text: what programs take of it, what is left to the lexicon, and settings changed on the way."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import engine_kit as kit
import pytest

from despin.restorer import Restorer
from despin.results import Edit, Proof, Stretch, is_by_program
from despin.text import chunks as room


def with_program(form: str, original: str) -> Restorer:
    """The shared restorer beside a program that takes every line in which `form` stands, and puts `original` for it."""

    def stretches(text: str) -> tuple[Sequence[Stretch], float]:
        found, start = [], 0
        for line in text.split("\n"):
            if form in line:
                at = start + line.index(form)
                edit = Edit(at, at + len(form), form, original, 0.9, entry=f"fake:{form}", proof="forced")
                found.append(Stretch(start, start + len(line), "fake", 0.999, (edit,), Proof(0.5)))
            start += len(line) + 1
        return found, 0.999 if found else 0.0

    restorer = kit.restorer().adjusted()
    restorer.route.programs = copy.copy(restorer.route.programs)
    restorer.route.programs.stretches = stretches  # type: ignore[method-assign]
    return restorer


def test_a_program_takes_its_stretches_and_the_lexicon_the_rest() -> None:
    spun = kit.article("spun-host", kit.files("spun-host")[0]).rstrip("\n") + "\n"
    line = "旌旗灯号线传送甲乙丙。"
    alone, text = kit.restorer().explain(spun), spun + line
    found = with_program("甲乙丙", "丁").explain(text)
    assert found.text == alone.text + "旌旗灯号线传送丁。"
    assert found.edits[: len(alone.edits)] == alone.edits
    assert (found.edits[-1].start, found.edits[-1].proof) == (text.index("甲乙丙"), "forced")
    assert [(one.start, one.end, is_by_program(one)) for one in found.verdict.stretches] == [
        (0, len(spun), False),
        (len(spun), len(text), True),
    ]
    listed, program = (one.proof.respun if one.proof else None for one in found.verdict.stretches)
    assert listed is not None and program == 0.5
    assert found.verdict.respun is not None and program < found.verdict.respun < listed
    assert all(text[edit.start : edit.end] == edit.spun for edit in found.edits)


def test_a_program_is_asked_chunk_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "他一向在看甲乙丙。\n"
    monkeypatch.setattr(room, "CHUNK", len(line))
    monkeypatch.setattr(room, "BACK", 1)
    monkeypatch.setattr("despin.restorer.CHUNK", len(line))
    restorer, text = with_program("甲乙丙", "书"), line * 3
    found = restorer.explain(text)
    assert found.text == "他一向在看书。\n" * 3
    assert len(found.verdict.stretches) == 3
    assert [text[one.start : one.end] for one in found.verdict.stretches] == [line.rstrip("\n")] * 3
    assert (found.verdict.family, restorer.detect(text).family, restorer.detect(text).spun) == ("fake", "fake", True)


def test_without_a_program_the_list_is_spun_again() -> None:
    found = kit.restorer().explain("数据经由过程旌旗灯号线传送。")
    assert found.verdict.respun == 1.0
    assert [one.proof and one.proof.by for one in found.verdict.stretches] == ["edits"]
    assert {edit.proof for edit in found.edits} == {"respun"}


def test_an_adjusted_restorer_leaves_the_first_one_as_it_is() -> None:
    first, text = kit.restorer(), "数据经由过程旌旗灯号线传送。"
    before = first.explain(text)
    timid = first.adjusted(min_confidence=1.0)
    assert timid.explain(text).edits == ()
    assert timid.engine is first.engine
    assert first.explain(text) == before
    assert before.edits
