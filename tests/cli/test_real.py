"""The console script with the real engine, model and lexicons."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from places import PACKAGES, environment

from despin.restorer import Restorer

SENTENCES = (
    "用户经由过程手机就能完成付款,全部过程只须要几秒钟。\r\n"
    "经由过程这个接口,法式可以读取设置装备摆设文件并回应请求。\r\n"
    "体系会按期搜检装备的状况,发明题目今后立刻关照治理员。\r\n"
)


def despin(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "despin", *map(str, arguments)]
    return subprocess.run(
        command, input=stdin, capture_output=True, cwd=PACKAGES, env=environment(), timeout=60, check=False
    )


def test_restores_and_keeps_every_other_byte() -> None:
    done = despin("restore", "-", "--format", "json", stdin=SENTENCES.encode())
    assert done.returncode == 0, done.stderr
    values = json.loads(done.stdout)
    assert "通过" in values["text"]
    assert values["text"].count("\r\n") == 3
    assert all(SENTENCES[edit["start"] : edit["end"]] == edit["spun"] for edit in values["edits"])
    text = despin("restore", "-", stdin=SENTENCES.encode())
    assert text.stdout.decode() == values["text"]


def test_detects_and_explains() -> None:
    assert despin("detect", "-", "--check", stdin=SENTENCES.encode()).returncode == 1
    values = json.loads(despin("detect", "--json", "--by", "paragraph", stdin=SENTENCES.encode()).stdout)
    assert values["spun"] is True
    assert values["evidence"]
    table = despin("explain", "--sentence", "用户经由过程手机就能完成付款。")
    assert table.returncode == 0, table.stderr
    assert "经由过程 → 通过" in table.stdout.decode()


@pytest.mark.parametrize("page", ["🎉\0\ufeff好\r\n", "\ufeff今天天气很好。\r\n", " ", "\n", "a"])
def test_odd_and_clean_texts_come_back_as_they_are(page: str) -> None:
    done = despin("restore", stdin=page.encode())
    assert (done.returncode, done.stdout) == (0, page.encode()), done.stderr


def test_lone_surrogates_pass_through_the_interface(restorer: Restorer) -> None:
    text = "前\ud800经由过程这个接口读取文件\udc00后"
    restored = restorer.explain(text)
    assert restored.text.startswith("前\ud800")
    assert restored.text.endswith("\udc00后")


@pytest.mark.parametrize(
    ("written", "place"),
    [(None, "own.yaml"), ("family: own\nentries:\n  经由过程 通过\n", "own.yaml:"), ("[", "own.yaml:")],
)
def test_a_missing_or_broken_lexicon(tmp_path: Path, written: str | None, place: str) -> None:
    path = tmp_path / "own.yaml"
    if written is not None:
        path.write_text(written, "utf-8")
    done = despin("restore", "-", "--lexicon", path, stdin=SENTENCES.encode())
    assert (done.returncode, done.stdout) == (4, b""), done.stderr
    assert place in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_an_unknown_family() -> None:
    done = despin("restore", "-", "--family", "clasic-list", stdin=SENTENCES.encode())
    assert (done.returncode, done.stdout) == (2, b"")
    assert "did you mean classic-list?" in done.stderr.decode()


def test_a_word_that_a_line_break_parts_is_named_on_one_line() -> None:
    page = (Path(__file__).parents[2] / "examples" / "betting-seo.txt").read_text("utf-8")
    for width in (19, 20, 21):
        lines = (line[at : at + width] for line in page.split("\n") for at in range(0, max(1, len(line)), width))
        text = "\n".join(lines).encode()
        said = despin("restore", "-", stdin=text).stderr + despin("detect", "-", stdin=text).stdout
        assert all(line.startswith(("<stdin>", "  ")) for line in said.decode().splitlines()), said.decode()
