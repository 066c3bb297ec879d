"""Texts of a site: what is counted of them, what that says of the next one, and runs that judge by it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batch_stub import lines, read, records
from hypothesis import given
from hypothesis import strategies as st

from despin.batch import run as runs
from despin.batch.sites import LONGEST, REST, Sites, counted_line, said, site_of, steps_of
from despin.errors import InputError
from despin.tuning import SiteOdds

counts = st.dictionaries(st.integers(-8, 10), st.integers(0, 50), max_size=6)
texts = st.lists(
    st.tuples(st.sampled_from(["甲.cn", "b.com", "c"]), st.dictionaries(st.sampled_from("xyz"), st.integers(-8, 10))),
    max_size=20,
)


def counted(rows: list[tuple[str, dict[str, int]]]) -> Sites:
    """What is counted of some texts, each with its site."""
    found = Sites({"lexicon": "1"})
    for site, steps in rows:
        found.add(site, {family: {str(step): 1} for family, step in steps.items()})
    return found


def test_the_site_of_a_url_is_its_host() -> None:
    assert site_of("https://user@WWW.Example.CN:8080/a?b=http://c.d/") == "example.cn"
    assert site_of("http://" + "x.cn/" + "9" * 100_000) == "x.cn"
    assert site_of("//x.cn") == site_of("x.cn/a/b") == site_of(" x.cn. ") == "x.cn"
    assert site_of("http://例子.中国/a") == site_of("xn--fsqu00a.xn--fiqs8s") == "xn--fsqu00a.xn--fiqs8s"
    assert site_of("某报 第三版") == "某报 第三版"


@pytest.mark.parametrize("value", [None, "", "  ", 3, 1.5, ["a.cn"], {"a": 1}, True, "x" * (LONGEST + 1)])
def test_what_names_no_site(value: object) -> None:
    assert site_of(value) is None


@given(st.text())
def test_any_text_names_a_site_or_none(text: str) -> None:
    found = site_of(text)
    assert found is None or 0 < len(found) <= LONGEST


def test_a_text_alone_is_told_nothing() -> None:
    assert said({}) == said({REST: {}}) == {}
    assert said({"x": {}, REST: {}}) == pytest.approx({"x": 0.0})
    found = counted([("a.cn", {"x": 8, REST: -2})])
    assert found.prior("a.cn", {"x": 8, REST: -2}) == {}
    assert found.prior("elsewhere.cn", {}) == {}


def test_three_kinds_of_sites_by_hand() -> None:
    # One other text, e^1.25 times as likely spun: kinds .9, .05, .05 with shares .0002, .5, .98.
    ratio = math.exp(1.25)
    weights = [w * (1 - s + s * ratio) for w, s in ((0.9, 0.0002), (0.05, 0.5), (0.05, 0.98))]
    usual = (0.9 * 0.0002 + 0.05 * 0.98) / 0.95
    share = (weights[0] * 0.0002 + weights[1] * usual + weights[2] * 0.98) / sum(weights)
    before = (0.9 * 0.0002 + 0.05 * usual + 0.05 * 0.98) / 1.0
    expected = math.log(share / (1 - share)) - math.log(before / (1 - before))
    assert said({"x": {2: 1}, REST: {-2: 1}})["x"] == pytest.approx(expected)


def test_two_families_by_hand() -> None:
    # x: one text of two, e^4.25; y: nothing, so that both count half as what the rest says, e^-.75.
    x, low = math.exp(4.25), math.exp(-0.75)
    found = said({"x": {8: 1}, REST: {-2: 2}, "y": {}})
    by = {share: (1 - share + share * x) * (1 - share + share * low) for share in (0.0002, 0.5, 0.98)}
    none = {share: (1 - share + share * low) ** 2 for share in by}
    half = 0.05 * (by[0.5] / by[0.0002] + none[0.5] / none[0.0002])
    whole = [0.05 * one[0.98] / one[0.0002] for one in (by, none)]
    total, usual = 0.9 + half + sum(whole), (0.9 * 0.0002 + 0.05 * 0.98) / 0.95

    def log_odds(half: float, own: float, total: float) -> float:
        share = (half * usual + own * 0.98 + (total - half - own) * 0.0002) / total
        return math.log(share / (1 - share))

    expected = [log_odds(half, own, total) - log_odds(0.1, 0.05, 1.1) for own in whole]
    assert [found["x"], found["y"]] == pytest.approx(expected)


def one(found: dict[int, int], rest: int = 0, step: int = -2) -> float:
    """What is said for one family, of `rest` texts by nothing being noted."""
    return said({"x": found, REST: {step: sum(found.values()) + rest}})["x"]


def test_a_site_that_is_spun_a_clean_one_and_a_mixed_one() -> None:
    assert one({8: 19}) > 6.0
    assert one({-4: 19}) < -4.0
    assert abs(one({8: 10, -6: 10})) < 0.1
    assert one({}, 19) < one({8: 1}, 18) < one({8: 19})


def test_long_texts_that_say_nothing_say_more() -> None:
    """Half of a site's texts show nothing: where they are long it is spun in part, and each is judged by itself."""
    short, long = (steps_of({}, length)[REST] for length in (200, 1000))
    assert long < short < 0
    assert one({10: 10}, 10, short) > 5.0
    assert one({10: 10}, 10, long) < 0.5


