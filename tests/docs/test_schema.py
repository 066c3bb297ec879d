"""The JSON that the command line prints is what docs/schema says."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import jsonschema
import pytest

from despin.cli.main import main

ROOT = Path(__file__).parents[2]
SPUN = str(ROOT / "examples" / "betting-seo.txt")
CLEAN = str(ROOT / "tests" / "data" / "cases" / "clean" / "news.txt")
LISTED = "用户经由过程手机就能完成付款,全部过程只须要几秒钟。体系会按期搜检装备的状况,发明题目今后立刻关照治理员。\n"


def schema(name: str) -> dict[str, object]:
    values: dict[str, object] = json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(values)
    return values


@pytest.mark.parametrize(
    "arguments",
    [
        ("restore", "--format", "json", SPUN),
        ("restore", "--format", "json", SPUN, "-", CLEAN),
        ("restore", "--format", "json", "-", "--page"),
        ("restore", "--format", "jsonl", "-"),
        ("detect", "--format", "json", SPUN),
        ("detect", "--format", "json", CLEAN),
        ("detect", "--format", "json", "--by", "paragraph", SPUN, "-"),
        ("readings", "--json", "--sentence", LISTED.strip()),
        ("readings", "--json", "--facts", SPUN),
        ("readings", "--json", "--suspects", SPUN),
        ("readings", "--json", "--suspects", "--facts", "-"),
        ("readings", "--json", SPUN),
    ],
    ids=lambda arguments: " ".join(Path(one).name for one in arguments),
)
def test_json_is_what_the_schema_says(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LISTED.encode()), "utf-8"))
    assert main(list(arguments)) == 0
    values = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema(arguments[0])).validate(values)
    if arguments[:2] == ("readings", "--json") and not {"--facts", "--suspects"} & set(arguments):
        posteriors = [reading["posterior"] for reading in values["readings"][0]["rows"]]
        assert posteriors == sorted(posteriors, reverse=True)


def test_the_example_notebook_runs() -> None:
    cells = json.loads((ROOT / "examples" / "notebook.ipynb").read_text("utf-8"))["cells"]
    names: dict[str, object] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    restorer = names["restorer"]
    assert restorer.restore("外壳梆硬，经由过程治理员。").startswith("外壳坚硬")  # type: ignore[attr-defined]


def test_pre_commit_hooks_name_commands_that_there_are() -> None:
    import yaml

    from despin.cli.main import COMMANDS

    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")):
        assert hook["entry"].split()[0] == "despin"
        assert hook["entry"].split()[1] in COMMANDS
