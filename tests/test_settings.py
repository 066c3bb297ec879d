"""What a user can turn: how sure an edit must be, families, personal lexicons; and flips, shown wherever edits are."""

from __future__ import annotations

import functools
import io
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import engine_kit as kit
import pytest

from despin.cli import options
from despin.cli.main import main
from despin.errors import LexiconError, UsageError
from despin.lexicon.facts import load_classes
from despin.restorer import Restorer
from despin.results import Edit, Restoration, Verdict
from despin.settings import SETTINGS


def with_confidence(value: float) -> Restorer:
    """The shared restorer with another threshold, without the price of a new one."""
    return kit.restorer().adjusted(min_confidence=value)


def pages() -> list[str]:
    """One document a family, and the hosts."""
    wild = ["\n".join(case.sample.spun for case in kit.cases("wild", name)[:5]) for name in kit.files("wild")]
    return wild + [kit.article("spun-host", name) for name in kit.files("spun-host")]


def changes(text: str, thresholds: Sequence[float]) -> list[float]:
    """Those of `thresholds` (rising) at which edits are not exactly those of the one before that are sure enough."""
    found = [with_confidence(value).explain(text) for value in thresholds]
    assert len({(one.verdict.score, one.verdict.family, one.verdict.rate) for one in found}) == 1
    assert all(edit.confidence >= value for value, one in zip(thresholds, found, strict=True) for edit in one.edits)
    return [
        value
        for value, less, more in zip(thresholds[1:], found, found[1:], strict=False)
        if more.edits != tuple(edit for edit in less.edits if edit.confidence >= value)
    ]


@pytest.mark.parametrize("number", range(len(kit.files("wild")) + len(kit.files("spun-host"))))
def test_asking_for_more_confidence_only_takes_edits_away(number: int) -> None:
    text = pages()[number]
    assert with_confidence(0.5).explain(text).edits
    assert changes(text, (0.5, 0.7, 0.9, 1.0)) == []


def test_asking_for_a_little_more_confidence_only_takes_edits_away() -> None:
    assert [found for text in pages() if (found := changes(text, (0.0, 0.25, 0.45, 0.5)))] == []


def test_settings_are_thresholds() -> None:
    assert SETTINGS["careful"] > SETTINGS["balanced"] > SETTINGS["bold"]
    assert kit.restorer().min_confidence == SETTINGS["balanced"]
    own = Restorer(families=["glyph"], setting="careful")
    assert own.min_confidence == SETTINGS["careful"]
    assert Restorer(families=["glyph"], setting="careful", min_confidence=0.6).min_confidence == 0.6


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf])
def test_a_threshold_is_a_probability(value: float) -> None:
    with pytest.raises(UsageError, match="give a probability between 0 and 1"):
        Restorer(min_confidence=value)


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(UsageError, match="choose careful, balanced, bold"):
        Restorer(setting="brave")


@pytest.mark.parametrize("families", [["auto-repost"], ["betting-seo"], ["glyph", "homophone"]])
def test_only_the_named_families_make_edits(families: list[str]) -> None:
    engine = Restorer(families=families)
    touched = 0
    for text in pages():
        found = engine.explain(text)
        assert {edit.entry.split(":")[0] for edit in found.edits} <= {*families, "damage"}
        assert found.verdict.family is None or found.verdict.family in families
        touched += bool(found.edits)
    assert touched < len(pages())
    if families != ["glyph", "homophone"]:
        assert touched


def test_no_family_named_means_all() -> None:
    text = pages()[0]
    assert Restorer(families=[]).explain(text) == kit.restorer().explain(text)


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(UsageError, match=r"unknown family 'clasic-list': did you mean classic-list\? There are"):
        Restorer(families=["clasic-list"])


HOST = "technical-classic-list.wdiff"


def page(sentence: str) -> tuple[str, int]:
    """A spun article with `sentence` in its middle, and where that stands."""
    [(text, [(_, start, _)])] = kit.in_the_middle(kit.article("spun-host", HOST), [sentence])
    return text, start