def test_one_family_explains_a_site() -> None:
    """A list that shares words with the site's own is not what the site is spun by."""
    alone = said({"x": {4: 10}, REST: {-2: 20}})["x"]
    found = said({"x": {4: 10}, "y": {8: 19}, REST: {-2: 20}})
    assert alone > 2.0 and found["x"] < -3.0 and found["y"] > 6.0
    # On a site of which half is spun by another one it has the odds of any text.
    assert abs(said({"x": {}, "y": {8: 10, -6: 10}, REST: {-2: 20}})["x"]) < 0.2


def test_a_text_does_not_count_for_itself() -> None:
    rows = [("a.cn", {"x": 8, REST: -2})] + [("a.cn", {"x": -4, REST: -3})] * 9
    others = {"x": {-4: 9}, REST: {-3: 9}}
    assert counted(rows).prior("a.cn", {"x": 8, REST: -2}) == pytest.approx(said(others))
    others = {"x": {8: 1, -4: 8}, REST: {-2: 1, -3: 8}}
    assert counted(rows).prior("a.cn", {"x": -4, REST: -3}) == pytest.approx(said(others))


@given(st.dictionaries(st.sampled_from(["x", "y", REST]), counts))
def test_what_a_site_says_is_within_bounds(found: dict[str, dict[int, int]]) -> None:
    assert all(-10.0 < nats < 8.0 for nats in said(found).values())


def test_a_site_of_a_million_texts_says_no_more() -> None:
    assert 6.0 < one({10: 10**6}) < 8.0 and -10.0 < one({-2: 10**6}) < -4.0


@given(texts, st.randoms(), st.integers(0, 20))
def test_counts_are_the_same_in_any_order(tmp_path_factory: Any, rows: Any, chance: Any, cut: int) -> None:
    folder = tmp_path_factory.mktemp("sites")
    counted(rows).write(str(folder / "whole"))
    shuffled = chance.sample(rows, len(rows))
    for name, part in (("a", shuffled[:cut]), ("b", shuffled[cut:])):
        counted(part).write(str(folder / name))
    Sites.read([str(folder / "b"), str(folder / "a")]).write(str(folder / "merged"))
    (folder / "log").write_bytes(b"".join(counted_line(*row) for row in shuffled))
    Sites.read([str(folder / "log")], {"lexicon": "1"}).write(str(folder / "lines"))
    whole = (folder / "whole").read_bytes()
    assert (folder / "merged").read_bytes() == (folder / "lines").read_bytes() == whole


