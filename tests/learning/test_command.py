"""`despin learn` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from learn_kit import articles, pair, spin
from places import CASES, ROOT

from despin.cli.main import main
from despin.lexicon.parse import read_file
from despin.restorer import Restorer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    one, _ = pair()
    (tmp_path / "spun.txt").write_text(one.spun, "utf-8")
    (tmp_path / "original.txt").write_text(one.original, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_two_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "pairs", "spun.txt", "original.txt", "-o", "learned.yaml", "--name", "mine"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "substitutions seen" in err
    assert "despin lexicon accept learned.yaml" in err
    lexicon = read_file(folder / "learned.yaml")
    assert lexicon.families[0].name == "mine"
    assert lexicon.families[0].sources == ("spun.txt", "original.txt")
    assert main(["lexicon", "check", "learned.yaml"]) == 0
    assert main(["lexicon", "format", "--check", "learned.yaml"]) == 0


def test_candidates_restore_nothing_and_accepted_ones_do(folder: Path) -> None:
    main(["learn", "pairs", "spun.txt", "original.txt", "-o", "learned.yaml"])
    spun, original = (folder / "spun.txt").read_text("utf-8"), (folder / "original.txt").read_text("utf-8")
    assert Restorer(["learned.yaml"], shipped=False).restore(spun) == spun
    path = folder / "learned.yaml"
    path.write_text(path.read_text("utf-8").replace("status: candidate", "status: active"), "utf-8")
    restored = Restorer(["learned.yaml"], shipped=False).restore(spun)
    wrong = sum(a != b for a, b in zip(restored.split("\n"), original.split("\n"), strict=True))
    assert wrong < sum(a != b for a, b in zip(spun.split("\n"), original.split("\n"), strict=True)) / 2


def test_json_lines_and_markup_are_pairs_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, _ = pair()
    row = {"id": "a", "spun": one.spun, "original": one.original}
    (folder / "pairs.jsonl").write_text(json.dumps(row, ensure_ascii=False), "utf-8")
    assert main(["learn", "pairs", "pairs.jsonl", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert main(["learn", "pairs", "spun.txt", "original.txt", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert {"spun", "original", "count", "documents", "gain"} == set(first["substitutions"][0])
    marked = (CASES / "wild" / "classic-list.wdiff").read_text("utf-8").splitlines(keepends=True)
    (folder / "marked.wdiff").write_text("".join(marked[:60]), "utf-8")
    assert main(["learn", "pairs", "marked.wdiff", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["substitutions"]) > 20


def test_encodings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "gb.txt").write_bytes((folder / "original.txt").read_text("utf-8").encode("gb18030"))
    assert main(["learn", "pairs", "spun.txt", "gb.txt", "-o", "l.yaml"]) == 3
    assert "--original-encoding gb18030 would read it" in capsys.readouterr().err
    assert not (folder / "l.yaml").exists()
    assert main(["learn", "pairs", "spun.txt", "gb.txt", "-o", "l.yaml", "--original-encoding", "gb18030"]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["pairs", "original.txt", "spun.txt"], 3, "swapped"),
        (["pairs", "spun.txt", "spun.txt"], 2, "named twice"),
        (["pairs", "spun.txt", "copy.txt"], 3, "are the same"),
        (["pairs", "spun.txt", "other.txt"], 3, "nothing to do with one another"),
        (["pairs", "spun.txt", "empty.txt"], 3, "is empty"),
        (["pairs", "spun.txt", "none.txt"], 3, "no such file"),
        (["pairs", "spun.txt"], 3, "no evaluation set"),
        (["pairs", "spun.txt", "original.txt", "--name", "two words"], 2, "cannot name a family"),
        (["pairs", "spun.txt", "original.txt", "--encoding", "utf-9"], 2, "unknown encoding"),
        (["spun", "original.txt"], 3, "as in ordinary Chinese"),
        (["spun", "spun.txt", "--limit", "0"], 2, "whole number"),
        (["background", "none.txt"], 3, "no such file"),
    ],
)
def test_what_cannot_be_learned_from_is_said_and_nothing_written(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    (folder / "copy.txt").write_text((folder / "spun.txt").read_text("utf-8"), "utf-8")
    (folder / "other.txt").write_text("深秋的果园里挂满了苹果，孩子们提着篮子跑来跑去。\n爷爷坐在树下讲故事。", "utf-8")
    (folder / "empty.txt").write_text("", "utf-8")
    assert main(["learn", *arguments, "-o", "out.yaml"]) == code
    out, err = capsys.readouterr()
    assert message in err
    assert out == ""
    assert not (folder / "out.yaml").exists()


def test_an_input_is_never_overwritten(folder: Path) -> None:
    before = (folder / "spun.txt").read_text("utf-8")
    assert main(["learn", "pairs", "spun.txt", "original.txt", "-o", "spun.txt"]) == 2
    assert (folder / "spun.txt").read_text("utf-8") == before


@pytest.mark.parametrize("force", [False, True])
def test_texts_of_known_programs_need_no_deciphering(
    force: bool, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "examples" / "betting-seo.txt").read_text("utf-8")
    (folder / "corpus.jsonl").write_text(json.dumps({"id": "1", "spun": text}, ensure_ascii=False) + "\n", "utf-8")
    assert main(["learn", "spun", "corpus.jsonl", "--json", *["--force"][:force]]) == 0
    out, err = capsys.readouterr()
    assert "one text is by the known program of betting-seo: " in err
    assert ("0 texts left to decipher; --force takes all" in err) is not force
    assert force or json.loads(out) == []


def test_spun_texts_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = "\n".join(f"{original}→{spun}" for original, spun in __import__("learn_kit").LIST.items())
    (folder / "list.txt").write_text(pairs, "utf-8")
    with (folder / "corpus.jsonl").open("w", encoding="utf-8") as file:
        for number, text in enumerate(articles()):
            print(json.dumps({"id": str(number), "spun": spin(text)[0]}, ensure_ascii=False), file=file)
    assert main(["learn", "spun", "corpus.jsonl", "--thesaurus", "list.txt", "--json", "--limit", "5"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 5
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert main(["learn", "spun", "corpus.jsonl", "--thesaurus", "list.txt", "-o", "l.yaml"]) == 0
    assert {entry.status for entry in read_file(folder / "l.yaml").entries} == {"candidate"}
    assert main(["learn", "spun", "original.txt", "--force", "-o", "forced.yaml"]) == 0


def test_each_site_is_learned_from_by_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = "\n".join(f"{original}→{spun}" for original, spun in __import__("learn_kit").LIST.items())
    (folder / "list.txt").write_text(pairs, "utf-8")
    rows = [{"url": f"http://www.farm.cn/{number}", "text": spin(text)[0]} for number, text in enumerate(articles())]
    rows += [{"url": "//farm-cn/", "text": row["text"]} for row in rows]
    rows += [{"url": "plain.cn", "text": text} for text in articles()] + [{"url": None, "text": "无"}, {"url": "a.cn"}]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows] + ["no record"]
    (folder / "corpus.jsonl").write_text("\n".join([*reversed(lines[:-1]), lines[-1]]), "utf-8")
    command = ["learn", "spun", "corpus.jsonl", "--thesaurus", "list.txt", "--site", "url"]
    (folder / "learned").mkdir()
    assert main([*command, "-o", "learned/"]) == 0
    assert "1 site read like ordinary Chinese" in capsys.readouterr().err
    assert sorted(path.name for path in (folder / "learned").iterdir()) == ["farm-cn-2.yaml", "farm-cn.yaml"]
    for name in ("farm-cn", "farm-cn-2"):
        found = read_file(folder / "learned" / f"{name}.yaml").entries
        assert {(entry.status, entry.family) for entry in found} == {("candidate", name)}
    assert main([*command, "--json", "--limit", "3"]) == 0
    by_site = json.loads(capsys.readouterr().out)
    assert {name: len(found) for name, found in by_site.items()} == {"farm-cn": 3, "farm.cn": 3}
    assert by_site["farm.cn"] == by_site["farm-cn"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--site", "url"], 2, "name a folder with -o"),
        (["--site", "url", "-o", "x", "--name", "y"], 2, "--site goes without --name"),
        (["--site", "url", "-o", "original.txt/x"], 3, "no record has both a text and a site in its field 'url'"),
        (["--site", "site", "-o", "original.txt/x", "--force"], 5, "the folder cannot be made"),
    ],
)
def test_sites_that_cannot_be_learned_from(
    words: list[str], code: int, said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "corpus.jsonl").write_text(json.dumps({"site": "a", "text": articles()[0]}) + "\n", "utf-8")
    assert main(["learn", "spun", "corpus.jsonl", *words]) == code
    assert said in capsys.readouterr().err


def test_background_writes_the_table_that_was_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "background", "original.txt", "-o", "b.tsv", "--origin", "articles"]) == 0
    lines = (folder / "b.tsv").read_text("utf-8").splitlines()
    assert "characters of articles" in lines[0]
    assert lines[2].startswith("# checksum ")
    assert all(len(line.split("\t")) == 4 for line in lines[3:])
    assert capsys.readouterr().out == ""
