"""Personal lexicons: found, merged, extended."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from despin.errors import LexiconError, OutputError
from despin.lexicon.edit import add, format_text
from despin.lexicon.load import discover, is_shipped, merge
from despin.lexicon.model import Contexts, Entry
from despin.lexicon.parse import read_file, read_text

SHIPPED = read_text("family: a\ntitle: first\nentries:\n  首要: 主要\n  应用: 使用\n  过程: 进程\n", "a.yaml")
SECOND = read_text("family: b\nentries:\n  首要: 重要\n", "b.yaml")


def state(*personal: str) -> dict[str, list[tuple[str, list[str], str]]]:
    merged = merge([SHIPPED, SECOND, *(read_text(f"entries:\n{text}", "p.yaml") for text in personal)])
    found: dict[str, list[tuple[str, list[str], str]]] = {}
    for entry in merged.entries:
        found.setdefault(entry.spun, []).append((entry.family, [o.text for o in entry.originals], entry.status))
    return found


def test_a_personal_entry_adds() -> None:
    assert state("  首要: 紧要\n")["首要"] == [
        ("a", ["主要"], "active"),
        ("b", ["重要"], "active"),
        ("personal", ["紧要"], "active"),
    ]


def test_a_personal_entry_retires_in_every_family() -> None:
    found = state("  首要: {status: retired, reason: 我们常用}\n")
    assert [status for _, _, status in found["首要"]] == ["retired"] * 3
    assert [status for _, _, status in found["应用"]] == ["active"]


def test_a_personal_entry_replaces() -> None:
    found = state("  首要: {original: 紧要, replaces: true}\n")
    assert found["首要"] == [
        ("a", ["主要"], "retired"),
        ("b", ["重要"], "retired"),
        ("personal", ["紧要"], "active"),
    ]


def test_a_candidate_replaces_nothing_and_the_last_word_counts() -> None:
    assert (
        state("  首要: {original: 紧要, replaces: true, status: candidate, reason: 未定}\n")["首要"][0][2] == "active"
    )
    found = state("  首要: {status: retired, reason: 我们常用}\n", "  首要: 紧要\n")
    assert [status for _, _, status in found["首要"]] == ["retired", "retired", "retired", "active"]


def test_what_steps_back_says_why() -> None:
    personal = read_text(
        "entries:\n  首要: {original: 紧要, replaces: true}\n  过程: {status: retired, reason: 常用}\n", "p.yaml"
    )
    reasons = {(entry.spun, entry.family): entry.reason for entry in merge([SHIPPED, personal]).entries}
    assert reasons["首要", "a"] == "replaced by p.yaml:2"
    assert reasons["过程", "a"] == "retired by p.yaml:3: 常用"
    assert reasons["应用", "a"] == ""


def test_families_of_one_name_are_one() -> None:
    more = read_text("family: a\ntitle: second\nentries:\n  甲: 乙\n")
    merged = merge([SHIPPED, more])
    assert [(family.name, family.title) for family in merged.families] == [("a", "first")]
    assert len(merged.entries) == 4
    assert merged.digest not in (SHIPPED.digest, more.digest)
    assert merge([SHIPPED]).digest == SHIPPED.digest
    assert merge([]).entries == ()


def test_discovery_in_rising_order_each_once(tmp_path: Path) -> None:
    for name in ("despin.yaml", "p.yaml", "e.yaml", "o.yaml"):
        (tmp_path / name).write_text("entries:\n", "utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.despin]\nlexicons = ["p.yaml", "o.yaml"]\nfamilies = ["classic-list"]\n', "utf-8"
    )
    variables = {"DESPIN_LEXICON": os.pathsep.join([str(tmp_path / "e.yaml"), ""])}
    found = discover([tmp_path / "o.yaml"], folder=tmp_path, environment=variables)
    assert [path.name for path in found.lexicons] == ["despin.yaml", "p.yaml", "e.yaml", "o.yaml"]
    assert found.families == ("classic-list",)
    nothing = discover(folder=tmp_path / "none", environment={})
    assert (nothing.lexicons, nothing.families) == ((), ())


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        (
            "[tool.despin]\nlexicon = ['a']\n",
            r"pyproject.toml:2:1: unknown setting 'lexicon' .* did you mean 'lexicons'",
        ),
        ("[tool.despin]\n\nlexicons = 'a'\n", r"pyproject.toml:3:1: 'lexicons' is no list of strings"),
        ("[tool]\ndespin = 3\n", r"pyproject.toml:2:1: tool.despin is no table"),
        ("[tool.despin\n", "not TOML"),
        ("[tool.despin]\nlexicons = ['gone.yaml']\n", "no such file: .*gone.yaml"),
    ],
)
def test_broken_settings_are_refused(tmp_path: Path, toml: str, message: str) -> None:
    pytest.importorskip("tomllib")
    (tmp_path / "pyproject.toml").write_text(toml, "utf-8")
    with pytest.raises(LexiconError, match=message):
        discover(folder=tmp_path, environment={})


def test_files_that_are_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="--lexicon: no such file"):
        discover([tmp_path / "x.yaml"], folder=tmp_path, environment={})
    with pytest.raises(LexiconError, match="DESPIN_LEXICON: no such file"):
        discover(folder=tmp_path, environment={"DESPIN_LEXICON": str(tmp_path / "x.yaml")})


def test_a_file_elsewhere_is_not_shipped(tmp_path: Path) -> None:
    assert not is_shipped(tmp_path / "a.yaml")


def test_add_makes_the_file_and_sorts(tmp_path: Path) -> None:
    path = tmp_path / "despin.yaml"
    assert add("首要", "主要", path).outcome == "created"
    assert add("应用", "使用", path).outcome == "added"
    assert add("no", "否", path).outcome == "added"
    assert add("首要", "重要", path).outcome == "extended"
    assert add("首要", "重要", path).outcome == "unchanged"
    added = add("不存在", "存在", path, flips=True, examples=["问题[-不存在-]{+存在+}"], keep=Contexts(("并",)))
    assert added.entry.flips
    assert added.entry.line == 4
    text = path.read_text("utf-8")
    assert text.splitlines()[1:] == [
        "entries:",
        '  "no": 否',
        '  不存在: {original: 存在, keep: {before: [并]}, flips: true, examples: ["问题[-不存在-]{+存在+}"]}',
        "  应用: 使用",
        "  首要: [主要, 重要]",
    ]
    assert format_text(text) == text


def test_add_keeps_comments_and_every_other_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    tail = "  # about 乙\n  乙:  [ 甲 ]\n  # about 丁\n\n  戊:\n    # inside\n    original: 丙\n  # end\n"
    path.write_text(f"# head\nfamily:   mine\nentries:\n{tail}", "utf-8")
    add("丙", "己", path)
    assert path.read_text("utf-8") == f"# head\nfamily:   mine\nentries:\n  丙: 己\n{tail}"
    add("戊", "辛", path)
    extended = tail.replace("  戊:\n    # inside\n    original: 丙\n", "  # inside\n  戊: [丙, 辛]\n")
    assert path.read_text("utf-8") == f"# head\nfamily:   mine\nentries:\n  丙: 己\n{extended}"


@pytest.mark.parametrize("text", ["", "entries: {甲: 乙}\n", "entries:\n    甲: 乙\n", "family: x\nentries:\n"])
def test_add_to_any_valid_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, "utf-8")
    add("首要", "主要", path)
    add("甲", "丙", path)
    spun = {entry.spun: [o.text for o in entry.originals] for entry in read_file(path).entries}
    assert spun == {"甲": ["乙", "丙"] if "甲" in text else ["丙"], "首要": ["主要"]}


def test_add_refuses_what_is_wrong_and_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("entries:\n  甲: 乙\n", "utf-8")
    mistakes: list[tuple[str, str, dict[str, Any]]] = [
        ("丙", "丙", {}),
        ("", "丙", {}),
        ("丙", "丁 ", {}),
        ("丙", "丁", {"examples": ["别的"]}),
        ("丙", "丁", {"weight": -1.0}),
    ]
    for spun, original, options in mistakes:
        with pytest.raises(LexiconError):
            add(spun, original, path, **options)
    path.with_name("b.yaml").write_text("entries:\n  甲: 甲\n", "utf-8")
    with pytest.raises(LexiconError, match=r"b.yaml:2:6"):
        add("丙", "丁", path.with_name("b.yaml"))
    assert path.read_text("utf-8") == "entries:\n  甲: 乙\n"
    with pytest.raises(OutputError):
        add("丙", "丁", tmp_path / "none" / "a.yaml")


def test_an_entry_can_be_switched_off_for_good() -> None:
    entry = Entry("甲", (), "personal", status="retired", reason="x")
    assert read_text("entries:\n  甲: {status: retired, reason: x}\n").entries[0].status == entry.status


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[tool.despin]\nlexicons = " + "[" * 5000, "nested too deeply|not TOML"),
        ("[tool.despin]\nfamilies = [" + "9" * 10_000 + "]", "not TOML|no list"),
        ("[tool.despin]\n" + "# \n" * 2_000_000, "larger than 4 MB"),
        ("[tool.despin]\nlexicons = ['\0']", "not TOML"),
        ('[tool.despin]\nlexicons = ["\\u0000"]', "no such file|no name"),
    ],
)
def test_a_pyproject_that_is_no_settings_is_refused(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(content, "utf-8")
    with pytest.raises(LexiconError, match=message):
        discover(folder=tmp_path, environment={})


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pyproject_that_is_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pyproject.toml")
    with pytest.raises(LexiconError, match="a pipe or a device"):
        discover(folder=tmp_path, environment={})


def test_protected_words_of_a_folder_are_found(tmp_path: Path) -> None:
    (tmp_path / "despin-protect.txt").write_text("# names\n王获得\n", "utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.despin]\nprotect = ["丙"]\n', "utf-8")
    found = discover(folder=tmp_path, environment={})
    assert found.protect == ("丙", "王获得")
    assert str(tmp_path / "despin-protect.txt") in found.found
    assert discover(folder=tmp_path, environment={}, named_only=True).protect == ()
    (tmp_path / "despin-protect.txt").write_bytes(b"\xff\xff")
    with pytest.raises(LexiconError, match="despin-protect"):
        discover(folder=tmp_path, environment={})