def test_steps_are_half_a_nat() -> None:
    assert steps_of({"x": -0.7, "y": 0.0, "z": 2.49}, 400) == {"x": -2, "y": 0, "z": 4, REST: -2}
    assert SiteOdds.step == 0.5 and SiteOdds.step > 0


@pytest.mark.parametrize("data", [b"nothing", b"[1", b'["a",1]\n', b'["a",1,{}]\n', b'["a",[1]]\n', b"\xff"])
def test_files_that_hold_no_counts(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.sites").write_bytes(data)
    with pytest.raises(InputError, match=r"x\.sites: cannot be read as what was counted of sites"):
        Sites.read([str(tmp_path / "x.sites")])


def test_counts_of_other_settings_are_not_merged(tmp_path: Path) -> None:
    for name in "ab":
        Sites({"lexicon": name}).write(str(tmp_path / name))
    with pytest.raises(InputError, match="was counted with another lexicon; count all with the same"):
        Sites.read([str(tmp_path / "a"), str(tmp_path / "b")])


def _crawl(folder: Path) -> None:
    """A site of spun texts with one that does not show it, clean sites, and records whose site is not known."""
    spun = [{"host": "farm.cn", "text": f"第{i}段经由过程旌旗灯号线。"} for i in range(12)]
    clean = [{"host": f"{i % 3}.cn", "text": f"第{i}段，好象通过信号线。"} for i in range(30)]
    odd = [{"host": value, "text": "好象没有。"} for value in (None, ["a"], "x" * 1000, "farm.cn", "alone.cn")]
    (folder / "in.jsonl").write_bytes(lines([*spun, *clean, *odd, {"text": "好象没有。"}]))


def test_a_run_judges_by_site(batch: Callable[..., Any], tmp_path: Path) -> None:
    _crawl(tmp_path)
    result = batch("in.jsonl", "-o", "out.jsonl", "--site", "host")
    assert result.code == 0
    assert "13 spun, 25 edits, 1 judged otherwise by their site, 4 whose site is not known" in result.err
    moved = [row for row in read(tmp_path / "out.jsonl") if row["despin"]["spun"] and row["text"].startswith("好象")]
    assert [row["host"] for row in moved] == ["farm.cn"]
    site = moved[0]["despin"]["site"]
    assert (site["name"], site["alone"], site["family"]) == ("farm.cn", 0.01, "stub") and site["nats"] > 6.0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl", "out.jsonl.sites"]


def test_without_a_site_nothing_is_said_of_one(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(9)))
    assert batch("in.jsonl", "-o", "out.jsonl").code == 0
    assert all("site" not in row["despin"] for row in read(tmp_path / "out.jsonl"))
    # Each on a site of its own: what is said is what was said without.
    (tmp_path / "in.jsonl").write_bytes(lines({**row, "host": f"{row['id']}.cn"} for row in records(9)))
    assert batch("in.jsonl", "-o", "sites.jsonl", "--site", "host").code == 0
    for one, other in zip(read(tmp_path / "out.jsonl"), read(tmp_path / "sites.jsonl"), strict=True):
        assert {**one["despin"], "site": None} == other["despin"]


