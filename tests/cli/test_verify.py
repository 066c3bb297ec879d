"""`despin verify`: what it prints, what it refuses, and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lexicon_kit import EVERYTHING

from despin.cli.main import main
from despin.spinners.registry import spinner

RESTORED = "邻居收到了快递，大家应该避免浪费。\n他立即购买了新的雨伞。\n"


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESPIN_LEXICON", raising=False)
    Path("restored.txt").write_text(RESTORED, "utf-8")
    Path("spun.txt").write_text(spinner("synonyms").spin(RESTORED).text, "utf-8")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["verify", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_all_of_it(run: Run) -> None:
    code, out, err = run("spun.txt", "restored.txt")
    assert (code, err) == (0, "")
    assert out.startswith("spun.txt: 100.00% of ")
    assert out.endswith("come back when restored.txt is spun again (betting-seo, program synonyms)\n")


def test_texts_are_read_through_what_hides_their_words(run: Run) -> None:
    spun = Path("spun.txt").read_text("utf-8")
    for mark in ("\u200b", "&shy;", " "):
        Path("spun.txt").write_text("".join(one + mark * (one != "\n") for one in spun), "utf-8")
        assert run("spun.txt", "restored.txt")[0] == 0, mark
    Path("spun.txt").write_text("".join(f"&#{ord(one)};" if one != "\n" else one for one in spun), "utf-8")
    Path("restored.txt").write_text(RESTORED.replace("快递", "包裹"), "utf-8")
    code, out, _ = run("spun.txt", "restored.txt", "--json")
    place = 8 * spun.index("租车")
    assert code == 1
    assert [(row["start"], row["end"]) for row in json.loads(out)["failed"]] == [(place, place + 16)]


def test_places_that_do_not_come_back(run: Run) -> None:
    Path("restored.txt").write_text(RESTORED.replace("快递", "包裹"), "utf-8")
    code, out, _ = run("spun.txt", "restored.txt", "--family", "betting-seo")
    assert code == 1
    spun = Path("spun.txt").read_text("utf-8")
    place = spun.index("租车")
    assert out.splitlines()[1:] == [f"spun.txt:1:{place + 1}: 租车 comes back as 包覆"]
    code, out, _ = run("spun.txt", "restored.txt", "--json", "--least", "0.9")
    assert code == 0
    row = json.loads(out)
    assert row["failed"] == [{"start": place, "end": place + 2, "spun": "租车", "written": "包覆"}]
    assert (row["family"], row["program"], row["characters"]) == ("betting-seo", "synonyms", len(spun))
    assert row["respun"] == pytest.approx(1 - 2 / len(spun), abs=1e-6)


def test_the_variant_that_gives_back_most(run: Run) -> None:
    Path("spun.txt").write_text(spinner("synonyms-plain").spin(RESTORED).text, "utf-8")
    assert "program few-flags" in run("spun.txt", "restored.txt")[1]
    assert run("spun.txt", "restored.txt", "--variant", "few-flags")[0] == 0
    assert run("spun.txt", "restored.txt", "--variant", "nouns")[0] == 1


def test_many_places_are_counted(run: Run) -> None:
    Path("spun.txt").write_text("租车。\n" * 30, "utf-8")
    Path("restored.txt").write_text("包裹。\n" * 30, "utf-8")
    code, out, err = run("spun.txt", "restored.txt")
    assert (code, len(out.splitlines())) == (1, 21)
    assert err == "10 more places; --all lists them\n"
    assert len(run("spun.txt", "restored.txt", "--all")[1].splitlines()) == 31


def test_mistakes(run: Run) -> None:
    for arguments, code, said in (
        (("-", "-"), 2, "both texts cannot come from standard input"),
        (("spun.txt", "none.txt"), 3, "there is no such file"),
        (("spun.txt", "restored.txt", "--family", "betting"), 2, "did you mean betting-seo?"),
        (("spun.txt", "restored.txt", "--family", "glyph"), 2, "is no program but a list of entries"),
        (("spun.txt", "restored.txt", "--variant", "x"), 2, "there are few-flags, nouns, ranks"),
        (("spun.txt", "restored.txt", "--lexicon", "none.yaml"), 4, "no such file"),
        (("spun.txt", "restored.txt", "--least", "2"), 2, "between 0 and 1"),
        (("spun.txt", "restored.txt", "--encoding", "utf-9"), 2, "unknown encoding"),
    ):
        found = run(*arguments)
        assert found[0] == code, found
        assert said in found[2]


def test_a_list_is_proved_by_the_table_that_the_texts_show(run: Run) -> None:
    spun = "若是法度须要接见体系，请经由过程文件供给目次。若是必须，法度会搜检体系。"
    restored = "如果程序需要访问系统，请通过文件提供目录。如果必须，程序会检查系统。"
    Path("list.txt").write_text(spun, "utf-8")
    Path("original.txt").write_text(restored, "utf-8")
    code, out, _ = run("list.txt", "original.txt")
    assert (code, out[:18]) == (0, "list.txt: 100.00% ")
    assert "(classic-list, program strtr-first)" in out
    # A word that is replaced here and stands there was not replaced by a table.
    Path("original.txt").write_text(restored.replace("程序会检查", "法度会检查"), "utf-8")
    Path("list.txt").write_text(spun.replace("法度会搜检", "程序会搜检"), "utf-8")
    code, out, _ = run("list.txt", "original.txt", "--family", "classic-list")
    assert code == 1
    assert "list.txt:1:" in out


def test_a_family_of_ones_own(run: Run) -> None:
    Path("mine.yaml").write_text(EVERYTHING, "utf-8")
    Path("spun.txt").write_text(spinner({"name": "synonyms", "rank": 2}).spin(RESTORED).text, "utf-8")
    assert run("spun.txt", "restored.txt", "--lexicon", "mine.yaml", "--family", "sample")[0] == 0
    assert "(sample, program synonyms)" in run("spun.txt", "restored.txt", "--lexicon", "mine.yaml")[1]
