"""The languages of messages and pages: no text is without a translation, each is found again, and machines see no difference."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin import language
from despin.cli.main import COMMANDS, build_parser, every_parser, main
from despin.errors import InputError
from despin.language.catalogue import catalogue
from despin.text import files
from tools import messages

HAN = re.compile("[\u4e00-\u9fff]")
PACKAGE = Path(language.__file__).parents[1]
SPUN = str(Path(__file__).parents[1] / "examples" / "classic-list.txt")
TEMPLATES = [text for text in catalogue("zh").entries if "{" in text and re.search(r"\{\w+\}", text)]
STATIC = [
    path
    for room in ("report", "review")
    for path in (PACKAGE / room).iterdir()
    if path.suffix in (".html", ".js", ".css")
]


@pytest.fixture(autouse=True)
def nobody_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(language, "_chosen", "")
    monkeypatch.setattr(language, "_fixed", False)


def fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_no_text_is_without_a_translation() -> None:
    assert messages.missing() == []


@pytest.mark.parametrize("name", language.LANGUAGES)
def test_catalogues_hold_what_the_source_says_and_nothing_else(name: str) -> None:
    written = messages.write(name, messages.found()[name], catalogue(name).entries)
    assert (messages.FOLDER / f"{name}.po").read_text("utf-8") == written, "run python -m tools.messages"


@pytest.mark.parametrize("name", language.LANGUAGES)
def test_translations_have_no_fields_of_their_own_and_keep_options_and_commands(name: str) -> None:
    wrong = []
    for text, other in catalogue(name).entries.items():
        code = set(re.findall(r"(?<![\w-])--[a-z-]+|`[^`{]*`", text))
        if not fields(other) <= fields(text) or any(part not in other for part in code):
            wrong.append((text, other))
    assert wrong == []


def value_of(field: str, text: str) -> str:
    return str(len(text)) if field == "count" else text


def made_of(template: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda field: values[field[1]], template)


@pytest.mark.parametrize("name", language.LANGUAGES)
def test_what_was_made_of_a_template_is_found_again(name: str) -> None:
    known = catalogue(name)
    wrong = []
    for template, other in known.entries.items():
        values = {field: value_of(field, f"甲{number}") for number, field in enumerate(sorted(fields(template)))}
        found = known.find(made_of(template, values))
        if found is None or found.filled(str) != made_of(other, {**dict.fromkeys(fields(other), "?"), **values}):
            wrong.append((template, found))
    assert wrong == []


@given(st.sampled_from(TEMPLATES), st.data())
def test_whatever_the_fields_hold(template: str, data: st.DataObject) -> None:
    drawn = {name: data.draw(st.text("甲乙丙丁0123", min_size=1, max_size=4)) for name in sorted(fields(template))}
    values = {name: value_of(name, value) for name, value in drawn.items()}
    found = catalogue("zh").find(made_of(template, values))
    assert found is not None
    assert found.filled(str) == made_of(catalogue("zh").entries[template], values)


@pytest.mark.parametrize("path", STATIC, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_of_a_page_stays_chinese_where_english_was_chosen(path: Path) -> None:
    language.use("en")
    assert [line for line in language.static(path.read_text("utf-8")).splitlines() if HAN.search(line)] == []
    language.use("zh")
    assert language.static(path.read_text("utf-8")) == path.read_text("utf-8")


def test_all_of_the_help_is_in_chinese() -> None:
    language.use("zh")
    said = []
    for parser in every_parser(build_parser(COMMANDS)):
        said += [
            parser.description,
            parser.epilog,
            *(action.help for action in parser._actions if action.dest != "help"),
        ]
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                said += [choice.help for choice in action._choices_actions]
    english = {text for text in said if text and text != argparse.SUPPRESS and language.shown(text) == text}
    assert english == set()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("despin: a.txt: there is no such file; check the path", "despin: a.txt：没有这个文件；请检查路径"),
        (
            "a.yaml:3:5: warning: white space at an end of 'a ': write the word on one line",
            "a.yaml:3:5：警告：'a ' 的首尾有空白：请把词写在一行里",
        ),
        (
            "a.txt: 99.5 % of the spun part comes back when betting-seo spins the restoration again; not proved: "
            "2:3 是, 4:5 (something missing), and 2 more",
            "a.txt：重洗吻合率 99.5 %（betting-seo 把还原结果再洗一遍）；未证实：2:3 是，4:5 （缺了一些字），还有 2 处",
        ),
        ("a.txt: spun (score 0.999), family unknown, rate 0.98; damaged: pinyin 3", "a.txt：洗稿（分数 0.999），家族 不明，替换率 0.98；损坏：pinyin 3"),
        ("  restored share          0.9630  [0.9512, 0.9701]", "  还原比例                0.9630  [0.9512, 0.9701]"),
        ("a text that nobody wrote a translation for", "a text that nobody wrote a translation for"),
        ("没有 English", "没有 English"),
    ],
)  # fmt: skip
def test_a_message_is_shown_in_chinese_part_by_part(text: str, shown: str) -> None:
    assert language.shown(text) == text
    language.use("en")
    assert language.shown(text) == text
    language.use("zh")
    assert language.shown(text) == shown


def test_words_of_a_text_are_no_labels() -> None:
    language.use("en")
    assert language.label("原文用词") == "original"
    assert language.label("原文用词、不变") == "原文用词、不变"
    assert language.label("程序 · 还原报告") == "程序 · restoration"
    assert language.shown("x: 程序 → 家族") == "x: 程序 → 家族"


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({}, ""),
        ({"LANG": "C.UTF-8"}, ""),
        ({"LANG": "POSIX"}, ""),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_of_the_environment(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], name: str) -> None:
    for key, value in variables.items():
        monkeypatch.setenv(key, value)
    assert language.of_environment() == name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("", ""), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-US,en;q=0.9", "en"), ("fr, zh-Hant;q=0.2, en;q=0.7", "en"),
        ("de", ""), ("*", ""), ("zh;q=0, en", "en"), ("ZH", "zh"), (";q=;;,,zh;q=9.9.9", "zh"),
    ],
)  # fmt: skip
def test_the_language_of_a_browser(header: str, name: str) -> None:
    assert language.accepted(header) == name


def test_what_is_answered_is_in_the_language_of_whoever_asks_unless_one_is_fixed() -> None:
    language.use("en")
    with language.answering("zh"):
        assert language.chosen() == "zh"
    assert language.chosen() == "en"
    language.use("en", fixed=True)
    with language.answering("zh"):
        assert language.chosen() == "en"


@pytest.mark.parametrize(
    "arguments", [["--lang", "zh", "restore"], ["restore", "--lang=zh"], ["restore", "--lang", "zh"]]
)
def test_the_command_line_speaks_the_language_that_is_named(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "none.txt"]) == InputError.exit_code
    assert capsys.readouterr().err == "despin: none.txt：没有这个文件；请检查路径\n"


def test_the_command_line_speaks_the_language_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert main(["restore", "--format", "none"]) == 2
    assert capsys.readouterr().err.startswith("despin: 参数 --format：'none' 不在可选之列")
    assert main(["--lang", "en", "restore", "none.txt"]) == InputError.exit_code
    assert "there is no such file" in capsys.readouterr().err
    assert main(["--help"]) == 0
    assert "把洗稿还原成原来的用词" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--lang", "fr"], ["restore", "--lang"], ["--lang="]])
def test_another_language_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "choose zh or en" in capsys.readouterr().err


def test_behind_two_dashes_the_option_is_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", "--", "--lang"]) == InputError.exit_code
    assert "--lang: there is no such file" in capsys.readouterr().err


def test_machines_see_no_difference(capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for name in language.LANGUAGES:
        assert main(["detect", "--json", "--lang", name, SPUN]) == 0
        found.append(json.loads(capsys.readouterr().out))
    assert found[0] == found[1]
    language.use("zh")
    with pytest.raises(InputError, match="there is no such file"):
        files.read("none.txt")


def test_reports_and_notebooks_are_in_the_language_that_was_chosen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import despin

    for name, tag, title in (("zh", "zh-Hans", "还原报告"), ("en", "en", "restoration")):
        assert main(["restore", "--format", "html", "--lang", name, SPUN]) == 0
        page = capsys.readouterr().out
        assert f'<html lang="{tag}">' in page
        assert f" · {title}</title>" in page
        around = re.sub(r'<(div class="text"|script|table).*?</(div|script|table)>\n', "", page, flags=re.DOTALL)
        assert bool(HAN.search(around)) == (name == "zh")
    language.use("")
    result = despin.explain(Path(SPUN).read_text("utf-8"))
    assert " edits</b>" in result._repr_html_()
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert " 处修改</b>" in result._repr_html_()
