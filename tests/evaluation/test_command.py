"""`despin eval` from end to end, with a restorer whose every edit is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eval_stub import LEXICON, TableRestorer, write_lines
from report_kit import Report

from despin.evaluation import measure, systems
from despin.evaluation.judge import Pairs
from despin.evaluation.sets import EvalDocument, read_set

Evaluate = Callable[..., tuple[int, str, str]]


def values(evaluate: Evaluate, *arguments: object) -> dict[str, Any]:
    code, out, err = evaluate(*arguments, "--json")
    assert (code, err) == (0, "")
    loaded: dict[str, Any] = json.loads(out)
    return loaded


def figures(one: dict[str, Any]) -> dict[str, float]:
    return {name: figure["value"] for name, figure in one["figures"].items()}


def test_every_figure_on_pairs_by_hand(evaluate: Evaluate, pairs_file: Path) -> None:
    (one,) = values(evaluate, pairs_file)["sets"]
    # 经由过程→通过 and 租车→快递 are right, 体系→体制 is wrong (系统), 应→使 and 放假→休息 are missed, and the 租车 of
    # the third pair is spurious. Distances before: 3 + 2, 2 + 1, 2; after: 0 + 2, 0 + 1, 2 + 2.
    found = figures(one)
    assert found["precision"] == pytest.approx(2 / 4)
    assert found["recall"] == pytest.approx(2 / 5)
    assert found["f05"] == pytest.approx(1.25 * 2 / (1.25 * 2 + 2 + 0.25 * 3), abs=1e-6)
    assert found["detection_precision"] == pytest.approx(3 / 4)
    assert found["detection_recall"] == pytest.approx(3 / 5)
    assert found["restored_share"] == pytest.approx(1 - (2 + 1 + 2 + 2) / (3 + 2 + 2 + 1 + 2))
    assert found["coverage"] == pytest.approx(4 / 5)
    assert found["known_recall"] == pytest.approx(2 / 4)
    assert found["known_precision"] == pytest.approx(2 / 3)
    assert found["unknown_recall"] == 0
    assert found["known_restored_share"] == pytest.approx(1 - (2 + 1) / (3 + 2 + 2 + 1))
    assert found["unknown_restored_share"] == 0
    assert found["calibration_error"] == pytest.approx(abs(0.9 - 2 / 4))
    assert (one["documents"], one["characters"]) == (
        3,
        sum(len(json.loads(line)["spun"]) for line in pairs_file.open()),
    )
    low, high = one["figures"]["recall"]["low"], one["figures"]["recall"]["high"]
    assert low <= found["recall"] <= high


def test_every_figure_on_clean_text_by_hand(evaluate: Evaluate, clean_file: Path) -> None:
    (one,) = values(evaluate, clean_file)["sets"]
    found = figures(one)
    assert found["sentences_untouched"] == pytest.approx(51 / 54, abs=1e-6)
    assert found["edits_per_10000"] == pytest.approx(10_000 * 3 / one["characters"], abs=1e-6)


def test_markup_and_tokens(evaluate: Evaluate, tmp_path: Path) -> None:
    (tmp_path / "m.wdiff").write_text("[-租车-]{+快递|包裹+}到了，[-体系-]{+?系统+}，[-应用-]{+使用+}。", "utf-8")
    (tmp_path / "t.tsv").write_text("spun\toriginal\tcount\n体系\t系统\t3\n体系\t机制\t1\n", "utf-8")
    markup, tokens = values(evaluate, tmp_path / "m.wdiff", tmp_path / "t.tsv")["sets"]
    assert (figures(markup)["precision"], figures(markup)["recall"]) == (1.0, 0.5)
    assert "restored_share" not in figures(markup)
    assert figures(tokens) == {"coverage": 0.75}


def test_the_verdict_takes_documents_of_200_characters(evaluate: Evaluate, tmp_path: Path) -> None:
    spun = write_lines(
        tmp_path / "s.jsonl",
        [{"id": "a", "spun": "租车好" * 80}, {"id": "b", "spun": "租车好"}, {"id": "c", "spun": "没有东西" * 80}],
    )
    clean = write_lines(tmp_path / "c.jsonl", [{"text": "天气很好" * 60}, {"text": "我去租车。" + "好" * 200}])
    verdict = values(evaluate, spun, clean)["verdict"]
    assert verdict["counts"] == {"clean": 2, "spun": 2}
    assert figures(verdict) == {"verdict_auc": pytest.approx((2 + 0.5 + 0) / 4), "verdict_recall": 0.5}
    assert values(evaluate, spun)["verdict"] is None


def test_parts(evaluate: Evaluate, pairs_file: Path) -> None:
    (one,) = values(evaluate, pairs_file, "--by", "family", "--hold", "two, three")["sets"]
    parts = {part["name"]: part for part in one["parts"]}
    assert list(parts) == ["own[held]", "own[others]", "own[betting-seo]", "own[classic-list]"]
    assert parts["own[held]"]["documents"] == 2
    assert figures(parts["own[held]"])["recall"] == pytest.approx(1 / 3, abs=1e-6)
    assert parts["own[held]"]["hash"] == parts["own[betting-seo]"]["hash"] != one["hash"]


def test_parts_by_density(evaluate: Evaluate, tmp_path: Path) -> None:
    rows = [
        {"id": str(number), "spun": "体系" * number + "好" * 100, "original": "系统" * number + "好" * 100}
        for number in (0, 1)
    ]
    rows.append({"id": "2", "spun": "我用租车，很好，" * 20, "original": "我用快递，很好，" * 20})
    (one,) = values(evaluate, write_lines(tmp_path / "d.jsonl", rows), "--by", "density")["sets"]
    assert [(part["name"], part["documents"]) for part in one["parts"]] == [("d[light]", 2), ("d[heavy]", 1)]


def test_the_table_tells_people_everything(evaluate: Evaluate, pairs_file: Path, clean_file: Path) -> None:
    code, out, err = evaluate(pairs_file, clean_file, "--by", "family", "--errors", 2)
    assert (code, err) == (0, "")
    for piece in ("own  pairs: 3 documents", "5 gold edits", "restored share", "0.3000", "sentences untouched"):
        assert piece in out
    for piece in (
        "lexicon:0123456789ab|model:",
        "families:all|min-confidence:0.5",
        "betting-seo",
        "own one, line 1: 1 error",
    ):
        assert piece in out
    assert "got   [-经由过程-]{+通过+}这个[-体系-]{+体制+}，大家可以查询天气。" in out
    assert "gold  [-经由过程-]{+通过+}这个[-体系-]{+系统+}，大家可以查询天气。" in out


def test_errors_come_worst_first_and_clean_text_has_them_too(
    evaluate: Evaluate, clean_file: Path, tmp_path: Path
) -> None:
    bad = write_lines(tmp_path / "bad.jsonl", [{"text": "好。\n租车租车租车。"}])
    errors = values(evaluate, clean_file, bad, "--errors", 2)["errors"]
    assert [(one["set"], one["line"], one["errors"]) for one in errors] == [("bad", 2, 3), ("clean", 1, 1)]
    assert errors[0]["got"] == "[-租车-]{+快递+}" * 3 + "。"


def test_m2(evaluate: Evaluate, tmp_path: Path) -> None:
    (tmp_path / "m.wdiff").write_text("[-租车-]{+快递|包裹+}到 了。没事。\n{+不+}去。", "utf-8")
    done, gold = tmp_path / "done.m2", tmp_path / "gold.m2"
    evaluate(tmp_path / "m.wdiff", "--m2", done, "--m2-gold", gold)
    noop = "A -1 -1|||noop|||-NONE-|||REQUIRED|||-NONE-|||0\n"
    tail = "|||REQUIRED|||-NONE-|||"
    assert done.read_text("utf-8") == (
        f"S 租 车 到 ␣ 了 。\nA 0 2|||S|||快 递{tail}0\n\nS 没 事 。\n{noop}\nS 去 。\n{noop}\n"
    )
    assert gold.read_text("utf-8") == (
        f"S 租 车 到 ␣ 了 。\nA 0 2|||S|||快 递{tail}0\nA 0 2|||S|||包 裹{tail}1\n\n"
        f"S 没 事 。\n{noop}\nS 去 。\nA 0 0|||M|||不{tail}0\n\n"
    )


def test_against(evaluate: Evaluate, pairs_file: Path, clean_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "none.json"
    other.write_text(evaluate(pairs_file, "--system", "none", "--json")[1], "utf-8")
    pairs, clean = values(evaluate, pairs_file, clean_file, "--against", other)["against"]
    share = next(row for row in pairs["figures"] if row["figure"] == "restored_share")
    assert (share["value"], share["other"], share["difference"]) == pytest.approx((0.3, 0.0, 0.3))
    assert 0 < share["p"] <= 1 and share["low"] <= 0.3 <= share["high"]
    assert clean["skipped"] == "is not in it"
    assert "p = " in evaluate(pairs_file, "--against", other)[1]
    code, _, err = evaluate(clean_file, "--against", other)
    assert (code, "nothing to compare with" in err) == (3, True)
    code, _, err = evaluate(clean_file, "--against", pairs_file)
    assert (code, "is no saved evaluation" in err) == (3, True)


def test_other_correctors(
    evaluate: Evaluate, pairs_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    originals = [json.loads(line) for line in pairs_file.read_text("utf-8").splitlines()]
    answers = write_lines(
        tmp_path / "answers.jsonl", [{"id": row["id"], "restored": row["original"]} for row in originals]
    )
    assert figures(values(evaluate, pairs_file, "--system", answers)["sets"][0])["f05"] == 1
    monkeypatch.chdir(tmp_path)
    (tmp_path / "foreign_corrector.py").write_text(
        "def as_text(text):\n    return text.replace('租车', '快递')\n"
        "def as_edits(text):\n    place = text.find('租车')\n"
        "    return [(place, place + 2, '快递', 0.7)] if place >= 0 else []\n"
        "def as_nonsense(text):\n    return 7\n"
        "def out_of_place(text):\n    return [(0, 999, '')]\n",
        "utf-8",
    )
    for name in ("as_text", "as_edits"):
        (one,) = values(evaluate, pairs_file, "--system", f"foreign_corrector:{name}")["sets"]
        assert figures(one)["precision"] == 0.5 and figures(one)["recall"] == 0.2
    for name, message in [
        ("as_nonsense", "answered with int"),
        ("out_of_place", "must be disjoint"),
        ("nothing", "cannot be imported"),
    ]:
        code, _, err = evaluate(pairs_file, "--system", f"foreign_corrector:{name}")
        assert (code, message in err) == (2, True)
    answers.write_text('{"id": "one", "restored": "甲"}\n', "utf-8")
    code, _, err = evaluate(pairs_file, "--system", answers)
    assert (code, "no row for document 'two'" in err) == (3, True)


def test_baselines() -> None:
    text = "他经由过程这个体系，应用了租车。"
    document = EvalDocument("0", "", text)
    restorer: Any = TableRestorer({})

    def restored(name: str, *families: str) -> str:
        return systems.system(name, restorer, families).run(document).text

    assert restored("none") == text
    assert restored("invert-list") == "他通过这个系统，使用了快递。"
    assert restored("invert-list", "betting-seo") == "他经由过程这个体系，应用了快递。"
    assert restored("frequency").startswith("他通过这个")
    low, high = restored("lattice-low"), restored("lattice-high")
    assert low.startswith("他通过这个")
    assert sum(a != b for a, b in zip(high, text, strict=False)) <= sum(a != b for a, b in zip(low, text, strict=False))


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--system", "lattice"], 2, "did you mean lattice-low?"),
        (["--hold", "tow"], 2, "did you mean two?"),
        (["--errors", "0"], 2, "is not a number of sentences"),
        (["--raise"], 2, "go with --floors"),
        (["--floors", "f.json", "--lower", "f05"], 2, "needs a reason"),
        (["--floors", "nothing.json"], 3, "no such file"),
        (["--against", "nothing.json"], 3, "no such file"),
        (["--m2", "nowhere/x.m2"], 5, "its folder does not exist"),
    ],
)
def test_mistakes(
    evaluate: Evaluate,
    pairs_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(pairs_file.parent)
    found, _, err = evaluate(pairs_file, *arguments)
    assert (found, message in err) == (code, True), err


def test_a_set_named_twice_and_standard_input(evaluate: Evaluate, pairs_file: Path) -> None:
    assert evaluate(pairs_file, pairs_file)[0] == 2
    assert evaluate("-")[0] == 2


def test_a_hundred_thousand_characters_are_judged(tmp_path: Path) -> None:
    spun, original = "我们经由过程这个体系查询天气，他没有应用租车。\n", "我们通过这个系统查询天气，他没有使用快递。\n"
    rows = [{"id": str(n), "spun": spun * 200, "original": original * 200} for n in range(22)]
    restorer: Any = TableRestorer({})
    one = read_set(str(write_lines(tmp_path / "big.jsonl", rows)))
    assert one.characters > 100_000
    result = measure.measure(one, systems.system("invert-list", restorer), Pairs(LEXICON), "density")
    assert result.whole.figures["f05"].value == 1


def test_a_run_as_a_web_page(evaluate: Evaluate, pairs_file: Path, clean_file: Path) -> None:
    options = ("--by", "family", "--errors", "3", "--missing", "3")
    code, html, err = evaluate(pairs_file, clean_file, *options, "--format", "html")
    assert (code, err) == (0, "")
    report = Report(html)
    assert report.wrong == []
    for shown in ("edit precision", "Worst sentences", "Not restored", "sentences untouched", "Documents"):
        assert shown in html
