"""The command with a restorer whose every edit is known, and small sets for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from eval_stub import TableRestorer, write_lines


@pytest.fixture
def restorer() -> TableRestorer:
    return TableRestorer({"经由过程": "通过", "租车": "快递", "体系": "体制"})


@pytest.fixture
def evaluate(
    restorer: TableRestorer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """`despin eval ARGUMENTS` with the table restorer: exit code, standard output, standard error."""
    from despin.cli import options
    from despin.cli.main import main

    monkeypatch.setattr(options, "make_restorer", lambda args: restorer)

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["eval", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def pairs_file(tmp_path: Path) -> Path:
    return write_lines(
        tmp_path / "own.jsonl",
        [
            {
                "id": "one",
                "family": "classic-list",
                "spun": "经由过程这个体系，大家可以查询天气。\n今天不下雨。",
                "original": "通过这个系统，大家可以查询天气。\n今天不下雨。",
            },
            {
                "id": "two",
                "family": "betting-seo",
                "spun": "他把租车送到了门口，应用了新的推车。",
                "original": "他把快递送到了门口，使用了新的推车。",
            },
            {
                "id": "three",
                "family": "betting-seo",
                "spun": "租车公司今天放假。",
                "original": "租车公司今天休息。",
            },
        ],
    )


@pytest.fixture
def clean_file(tmp_path: Path) -> Path:
    return write_lines(
        tmp_path / "clean.jsonl",
        [
            {"id": "0", "text": "我们去租车公司！然后回家。\n明天再说吧，租车很方便。租车也便宜？"},
            {"id": "1", "text": "天气很好。" * 50},
        ],
    )