def test_parts_of_a_crawl_are_counted_apart(batch: Callable[..., Any], tmp_path: Path) -> None:
    _crawl(tmp_path)
    data = (tmp_path / "in.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "a.jsonl").write_bytes(b"".join(data[::2]))
    (tmp_path / "b.jsonl").write_bytes(b"".join(data[1::2]))
    for name in ("in", "a", "b"):
        assert batch(f"{name}.jsonl", "-o", f"{name}.sites", "--mode", "sites", "--site", "host").code == 0
    Sites.read([str(tmp_path / "b.sites"), str(tmp_path / "a.sites")]).write(str(tmp_path / "merged"))
    assert (tmp_path / "merged").read_bytes() == (tmp_path / "in.sites").read_bytes()
    assert batch("in.jsonl", "-o", "one.jsonl", "--site", "host").code == 0
    counts = ("--site", "host", "--sites", "a.sites", "--sites", "b.sites")
    assert batch("a.jsonl", "b.jsonl", "-o", "parts/", *counts).code == 0
    both = [*read(tmp_path / "parts" / "a.jsonl"), *read(tmp_path / "parts" / "b.jsonl")]
    key = json.dumps
    assert sorted(map(key, both)) == sorted(map(key, read(tmp_path / "one.jsonl")))
    assert batch("a.jsonl", "b.jsonl", "-o", "folder/", "--site", "host").code == 0
    assert (tmp_path / "folder.sites").read_bytes() == (tmp_path / "in.sites").read_bytes()
    assert read(tmp_path / "folder" / "a.jsonl") == read(tmp_path / "parts" / "a.jsonl")


def test_a_parquet_column_names_the_site(batch: Callable[..., Any], tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the package pyarrow is not installed")
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
    _crawl(tmp_path)
    rows = [
        row | {"host": row.get("host") if isinstance(row.get("host"), str) else None}
        for row in read(tmp_path / "in.jsonl")
    ]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet")
    assert batch("in.jsonl", "-o", "out.jsonl", "--site", "host").code == 0
    assert batch("in.parquet", "-o", "out.parquet", "--site", "host").code == 0
    column = parquet.read_table(tmp_path / "out.parquet").column("despin").to_pylist()
    assert [one["site"] for one in column] == [row["despin"]["site"] for row in read(tmp_path / "out.jsonl")]
    assert (tmp_path / "out.parquet.sites").read_bytes() == (tmp_path / "out.jsonl.sites").read_bytes()
    result = batch("in.parquet", "-o", "other.parquet", "--site", "url")
    assert result.code == 3 and "no column 'url'" in result.err


@pytest.mark.parametrize("first", [True, False])
def test_a_run_that_was_killed_in_either_pass_goes_on(
    spawn: Callable[..., Any], batch: Callable[..., Any], tmp_path: Path, first: bool
) -> None:
    rows = [{**row, "host": f"{row['id'] % 7}.cn"} for row in records(1500)]
    (tmp_path / "in.jsonl").write_bytes(lines(rows))
    assert batch("in.jsonl", "-o", "whole.jsonl", "--site", "host").code == 0
    process = spawn("in.jsonl", "-o", "out.jsonl", "--site", "host", pause=0.001)
    state = tmp_path / ("out.jsonl.sites.log.part.json" if first else "out.jsonl.part.json")
    process.until(lambda: state.exists() and b"settings" in state.read_bytes())
    process.kill_alone()
    assert not (tmp_path / "out.jsonl").exists() and (tmp_path / "out.jsonl.sites").exists() != first
    result = batch("in.jsonl", "-o", "out.jsonl", "--site", "host", "--resume")
    assert result.code == 0
    for suffix in ("", ".sites"):
        assert (tmp_path / f"out.jsonl{suffix}").read_bytes() == (tmp_path / f"whole.jsonl{suffix}").read_bytes()
    assert not [path for path in tmp_path.iterdir() if ".part" in path.name or ".log" in path.name]


def test_an_output_that_is_replaced_is_judged_anew(batch: Callable[..., Any], tmp_path: Path, monkeypatch: Any) -> None:
    _crawl(tmp_path)
    assert batch("in.jsonl", "-o", "out.jsonl", "--site", "host").code == 0
    result = batch("in.jsonl", "-o", "other.jsonl", "--site", "host", "--mode", "filter")
    assert result.code == 0
    before = (tmp_path / "out.jsonl").read_bytes()
    monkeypatch.setattr(runs, "count_sites", _interrupted)
    assert batch("in.jsonl", "-o", "out.jsonl", "--site", "host", "--mode", "filter", "--overwrite").code == 130
    assert (tmp_path / "out.jsonl").read_bytes() == before
    monkeypatch.undo()


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--sites", "x.sites"), "name the field with --site"),
        (("--mode", "sites"), "name the field with --site"),
        (("--site", ""), "--site needs the name of the field"),
        (("--site", "despin"), "--site needs the name of the field"),
        (("--site", "host", "--engine", "ray"), "count their sites before"),
        (("--site", "host", "--mode", "sites", "--sites", "x"), "--sites takes counts that are there"),
        (("--site", "host", "--mode", "sites", "--report", "x.html"), "--mode sites leaves out"),
    ],
)
def test_options_that_do_not_go_together(batch: Callable[..., Any], tmp_path: Path, words: Any, said: str) -> None:
    _crawl(tmp_path)
    result = batch("in.jsonl", "-o", "out", *words)
    assert result.code == 2 and said in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_what_comes_once_is_not_counted(batch: Callable[..., Any], tmp_path: Path) -> None:
    _crawl(tmp_path)
    for words in (("-", "-o", "out.jsonl"), ("in.jsonl", "-o", "-")):
        result = batch(*words, "--site", "host")
        assert result.code == 2 and "a pass of their own" in result.err


