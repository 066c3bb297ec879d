"""Examples for the scorer: their labels tell how to take back what a channel did, and the same seed makes the same."""

from __future__ import annotations

import functools
import json
import random
from pathlib import Path

import pytest
from learn_kit import articles

from despin.errors import InputError, UsageError
from despin.learning.batches import Asked, segments
from despin.learning.examples import CANDIDATES, PROGRAM, TABLE, DrawnTable, Example, Examples, PairPool
from despin.learning.features import CHUNK, Chunk
from despin.learning.kinds import Stream, read_kinds
from despin.tuning import Spinning


@functools.cache
def examples() -> Examples:
    return Examples()


def restored(example: Example) -> str:
    """The page with every word that was replaced put back."""
    page, at = [], 0
    for start, end, originals, label in example.places:
        if label:
            assert start >= at, "two places that were replaced overlap"
            page += [example.page[at:start], originals[label - 1]]
            at = end
    return "".join(page) + example.page[at:]


def checked(example: Example) -> None:
    """What holds for every example."""
    assert [place[:2] for place in example.places] == sorted(
        (place[:2] for place in example.places), key=lambda one: (one[0], -one[1])
    )
    for start, end, originals, label in example.places:
        assert 0 <= start < end <= len(example.page)
        assert 0 <= label <= len(originals) < CANDIDATES
        assert len(set(originals)) == len(originals) > 0
        assert example.page[start:end] not in originals


@pytest.mark.parametrize("seed", range(6))
def test_true_originals_of_a_table_make_the_text_again(seed: int) -> None:
    chance = random.Random(seed)
    for text in articles():
        example = examples().by_table(text[:800], chance)
        checked(example)
        assert example.kind == TABLE
        assert restored(example) == text[:800]
        assert any(place.label for place in example.places) == (example.page != text[:800])


def test_labels_of_a_program_are_its_edits() -> None:
    from despin.learning.examples import places

    for program, sources, lengths in examples()._programs:
        edits = labels = 0
        for text in articles():
            spun = program.spin(text[:800])
            gold = {(edit.start, edit.end): edit.original for edit in spun.edits}
            found = places(
                spun.text, lengths, lambda form, true, sources=sources: sources.get(form, ()), gold, random.Random(1)
            )
            checked(Example(PROGRAM, spun.text, found))
            for start, end, originals, label in found:
                assert gold.get((start, end)) == (originals[label - 1] if label else None)
                labels += label > 0
            edits += len(gold)
        # A word whose flag in the text is another than in the dictionary has no place.
        assert 0.9 * edits < labels <= edits


def test_both_kinds_are_made_and_the_same_seed_makes_the_same() -> None:
    text = articles()[0][:300]
    one, other = (
        [examples().example(text, chance) for _ in range(12)] for chance in (random.Random(5), random.Random(5))
    )
    assert one == other
    assert {example.kind for example in one} == {PROGRAM, TABLE}
    assert one != [examples().example(text, random.Random(6)) for _ in range(12)]


def test_what_is_drawn_is_the_same_in_every_run() -> None:
    # As a run with another PYTHONHASHSEED drew it.
    table = DrawnTable(
        PairPool([("使用", "应用"), ("通过", "经由过程"), ("问题", "题目")]), 2, 12, 0.5, 1.0, 0.5, False
    )
    assert [table.target(word) for word in ("使用", "通过", "问题", "没有")] == ["应用", None, "题目", None]
    gold = {(0, 2): "使用", (4, 6): "问题", (6, 8): "使用"}
    assert table.spin("使用通过问题使用", random.Random(1)) == ("应用通过题目应用", gold)


def whole(pairs: list[tuple[str, str]], **changed: float | bool) -> DrawnTable:
    """A table that has and offers all pairs, replaces all words, and changes in this."""
    return DrawnTable(PairPool(pairs), 1, 2, 1.0, 1.0, 1.0, False)._replace(**changed)


def test_a_table_takes_the_longest_word_and_goes_on_behind_it() -> None:
    table = whole([("中国", "华夏"), ("中国人", "国人"), ("人民", "百姓")])
    assert table.spin("中国人民，中国", random.Random(1)) == ("国人民，华夏", {(0, 2): "中国人", (4, 6): "中国"})


def test_first_places_and_rates() -> None:
    pairs = [("使用", "应用"), ("问题", "题目")]
    assert whole(pairs, first_only=True).spin("使用使用问题使用", random.Random(1))[0] == "应用使用题目使用"
    page = whole(pairs, rate=0.5).spin("使用" * 200, random.Random(1))[0]
    assert 60 < page.count("应用") < 140


def test_shares_of_words_and_of_offers() -> None:
    pairs = [(f"词{number}", f"形{number % 7}") for number in range(700)]
    half = whole(pairs, share=0.5, offered=0.3)
    assert 280 < sum(half.target(word) is not None for word, _ in pairs) < 420
    offered = half.offers("形3", "词10")
    assert "词10" in offered
    assert 15 < len(offered) < 45