@pytest.fixture
def own(tmp_path: Path) -> Any:
    """`own(entries, sentence)`: the edits that a restorer with these personal entries makes in `sentence`, which stands
    in a spun article."""

    def run(entries: str, sentence: str) -> tuple[Edit, ...]:
        path = tmp_path / "own.yaml"
        path.write_text(f"entries:\n{entries}\n", "utf-8")
        text, start = page(sentence)
        found = Restorer(lexicons=[path]).explain(text)
        assert len(found.edits) > 20
        return tuple(kit.inside(found.edits, start, start + len(sentence)))

    return run


def shipped(sentence: str) -> list[tuple[str, str]]:
    text, start = page(sentence)
    return pairs(kit.inside(kit.restorer().explain(text).edits, start, start + len(sentence)))


def pairs(edits: Any) -> list[tuple[str, str]]:
    return [(edit.spun, edit.original) for edit in edits]


def test_a_personal_entry_adds(own: Any) -> None:
    sentence = "每个窗口都设有一台水豚信箱供人投诉。"
    assert ("水豚", "意见") not in shipped(sentence)
    edits = own("  水豚: 意见", sentence)
    assert ("水豚", "意见") in pairs(edits)
    assert "personal:水豚" in [edit.entry for edit in edits]


def test_a_personal_entry_replaces(own: Any) -> None:
    sentence = "这是最常见的体式格局。"
    assert shipped(sentence) == [("体式格局", "方式")]
    edits = own("  体式格局: {original: 做法, replaces: true}", sentence)
    assert pairs(edits) == [("体式格局", "做法")]
    assert edits[0].entry == "personal:体式格局"


def test_a_personal_entry_retires(own: Any) -> None:
    sentence = "新的体系已经上线。"
    assert shipped(sentence) == [("体系", "系统")]
    assert own("  体系: {original: 系统, status: retired, reason: 我们说的就是体系}", sentence) == ()


def test_a_personal_original_stands_beside_the_shipped_ones(own: Any) -> None:
    sentence = "新的体系已经上线。"
    edits = own("  体系: 平台", sentence)
    assert [edit.spun for edit in edits] == ["体系"]
    assert edits[0].original in ("系统", "平台")


def test_a_word_is_left_alone_in_the_contexts_an_entry_keeps(own: Any) -> None:
    entry = "  水豚: {original: 意见, keep: {after: [信箱]}}"
    assert ("水豚", "意见") in pairs(own(entry, "请把水豚写在纸上交给我们。"))
    assert ("水豚", "意见") not in pairs(own(entry, "每个窗口都设有一台水豚信箱供人投诉。"))


def test_a_word_is_restored_only_in_the_contexts_an_entry_needs(own: Any) -> None:
    entry = "  水豚: {original: 意见, only: {after: [信箱]}}"
    assert ("水豚", "意见") in pairs(own(entry, "每个窗口都设有一台水豚信箱供人投诉。"))
    assert ("水豚", "意见") not in pairs(own(entry, "请把水豚写在纸上交给我们。"))


def test_a_missing_lexicon_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"none\.yaml"):
        Restorer(lexicons=[tmp_path / "none.yaml"])


FLIPPING = "本次通知的内容不存在错误，请大家放心。若是发明题目，请实时奉告办事器的办理职员。"


@functools.cache
def lone(folder: Path) -> Restorer:
    path = folder / "flips.yaml"
    path.write_text(
        "family: own\nentries:\n  不存在: {original: 存在, flips: true}\n  若是: 如果\n  发明: 发现\n  题目: 问题\n"
        "  实时: 及时\n  奉告: 告诉\n  办事器: 服务器\n  办理: 管理\n  职员: 人员\n",
        "utf-8",
    )
    return Restorer(lexicons=[path], shipped=False, min_confidence=0.0)


