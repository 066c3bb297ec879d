"""`despin learn weights`: what sightings make of an entry's weights, and what is written where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from learn_kit import articles, spin

from despin.cli.main import main
from despin.learning.observe import Seen
from despin.learning.weights import Weighed, weigh
from despin.lexicon.edit import rewritten
from despin.lexicon.model import Entry, Original, weight
from despin.lexicon.parse import read_file, read_text

LEXICON = """\
# a comment at the top
family: mine
licence: CC0
entries:
  # about 体系
  体系: 系统
  体系结构: 系统结构
  供给: {original: {提供: 15.6, 供应: 0.25}, source: attested}
  应用: {使用: 1, 利用: 0.25}
  # about 题目
  题目: {original: {问题: 5}, source: attested}
  首要: {original: {重要: 1, 主要: 0.25}, status: candidate, reason: new}
"""


def seen(**counts: tuple[int, ...]) -> dict[tuple[str, str], list[Seen]]:
    """Sightings by `spun_original`, as the documents they stand in."""
    return {
        (pair.split("_")[0], pair.split("_")[1]): [Seen(n, 1.0, True, "") for n in documents]
        for pair, documents in counts.items()
    }


def weighed(afresh: bool = False, text: str = LEXICON, **counts: tuple[int, ...]) -> Weighed:
    return weigh({"mine.yaml": read_text(text, "mine.yaml")}, seen(**counts), afresh)


def changes(found: Weighed) -> dict[tuple[str, str], tuple[float, float]]:
    return {(one.spun, one.original): (one.before, one.after) for one in found.changes}


def test_sightings_are_added_to_what_the_list_says() -> None:
    found = weighed(应用_使用=(0, 0, 1), 体系_系统=(0,))
    assert changes(found) == {("体系", "系统"): (1.0, 5.0), ("应用", "使用"): (1.0, weight(3, 1.0))}
    one = next(one for one in found.changes if one.spun == "应用")
    assert (one.path, one.line, one.count, one.documents) == ("mine.yaml", 9, 3, 2)


def test_weights_that_speak_of_more_stay_and_weighing_twice_changes_nothing() -> None:
    found = weighed(供给_提供=(0, 0), 题目_问题=(0,), 应用_使用=(0, 0))
    assert list(changes(found)) == [("应用", "使用")]
    assert found.steady == 2
    text = rewritten(LEXICON, "mine.yaml", found.entries["mine.yaml"])
    assert not weighed(text=text, 供给_提供=(0, 0), 题目_问题=(0,), 应用_使用=(0, 0)).changes


def test_afresh_these_pairs_are_all_there_is() -> None:
    found = changes(weighed(afresh=True, 供给_提供=(0, 0)))
    assert found["供给", "提供"] == (15.6, weight(2))
    assert found["题目", "问题"] == (5.0, 1.0)
    assert ("供给", "供应") not in found


def test_candidates_and_substitutions_nobody_lists_are_left_out() -> None:
    found = weighed(首要_重要=(0,), 经由过程_通过=(0, 1))
    assert (found.changes, found.unlisted) == ([], 3)


def test_a_substitution_cut_with_more_around_it_is_the_listed_one() -> None:
    assert changes(weighed(这体系_这系统=(0,))) == {("体系", "系统"): (1.0, 5.0)}
    assert changes(weighed(体系结构_系统结构=(0,))) == {("体系结构", "系统结构"): (1.0, 5.0)}
    assert weighed(体系_体统=(0,)).unlisted == 1


def test_a_document_belongs_to_the_lexicon_that_explains_most_of_it() -> None:
    other = read_text("entries:\n  体系: 系统\n  目次: 目录\n", "other.yaml")
    lexicons = {"mine.yaml": read_text(LEXICON, "mine.yaml"), "other.yaml": other}
    found = weigh(lexicons, seen(体系_系统=(0, 1), 应用_使用=(0, 0), 目次_目录=(0, 1)))
    assert [(one.path, one.spun, one.count) for one in found.changes] == [
        ("mine.yaml", "体系", 1),
        ("mine.yaml", "应用", 2),
        ("other.yaml", "体系", 1),
        ("other.yaml", "目次", 2),
    ]


def test_rewriting_touches_nothing_else() -> None:
    found = weighed(应用_利用=(0,))
    text = rewritten(LEXICON, "mine.yaml", found.entries["mine.yaml"])
    new = "  应用: {original: {利用: 4.2, 使用: 1}, source: attested}"
    assert text == LEXICON.replace("  应用: {使用: 1, 利用: 0.25}", new)


def texts() -> list[str]:
    """The articles as three documents."""
    return ["\n".join(articles()[number::3]) for number in range(3)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(LEXICON, "utf-8")
    with Path("pairs.jsonl").open("w", encoding="utf-8") as file:
        for number, text in enumerate(texts()):
            row = {"id": f"a{number}", "spun": spin(text)[0], "original": text}
            print(json.dumps(row, ensure_ascii=False), file=file)
    return tmp_path


def weights(path: str = "mine.yaml") -> dict[tuple[str, str], float]:
    return {(entry.spun, one.text): one.weight for entry in read_file(path).entries for one in entry.originals}


def test_nothing_is_written_unasked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "weights", "mine.yaml", "--pairs", "pairs.jsonl"]) == 0
    out, err = capsys.readouterr()
    assert "mine.yaml:6: 体系 → 系统: 1 → " in out
    assert "nothing written" in err
    assert Path("mine.yaml").read_text("utf-8") == LEXICON


def test_in_place_and_into_another_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = sum((spin(text)[1] for text in texts()), start=spin("")[1])
    assert main(["learn", "weights", "mine.yaml", "--pairs", "pairs.jsonl", "-o", "new.yaml"]) == 0
    assert Path("mine.yaml").read_text("utf-8") == LEXICON
    assert weights("new.yaml")["体系", "系统"] == weight(made["体系", "系统"], 1.0)
    assert main(["learn", "weights", "mine.yaml", "--pairs", "pairs.jsonl", "--in-place"]) == 0
    assert Path("mine.yaml").read_text("utf-8") == Path("new.yaml").read_text("utf-8")
    assert main(["lexicon", "format", "--check", "mine.yaml"]) == 0
    capsys.readouterr()
    assert main(["learn", "weights", "mine.yaml", "--pairs", "pairs.jsonl", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_held_documents_are_not_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    some = spin(texts()[0])[1]
    arguments = ["learn", "weights", "mine.yaml", "--pairs", "pairs.jsonl", "--hold", "a1,a2", "--json"]
    assert main(arguments) == 0
    for row in json.loads(capsys.readouterr().out):
        assert row["documents"] == 1
        assert row["count"] <= some[row["spun"], row["original"]]
    assert main([*arguments[:-2], "a9"]) == 2
    assert "did you mean a" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["mine.yaml", "mine.yaml", "--pairs", "pairs.jsonl"], 2, "named twice"),
        (["mine.yaml", "other.yaml", "--pairs", "pairs.jsonl", "-o", "x.yaml"], 2, "-o takes one lexicon"),
        (["mine.yaml", "--pairs", "pairs.jsonl", "-o", "mine.yaml"], 2, "would be overwritten"),
        (["mine.yaml", "--pairs", "pairs.jsonl", "-o", "x.yaml", "--in-place"], 2, "not allowed with"),
        (["none.yaml", "--pairs", "pairs.jsonl"], 4, "no such file"),
        (["broken.yaml", "--pairs", "pairs.jsonl"], 4, "broken.yaml:2:"),
        (["braces.yaml", "--pairs", "pairs.jsonl", "--in-place"], 4, "lexicon format braces.yaml"),
        (["mine.yaml", "--pairs", "none.jsonl"], 3, "no such file"),
        (["mine.yaml", "--pairs", "swapped.jsonl", "--in-place"], 3, "swapped"),
        (["mine.yaml", "--pairs", "clean.jsonl", "--in-place"], 3, "holds no originals"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_written(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    original = "\n".join(texts())
    spun = spin(original)[0]
    Path("broken.yaml").write_text("entries:\n  应用: {original: 使用, status: perhaps}\n", "utf-8")
    Path("braces.yaml").write_text("{entries: {应用: 使用, 体系: 系统}}\n", "utf-8")
    Path("other.yaml").write_text("entries:\n  应用: 使用\n", "utf-8")
    for name, row in (("swapped", {"spun": original, "original": spun}), ("clean", {"text": original})):
        Path(f"{name}.jsonl").write_text(json.dumps(row, ensure_ascii=False), "utf-8")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert main(["learn", "weights", *arguments]) == code
    assert message in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_entries_are_plain_values() -> None:
    found = weighed(应用_使用=(0,))
    assert found.entries["mine.yaml"][9].originals == (Original("使用", 5.0), Original("利用", 0.25))
    assert isinstance(found.entries["mine.yaml"][9], Entry)
    assert found.entries["mine.yaml"][9].source == "attested"
