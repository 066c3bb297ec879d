"""Stretches that were read before: a restorer that has read much says what a new one says, and decodes nothing twice."""

from __future__ import annotations

from pathlib import Path

import engine_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.decode import candidates
from despin.restorer import Restorer
from despin.results import Restoration

SPUN = [kit.article("spun-host", name) for name in kit.files("spun-host")]
LINES = [line for text in SPUN for line in text.split("\n") if line.strip()]


def built(restorer: Restorer) -> int:
    return restorer.engine.candidates.tables.built


NEW = Restorer()


def told(found: Restoration) -> tuple[object, ...]:
    return found.edits, found.verdict.score, found.verdict.family, found.verdict.rate


def test_a_text_that_comes_again_is_not_decoded_again() -> None:
    restorer = Restorer()
    first = [restorer.explain(text) for text in SPUN]
    before = built(restorer)
    assert before >= 40
    assert [told(restorer.explain(text)) for text in SPUN] == [told(one) for one in first]
    assert built(restorer) == before


def test_a_line_is_decoded_once_wherever_it_stands() -> None:
    restorer = Restorer()
    text = kit.article("spun-host", "technical-classic-list.wdiff")
    restorer.explain(text)
    before = built(restorer)
    restorer.explain("\n".join(reversed(text.split("\n"))))
    assert built(restorer) - before < 0.1 * before


@given(st.lists(st.lists(st.sampled_from(LINES), min_size=1, max_size=12), min_size=1, max_size=3))
@examples(25)
def test_what_was_read_before_changes_nothing(texts: list[list[str]]) -> None:
    for lines in texts:
        text = "\n".join(lines)
        kit.restorer().explain(text)
        assert told(kit.restorer().explain(text)) == told(NEW.explain(text))
        NEW.engine.__dict__.pop("candidates", None)


def test_with_hardly_any_room_the_same_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "HELD", 5000)
    small = Restorer()
    for text in SPUN * 2:
        assert told(small.explain(text)) == told(kit.restorer().explain(text))


@pytest.mark.parametrize(
    ("guard", "needed"),
    [("keep: {after: [桥头]}", "桥尾"), ("only: {after: [桥头]}", "桥头"), ("keep: {before: [旧石]}", "新石")],
)
def test_what_guards_look_at_tells_stretches_apart(tmp_path: Path, guard: str, needed: str) -> None:
    path = tmp_path / "guarded.yaml"
    path.write_text(
        "family: guarded\ntitle: guarded\nabout: guarded\nrecognise: guarded\nsources: [tests]\nlicence: LGPL-2.1-or-later\n"
        f"entries:\n  梆硬: {{original: {{坚硬: 8}}, {guard}}}\n  经由过程: 通过\n  旌旗灯号: 信号\n",
        "utf-8",
    )
    restorer = Restorer(lexicons=[path], shipped=False)
    lines = "数据经由过程旌旗灯号线传送，经由过程旌旗灯号线传送。\n" * 2
    for around in ("桥头", "桥尾", "旧石", "新石", "桥头"):
        before, after = (around, "") if around.endswith("石") else ("", around)
        found = restorer.explain(f"{lines}数据经由过程旌旗灯号线传送，石头{before}梆硬{after}。\n{lines}")
        assert ("梆硬" in {edit.spun for edit in found.edits}) == kept_apart(guard, around, needed)


def kept_apart(guard: str, around: str, needed: str) -> bool:
    """Whether the guarded entry applies."""
    return around == needed if guard.startswith("only") else around not in guard