def test_a_place_has_few_candidates_and_the_true_one() -> None:
    from despin.learning.examples import places

    words = [f"词{number}" for number in range(40)]
    for seed in range(20):
        found = places("形", {"形": (1,)}, lambda form, true: words, {(0, 1): "词33"}, random.Random(seed))
        assert len(found[0].originals) == CANDIDATES - 1
        assert found[0].originals[found[0].label - 1] == "词33"
    assert places("形", {"形": (1, 2)}, lambda form, true: [], {}, random.Random(1)) == []


def test_pools_hold_words_of_every_list_and_neighbours() -> None:
    lists, near = examples().lists, examples().near
    assert "应用" in lists.originals
    assert all(form != original for form, found in lists.originals.items() for original, _ in found)
    assert len(near.forms) > 50_000
    assert max(map(len, near.forms)) <= 6


# ---------------------------------------------------------------- files and batches


def write(path: Path, texts: list[str]) -> str:
    path.write_text("".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts), "utf-8")
    return str(path)


@pytest.fixture
def corpus(tmp_path: Path) -> list[str]:
    """Two kinds of text, of 120 and of 20 documents."""
    texts = [text[at : at + 150] for text in articles() for at in range(0, len(text) - 150, 20)]
    many = [f"{texts[number % len(texts)]}{number}" for number in range(140)]
    return [write(tmp_path / "news.jsonl", many[:120]), write(tmp_path / "law.jsonl", many[120:])]


def test_one_document_in_fifty_of_each_kind_is_held(corpus: list[str]) -> None:
    seen: list[int] = []
    kinds, counts = read_kinds(corpus, seen.append)
    assert [(kind.name, len(kind.taken), len(kind.held)) for kind in kinds] == [("news", 117, 3), ("law", 19, 1)]
    assert Spinning.held == 50
    assert sum(seen) == sum(Path(path).stat().st_size for path in corpus)
    assert counts["的"] > counts["龘"] == 0


def test_a_stream_gives_every_document_before_one_comes_again(corpus: list[str]) -> None:
    kinds, _ = read_kinds(corpus)
    stream = Stream(kinds, 1)
    texts = stream.texts(random.Random(1))
    found: dict[int, list[str]] = {0: [], 1: []}
    for _ in range(400):
        number, text = next(texts)
        found[number].append(text)
    assert len(set(found[1][:19])) == 19 == len(set(found[1]))
    assert found[1][:19] != found[1][19:38]
    assert len(found[0]) < 5 * len(found[1])  # not as 6 to 1
    held = {text for _, (_, text) in zip(range(60), Stream(kinds, 1, held=True).texts(random.Random(1)), strict=False)}
    assert len(held) == 4
    assert not held & {*found[0], *found[1]}
    assert stream.taken == [len(found[0]), len(found[1])]


def test_segments_go_on_where_they_were_left(corpus: list[str]) -> None:
    asked = Asked(read_kinds(corpus)[0], {}, 3, size=2, segment=3)
    made = segments(asked, examples())
    batches = [next(made) for _ in range(9)]
    assert [bool(taken) for _, taken in batches] == [False, False, True] * 3
    again = segments(asked, examples(), 1, batches[2][1])
    assert [next(again) for _ in range(6)] == batches[3:]
    chunks = [chunk for batch, _ in batches for chunk in batch]
    assert {len(batch) for batch, _ in batches} == {2}
    assert {chunk.source for chunk in chunks} == {0, 1}
    for chunk in chunks:
        assert 0 < len(chunk.text) <= CHUNK
        assert chunk.places
        checked(Example(chunk.kind, chunk.text, chunk.places))


def test_long_pages_are_cut_into_chunks(tmp_path: Path) -> None:
    text = "\n".join(articles())[:3000]
    kinds, _ = read_kinds([write(tmp_path / "one.jsonl", [text] * 10)])
    chunks: list[Chunk] = next(segments(Asked(kinds, {}, 1, size=8), examples()))[0]
    assert {len(chunk.text) for chunk in chunks} >= {CHUNK}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("{", "news.jsonl:1: is no JSON"),
        ('{"text": "甲"}\n\n[]\n', "news.jsonl:3: has no text"),
        ('{"text": 1}', "news.jsonl:1: has no text"),
        ("\n", "holds no document"),
    ],
)
def test_files_that_hold_no_texts(tmp_path: Path, lines: str, message: str) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text(lines, "utf-8")
    with pytest.raises(InputError, match=message):
        read_kinds([str(path)])


def test_files_that_are_gone_changed_or_of_one_name(tmp_path: Path, corpus: list[str]) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl: cannot be read"):
        read_kinds([str(tmp_path / "none.jsonl")])
    (tmp_path / "more").mkdir()
    with pytest.raises(UsageError, match="two files are called news"):
        read_kinds([*corpus, write(tmp_path / "more" / "news.jsonl", ["甲"])])
    kinds, _ = read_kinds(corpus[:1])
    Path(corpus[0]).write_text("甲" * 10_000, "utf-8")
    with pytest.raises(InputError, match="was changed while it was learned from"):
        next(Stream(kinds, 1).texts(random.Random(1)))
    Path(corpus[0]).unlink()
    with pytest.raises(InputError, match="cannot be read"):
        next(Stream(kinds, 1).texts(random.Random(1)))
