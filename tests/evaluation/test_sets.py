"""Reading sets, and saying what is wrong with what is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from eval_stub import write_lines

from despin.errors import InputError
from despin.evaluation.sets import read_set, read_sets


def test_a_markup_file_is_one_document(tmp_path: Path) -> None:
    path = tmp_path / "news-betting-seo.wdiff"
    path.write_text("用[-租车-]{+快递+}送。\n\n第二段[-租车-]{+?快递+}。\n", "utf-8")
    one = read_set(str(path), families=["betting-seo", "classic-list"])
    (document,) = one.documents
    assert (one.kind, one.name, document.family) == ("markup", "news-betting-seo", "betting-seo")
    assert document.text == "用租车送。\n\n第二段租车。\n"
    assert [mark.scored for mark in document.gold or ()] == [True, False]


def test_a_list_of_cases_is_one_document_a_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.wdiff"
    path.write_text("# cases\n用[-租车-]{+快递+}送。\n\n# more\n不变。\n", "utf-8")
    assert [(d.id, d.text, d.line) for d in read_set(str(path)).documents] == [
        ("cases:2", "用租车送。", 2),
        ("cases:5", "不变。", 5),
    ]


def test_a_folder_of_markup_is_one_set(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.wdiff").write_text("甲", "utf-8")
    (tmp_path / "a.wdiff").write_text("乙", "utf-8")
    one = read_set(str(tmp_path))
    assert (one.name, one.kind, [d.text for d in one.documents]) == (tmp_path.name, "markup", ["乙", "甲"])


def test_json_lines_are_told_by_their_keys(tmp_path: Path) -> None:
    pairs = read_set(str(write_lines(tmp_path / "p.jsonl", [{"id": 1, "spun": "体系", "original": "系统"}])))
    clean = write_lines(tmp_path / "c.jsonl", [{"id": "x", "text": "好"}])
    spun = read_set(str(write_lines(tmp_path / "s.jsonl", [{"spun": "体系", "original": None}])))
    assert [pairs.kind, read_set(str(clean)).kind, read_set(str(clean), spun=True).kind, spun.kind] == [
        "pairs", "clean", "spun", "spun",
    ]  # fmt: skip
    assert pairs.documents[0].id == "1"
    assert read_set(str(clean)).documents[0].gold == ()
    assert read_set(str(clean), spun=True).documents[0].gold is None


def test_the_family_comes_from_the_row_the_id_or_the_file(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "spun": "甲", "original": "乙", "family": "B1 应用/办法"},
        {"id": "auto-repost/7", "spun": "甲", "original": "乙"},
        {"id": "c", "spun": "甲", "original": "乙"},
    ]
    path = write_lines(tmp_path / "some-classic-list.jsonl", rows)
    assert [d.family for d in read_set(str(path), families=["classic-list"]).documents] == [
        "B1", "auto-repost", "classic-list",
    ]  # fmt: skip


def test_tokens(tmp_path: Path) -> None:
    path = tmp_path / "attested.tsv"
    path.write_text("spun_word\toriginal_word\tevidence_id\tcount\n体系\t系统\ta+b\t7\n租车\t快递\tc\t2\n", "utf-8")
    one = read_set(str(path))
    assert (one.kind, [(t.spun, t.original, t.source, t.count) for t in one.tokens]) == (
        "tokens",
        [("体系", "系统", "a+b", 7), ("租车", "快递", "c", 2)],
    )


def test_sets_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_lines(tmp_path / folder / "news.jsonl", [{"text": folder}])
    paths = [str(tmp_path / folder / "news.jsonl") for folder in ("a", "b")]
    assert [one.name for one in read_sets(paths)] == paths


def test_the_hash_follows_what_is_scored_and_nothing_else(tmp_path: Path) -> None:
    row = {"id": "1", "spun": "体系", "original": "系统"}
    first = read_set(str(write_lines(tmp_path / "a.jsonl", [row])))
    renamed = read_set(str(write_lines(tmp_path / "b.jsonl", [{**row, "id": "2", "family": "x"}])))
    changed = read_set(str(write_lines(tmp_path / "c.jsonl", [{**row, "original": "体制"}])))
    assert first.hash == renamed.hash != changed.hash
    gold = [tmp_path / "a.wdiff", tmp_path / "b.wdiff"]
    for path, text in zip(gold, ["[-甲-]{+乙+}", "[-甲-]{+?乙+}"], strict=True):
        path.write_text(text, "utf-8")
    assert read_set(str(gold[0])).hash != read_set(str(gold[1])).hash


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "只是文字。\n", "a.txt: is no evaluation set; a set is a .wdiff file"),
        ("a.jsonl", '{"id": 1}\n', "a.jsonl:1:1: neither spun nor text in this row"),
        ("a.jsonl", '{"text": "甲"}\n{"text": \n', "a.jsonl:2:10: not JSON"),
        ("a.jsonl", '{"text": "甲"}\n[1]\n', "a.jsonl:2:1: not an object"),
        ("a.jsonl", '{"text": 7}\n', "a.jsonl:1:1: text is no string"),
        (
            "a.jsonl",
            '{"text": "甲"}\n{"spun": "乙"}\n',
            "a.jsonl:2:1: this is a row of a spun set among rows of a clean",
        ),
        ("a.jsonl", '{"id": 1, "text": "甲"}\n{"id": 1, "text": "乙"}\n', "a.jsonl:2:1: id '1' stands in"),
        ("a.jsonl", '{"text": ' + "[" * 100_000 + "\n", "a.jsonl:1:1: nested too deeply"),
        ("a.tsv", "word\tother\n甲\t乙\n", "a.tsv:1:1: no column 'spun'"),
        ("a.tsv", "spun\toriginal\tcount\n甲\t乙\n", "a.tsv:2:1: 2 cells under 3 columns"),
        ("a.tsv", "spun\toriginal\tcount\n甲\t乙\tmany\n", "a.tsv:2:1: count 'many' is no whole number"),
        ("a.tsv", "spun\toriginal\tcount\n", "a.tsv: holds no document"),
        ("a.wdiff", "一行\n[-租车{+快递+}\n", "a.wdiff:2:1: '[-' without its partner"),
        ("a.wdiff", "# cases\n好\n[-租车{+快递+}\n", "a.wdiff:3:1: '[-' without its partner"),
    ],
)
def test_bad_sets(tmp_path: Path, name: str, content: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(InputError) as caught:
        read_set(str(path))
    assert str(caught.value).removeprefix(str(tmp_path) + "/").startswith(message)


def test_a_folder_without_markup_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no \.wdiff file"):
        read_set(str(tmp_path))
    with pytest.raises(InputError, match="no such file"):
        read_set(str(tmp_path / "nothing.jsonl"))
