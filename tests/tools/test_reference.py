"""Every command and option is documented, and the help is quick."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from despin.cli.main import COMMANDS, EXIT_CODES, build_parser, every_parser, main
from tools import reference

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "docs" / "reference.md").read_text("utf-8")


def test_the_reference_is_what_the_parsers_say(page: str) -> None:
    assert page == reference.markdown(), "docs/reference.md is stale: run `python -m tools.reference`"


def test_every_command_and_option_is_documented(page: str) -> None:
    for parser in every_parser(build_parser(COMMANDS)):
        heading = re.search(rf"^#+ {re.escape(parser.prog)}\n(.*?)(?=^#+ |\Z)", page, re.MULTILINE | re.DOTALL)
        assert heading, f"{parser.prog} has no section"
        for action in parser._actions:
            for option in action.option_strings:
                assert f"`{option}" in heading[1], f"{parser.prog} {option} is not documented"
            assert action.help or not action.option_strings, f"{parser.prog} {action.option_strings} has no help"


def test_exit_codes_are_documented_and_true(page: str) -> None:
    from despin import errors

    for error in (
        errors.UsageError, errors.InputError, errors.LexiconError, errors.OutputError, errors.ModelError, errors.NotCompiledError
    ):  # fmt: skip
        assert re.search(rf"^  {error.exit_code} ", EXIT_CODES, re.MULTILINE)
    for code in ("130", "141"):
        assert re.search(rf"^  {code} ", EXIT_CODES, re.MULTILINE)
    assert EXIT_CODES.strip() in page


def test_commands_say_the_same_in_both_helps() -> None:
    for name in ("restore", "detect", "readings"):
        for wanted in ([], [name]):
            assert COMMANDS[name][1] in " ".join(build_parser(wanted).format_help().split())


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from despin.cli.main import main; main(['--help']); "
        "print(*sorted({'yaml', 'rapidfuzz', 'json', 'despin.restorer', 'despin.cli.restore'}"
        " & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
    assert done.stderr.split() == []
    assert b"restore" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["restore", "--facts", "keep", "a.txt"],
            "--facts is --fact-edits (keep is none, mark is sure, restore is all) now",
        ),
        (["readings", "--odd", "a.txt"], "--odd is --suspects now"),
    ],
)
def test_options_of_before_say_what_they_are_called_now(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_a_command_of_before_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-q", "explain", "--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: despin readings ")