@pytest.fixture
def flipped(tmp_path: Path) -> Restoration:
    """A text with one edit that flips, whatever the engine thinks of it, among several that do not."""
    found = lone(tmp_path).explain(FLIPPING)
    places = {edit.spun: edit for edit in found.edits}
    start = FLIPPING.index("不存在")
    flip = places.get("不存在") or Edit(start, start + 3, "不存在", "存在", 0.9, "own:不存在", changes="polarity")
    rest = [edit for edit in found.edits if edit.spun != "不存在"]
    edits = tuple(sorted([*rest, flip], key=lambda edit: edit.start))
    return Restoration(FLIPPING, edits, Verdict(True, 0.99, "own", 0.5))


def test_only_entries_that_flip_make_edits_that_flip(tmp_path: Path) -> None:
    text = FLIPPING * 3
    edits = lone(tmp_path).explain(text).edits
    assert edits
    assert {edit.spun for edit in edits if edit.changes == "polarity"} <= {"不存在"}
    assert not [edit for edit in edits if edit.spun == "不存在" and edit.changes != "polarity"]


def test_shipped_flips_are_marked() -> None:
    entries = {
        f"{one.family}:{one.spun}": one.flips for one in kit.restorer().lexicon.entries if one.status == "active"
    }
    edits, changes = (
        [edit for text in pages() for edit in with_confidence(0.0).explain(text).edits],
        load_classes().changes,
    )
    assert any(edit.changes == "polarity" for edit in edits)
    for edit in edits:
        flips = entries.get(edit.entry, False) or changes(edit.spun, edit.original) == "polarity"
        assert edit.proof is not None or (edit.changes == "polarity") == flips, edit


def test_what_a_program_turned_round_is_marked() -> None:
    """Words that are opposites in the family's lexicon, one that is the other with a negation, and what an entry marks."""
    lexicon, changes = kit.restorer().lexicon, load_classes().changes
    [family] = [one for one in lexicon.families if one.opposites]
    turned = {pair for one, other in family.opposites for pair in ((one, other), (other, one))}
    turned |= {(one.spun, each.text) for one in lexicon.entries if one.flips for each in one.originals}
    made = [edit for text in pages() for edit in with_confidence(0.0).explain(text).edits if edit.proof is not None]
    edits = [edit for edit in made if edit.entry.split(":")[0] == family.name]
    assert edits
    for edit in edits:
        short, long = sorted((edit.spun, edit.original), key=len)
        negated = long in [mark + short for mark in ("不", "没", "没有", "无", "未")]
        flips = (edit.spun, edit.original) in turned or negated or changes(edit.spun, edit.original) == "polarity"
        assert (edit.changes == "polarity") == flips, edit
    assert 0 < sum(edit.changes == "polarity" for edit in edits) < len(edits)


def run(
    style: str, restoration: Restoration, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[str, str]:
    """What `despin restore --format style` prints when the engine answers with `restoration`."""

    class Answering:
        def explain(self, text: str) -> Restoration:
            assert text == restoration.source
            return restoration

    monkeypatch.setattr(options, "make_restorer", lambda _: Answering())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(restoration.source.encode()), encoding="utf-8"))
    assert main(["restore", "-", "--format", style]) == 0
    captured = capsys.readouterr()
    return captured.out, captured.err


@pytest.mark.parametrize("style", ["json", "jsonl"])
def test_flips_are_a_field_in_json(
    style: str, flipped: Restoration, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = run(style, flipped, monkeypatch, capsys)
    edits = json.loads(out)["edits"]
    assert len(edits) == len(flipped.edits)
    assert [edit["spun"] for edit in edits if edit["changes"] == "polarity"] == ["不存在"]


@pytest.mark.parametrize("style", ["text", "wdiff", "m2"])
def test_flips_are_said_beside_formats_that_cannot_show_them(
    style: str, flipped: Restoration, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = run(style, flipped, monkeypatch, capsys)
    assert out
    assert "不存在 → 存在 turns the statement round" in err
    assert err.count("turns the statement round") == 1


def test_flips_are_marked_in_explanations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(options, "make_restorer", lambda _: lone(tmp_path))
    assert main(["readings", "--sentence", FLIPPING]) == 0
    out = capsys.readouterr().out
    assert "不存在 → 存在 (own:不存在) turns round" in out
    assert "若是 → 如果 (own:若是) turns round" not in out
