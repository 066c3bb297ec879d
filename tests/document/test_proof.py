"""Proof of what lists made: the restoration is spun again with the table that its edits show, and a broken table is named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from despin import Restorer
from despin.cli.main import main
from despin.document.proof import _listed, marked, own_table, proof_of, shown_by
from despin.results import Edit, Proof
from despin.spinners.registry import TABLE_PROGRAMS, spinner
from despin.spinners.table import Tabled

CLASSIC = (
    "这个体系的设置装备摆设很是轻易，法度员经由过程敕令行就可以处理惩罚毛病。\n"
    "若是你须要点窜目次，请重视法度的版本，然则不消从头编译。项目组数据的范例由体系决意。"
)


def of(text: str, *pairs: tuple[str, str]) -> list[Edit]:
    """The edits that take back all forms of a text, each sure."""
    found = [
        Edit(start, start + len(form), form, word, 0.9, entry=f"classic-list:{form}")
        for form, word in pairs
        for start in range(len(text))
        if text.startswith(form, start)
    ]
    return sorted(found, key=lambda edit: edit.start)


def program(name: str) -> Tabled:
    found = spinner(name)
    assert isinstance(found, Tabled)
    return found


def test_a_restored_list_is_proved() -> None:
    found = Restorer().explain(CLASSIC)
    assert found.verdict.family == "classic-list"
    assert found.verdict.respun == 1.0
    assert all(edit.proof == "respun" for edit in found.edits)
    (stretch,) = found.verdict.stretches
    assert stretch.proof == Proof(1.0, (), "edits")
    assert stretch.edits == found.edits
    assert found.as_dict()["respun"] == 1.0


def test_the_proof_of_a_list_waits_until_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Restorer().explain(CLASSIC)
    asked: list[str] = []
    monkeypatch.setattr("despin.document.proof._best", lambda text, *_: asked.append(text) or ("", Proof(0.5, ())))
    assert found.text.startswith("这个系统")
    assert not asked
    assert found.verdict.respun == 0.5
    assert asked == [CLASSIC]
    assert found.verdict.stretches[0].proof.respun == 0.5
    assert len(asked) == 1


def test_a_word_that_stands_where_the_table_would_have_replaced_it_is_not_proved() -> None:
    text = "法度写好了，程序跑起来了。"
    edits = of(text, ("法度", "程序"))
    proof = proof_of(text, 0, len(text), edits, own_table(program("strtr-first"), edits))
    assert proof.failed == ((6, 8),)
    assert proof.respun == pytest.approx(1 - 2 / len(text))
    assert [edit.proof for edit in marked(edits, proof)] == ["respun"]


def test_a_table_has_the_form_that_is_surest_in_all() -> None:
    first = [Edit(0, 2, "法度", "程序", 0.5), Edit(3, 5, "法度", "程序", 0.4), Edit(6, 8, "步伐", "程序", 0.8)]
    # .5 + .4 against .8; at .9 each the first one.
    assert shown_by(first) == {"程序": "法度"}
    assert shown_by([*first[1:], Edit(9, 11, "步伐", "程序", 0.1)]) == {"程序": "步伐"}
    assert shown_by([replace(first[2], confidence=0.9), *first[:2]]) == {"程序": "步伐"}


def test_places_are_those_of_the_whole_text() -> None:
    text = "法度。法度写好了，程序跑起来了。"
    edits = of(text, ("法度", "程序"))[1:]
    proof = proof_of(text, 3, len(text), edits, own_table(program("strtr-first"), edits))
    # Of the thirteen characters from the third on two do not come back.
    assert proof == Proof(pytest.approx(1 - 2 / 13), ((9, 11),))


def test_the_first_place_alone_is_another_program() -> None:
    text = "法度写好了，程序跑起来了。"
    edits = of(text, ("法度", "程序"))
    assert proof_of(text, 0, len(text), edits, own_table(program("first-occurrence"), edits)).respun == 1.0


def test_of_two_forms_of_a_word_one_is_not_proved() -> None:
    text = "法度写好了，法度改了，步伐跑起来了。"
    edits = of(text, ("法度", "程序"), ("步伐", "程序"))
    proof = proof_of(text, 0, len(text), edits, own_table(program("strtr-first"), edits))
    # 法度 twice at .9 outweighs 步伐 once, so 步伐 comes back as 法度: two of eighteen characters differ.
    assert shown_by(edits) == {"程序": "法度"}
    assert proof.respun == pytest.approx(1 - 2 / 18)
    assert proof.failed == ((11, 13),)
    assert [edit.proof for edit in marked(edits, proof)] == ["respun", "respun", "failed"]


@pytest.mark.parametrize("name", ["swap", "three-pass-swap"])
def test_words_that_are_exchanged_are_one_row(name: str) -> None:
    text = "一般如此，通常这样。因此作罢，所以不做。"
    edits = of(text, ("一般", "通常"), ("通常", "一般"), ("因此", "所以"), ("所以", "因此"))
    assert proof_of(text, 0, len(text), edits, own_table(program(name), edits)).respun == 1.0


@pytest.mark.parametrize("name", sorted(TABLE_PROGRAMS))
def test_no_edits_no_table(name: str) -> None:
    assert own_table(program(name), []).spin("法度").text == "法度"


def test_characters_in_the_other_script_are_no_part_of_a_table() -> None:
    edits = of("我們訪问了他。", ("訪问", "访问"), ("法度", "程序"))
    assert _listed([replace(edit, entry="auto-repost:訪问") for edit in edits], {"auto-repost": ()}) == []
    edits = of("法度", ("法度", "程序"))
    assert _listed(edits, {"classic-list": ()}) == edits
    assert _listed(edits, {}) == []


def test_clean_text_and_families_without_a_program_have_no_proof(tmp_path: Path) -> None:
    assert Restorer().explain("今天天气很好，我们去公园散步。").verdict.respun is None
    own = tmp_path / "own.yaml"
    forms = [("甲乙", "天气"), ("丙丁", "公园"), ("戊己", "散步"), ("庚辛", "今天"), ("壬癸", "我们"), ("子丑", "朋友")]
    own.write_text("family: own\nentries:\n" + "".join(f"  {form}: {word}\n" for form, word in forms), "utf-8")
    found = Restorer([own], ["own"]).explain("庚辛甲乙很好，壬癸去丙丁戊己，遇到了子丑。庚辛的甲乙真好。")
    assert found.edits
    assert (found.verdict.respun, {edit.proof for edit in found.edits}) == (None, {None})


def test_standard_error_says_how_much_is_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.txt"
    path.write_text(CLASSIC, "utf-8")
    assert main(["restore", str(path)]) == 0
    assert (
        "100.0 % of the spun part comes back when classic-list spins the restoration again" in capsys.readouterr().err
    )
    assert main(["restore", str(path), "--format", "json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["stretches"][0]["proof"]["respun"] == row["respun"] == 1.0
    assert all(edit["proof"] == "respun" for edit in row["edits"] if edit["entry"].startswith("classic-list"))