def test_counts_that_are_there_are_not_replaced_unasked(batch: Callable[..., Any], tmp_path: Path) -> None:
    _crawl(tmp_path)
    (tmp_path / "out.jsonl.sites").write_text("mine")
    result = batch("in.jsonl", "-o", "out.jsonl", "--site", "host")
    assert result.code == 5 and "out.jsonl.sites: exists" in result.err
    assert (tmp_path / "out.jsonl.sites").read_text() == "mine"


def test_a_site_that_is_not_utf8_is_not_known(batch: Callable[..., Any], tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the package pyarrow is not installed")
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
    hosts = pa.array([b"\xff\xfe", b"a.cn", None], pa.binary()).view(pa.string())
    parquet.write_table(pa.table({"text": ["通过信号。"] * 3, "host": hosts}), tmp_path / "in.parquet")
    result = batch("in.parquet", "-o", "out.parquet", "--site", "host")
    assert result.code == 0 and "3 records, 0 spun, 0 edits, 2 whose site is not known" in result.err


def test_one_site_with_half_of_all_records_takes_one_line(batch: Callable[..., Any], tmp_path: Path) -> None:
    rows = [{**row, "host": "big.cn" if row["id"] % 2 else f"{row['id']}.cn"} for row in records(2000)]
    (tmp_path / "in.jsonl").write_bytes(lines(rows))
    assert batch("in.jsonl", "-o", "x.sites", "--mode", "sites", "--site", "host").code == 0
    (line,) = [line for line in (tmp_path / "x.sites").read_bytes().splitlines() if line.startswith(b'["big.cn"')]
    assert sum(json.loads(line)[1][REST].values()) == 1000 and len(line) < 100


def test_counts_of_another_lexicon_are_refused(batch: Callable[..., Any], tmp_path: Path) -> None:
    _crawl(tmp_path)
    assert batch("in.jsonl", "-o", "x.sites", "--mode", "sites", "--site", "host").code == 0
    text = (tmp_path / "x.sites").read_text("utf-8")
    (tmp_path / "x.sites").write_text(text.replace("0123456789abcdef", "fedcba9876543210"), "utf-8")
    result = batch("in.jsonl", "-o", "out.jsonl", "--site", "host", "--sites", "x.sites")
    assert result.code == 3 and "x.sites: was counted with another lexicon" in result.err
    result = batch("in.jsonl", "-o", "out.jsonl", "--site", "host", "--sites", "none.sites")
    assert result.code == 3 and "none.sites: cannot be read as what was counted of sites" in result.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "x.sites"]
