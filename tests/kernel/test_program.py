"""Words and flags of the segmented program: compiled and plain, both as jieba gives them; and blobs that are damaged."""

from __future__ import annotations

import functools
import hashlib
import random
import struct
import subprocess
import sys
import time
import zlib
from typing import Any

import program_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import environment
from profiles import examples

from despin.errors import ModelError
from despin.kernel import COMPILED
from despin.kernel.program_blob import ARRAYS, SEALED_FROM, places
from despin.kernel.pure import program as pure
from despin.kernel.pure import word_odds

#: One process for all of them: the blob and the plain program are made once.
pytestmark = pytest.mark.xdist_group("program")
needs_compiled = pytest.mark.skipif(not COMPILED, reason="despin was installed without its compiled code")
ANY = st.text(st.one_of(st.sampled_from(kit.CHARACTERS), st.characters(codec=None, exclude_categories=())), max_size=40)


def test_the_plain_segmenter_cuts_as_jieba_does() -> None:
    for text in [*kit.HARD, *kit.scrambled(60)]:
        assert kit.plain().tokens(text) == kit.by_jieba(text), text


@needs_compiled
def test_the_compiled_segmenter_cuts_as_jieba_does() -> None:
    for text in [*kit.HARD, *kit.scrambled(250)]:
        assert kit.native().tokens(text) == kit.by_jieba(text), text


@needs_compiled
@given(ANY)
@examples(300)
def test_any_text_is_cut_alike(text: str) -> None:
    found = kit.native().tokens(text)
    assert found == kit.plain().tokens(text) == kit.by_jieba(text)
    assert "".join(text[start:end] for start, end, _ in found) == text


@needs_compiled
@given(ANY)
@examples(100)
def test_any_text_is_spun_alike(text: str) -> None:
    assert kit.native().spin(text) == kit.plain().spin(text)
    assert kit.native().forms(text) == kit.plain().forms(text)


@needs_compiled
def test_words_and_the_way_back_are_the_same() -> None:
    native, plain = kit.native(), kit.plain()
    for number in range(1, native.nwords, 13):
        word = native.word(number)
        assert word == plain.word(number)
        assert number == native.number(word) == plain.number(word)
        assert native.flag_of(word) == plain.flag_of(word)
        assert native.frequency(word) == plain.frequency(word)
        assert native.preimages(word) == plain.preimages(word)
        assert native.changes(word) == plain.changes(word)
        for rank in range(6):
            assert native.image(number, rank) == plain.image(number, rank)


def test_preimages_are_what_changes_into_a_form() -> None:
    plain = kit.plain()
    for number in range(1, plain.nwords, 29):
        word = plain.word(number)
        form = plain.changes(word)
        assert form is None or word in plain.preimages(form)
        assert all(plain.changes(preimage) == word for preimage in plain.preimages(word))


def test_words_are_told_that_make_a_word_with_the_next() -> None:
    words, pairs = kit.plain().forms("他坚持说不会游泳")
    assert "".join(words) == "他坚持说不会游泳"
    assert len(words) == len(pairs)
    assert pairs[-1] is None
    assert all(pair is None or pair == "".join(words[at : at + 2]) for at, pair in enumerate(pairs))
    assert all(pair is None or kit.plain().number(pair) for pair in pairs)


@functools.cache
def _odds(kernel: str) -> Any:
    """What says of a text what its words say for two programs, of which the other draws."""
    if kernel == "plain":
        return word_odds.WordOdds([kit.plain(), kit.plain().program({"n", "v"}, 1, 2, 3)], 0.02, 5.0, 0.5, -19.0)
    from despin.kernel.native.program import WordOdds

    return WordOdds([kit.native(), kit.native().program({"n", "v"}, 1, 2, 3)], 0.02, 5.0, 0.5, -19.0)


@needs_compiled
@given(ANY)
@examples(60)
def test_words_of_any_text_say_the_same(text: str) -> None:
    assert _odds("native").of(text) == _odds("plain").of(text)


@needs_compiled
def test_words_of_spun_texts_say_the_same() -> None:
    for text in [*kit.HARD, *kit.scrambled(40), "他立刻防止了这件事。" * 3]:
        for one in (text, kit.native().spin(text)[0]):
            assert _odds("native").of(one) == _odds("plain").of(one), one


def test_what_words_say_does_not_depend_on_what_was_read_before() -> None:
    odds = word_odds.WordOdds([kit.plain()], 0.02, 5.0, 0.5, -19.0)
    before = odds.of("他立刻防止了这件事。")
    odds.of("有买就有卖")
    assert odds.of("他立刻防止了这件事。") == before != (0.0,)


@pytest.mark.parametrize("kernel", ["plain", pytest.param("native", marks=needs_compiled)])
def test_words_are_of_programs_over_one_table(kernel: str) -> None:
    if kernel == "plain":
        make: Any = word_odds.WordOdds
    else:
        from despin.kernel.native import program as native

        make = native.WordOdds
    with pytest.raises(ValueError, match="no programs"):
        make([], 0.02, 5.0, 0.5, -19.0)


def test_words_that_a_program_can_neither_have_written_nor_left() -> None:
    for one in [kit.plain(), kit.native()] if COMPILED else [kit.plain()]:
        several = one.program({"v", "a", "d"}, 1, 3)
        for text in [*kit.HARD, *kit.scrambled(20)]:
            for program in (one, several):
                flags = {"v", "a", "d"} if program is several else kit.FLAGS
                words = {text[start:end] for start, end, flag in program.tokens(text) if flag in flags}
                numbers = [program.number(word) for word in words if len(word) > 1 and program.number(word)]
                images = {number: {program.image(number, rank) for rank in program.ranks} for number in numbers}
                left = [number for number in numbers if not images[number] & {0, number}]
                assert program.left(text) == sum(not program.preimages(program.word(number)) for number in left), text


def test_another_program_shares_the_data() -> None:
    nouns = kit.plain().program({"n"}, 2)
    assert nouns.changes("电脑") == nouns.word(nouns.image(nouns.number("电脑"), 2))
    assert kit.plain().changes("电脑") is None
    with pytest.raises(ValueError, match="rank 6"):
        kit.plain().program({"n"}, 1, 6)
    with pytest.raises(ValueError, match="rank 6"):
        kit.plain().program({"n"}, 6)


def test_a_program_of_several_ranks_has_the_preimages_of_each() -> None:
    for one in [kit.plain(), kit.native()] if COMPILED else [kit.plain()]:
        several, first, third = (
            one.program({"v", "a", "d"}, 1, 3),
            one.program({"v", "a", "d"}),
            one.program({"v", "a", "d"}, 3),
        )
        assert several.ranks == (1, 3)
        for number in range(1, one.nwords, 97):
            word = one.word(number)
            expected = tuple(sorted({*first.preimages(word), *third.preimages(word)}))
            assert several.preimages(word) == expected
            assert several.changes(word) == first.changes(word)
            assert several.image(number, 3) == third.image(number)


@needs_compiled
def test_the_tries_are_the_same() -> None:
    from despin.kernel.native import program as native

    words = ["", *sorted({"".join(random.Random(k).choices("abcd中国人", k=k % 7 + 1)) for k in range(5000)})]
    known = bytes(k % 3 > 0 for k in range(len(words)))
    assert native.trie(words, known) == pure.trie(words, known)
    for module in (native, pure):
        with pytest.raises(ValueError, match="255"):
            module.trie(["", "a" * 256], b"\0\1")


@needs_compiled
def test_long_texts_take_a_time_in_proportion() -> None:
    native = kit.native()

    def seconds(text: str) -> float:
        start = time.process_time()
        native.tokens(text)
        return time.process_time() - start

    for part in ("的", "我爱北京天安门", "a1.", "有"):
        short, long = part * (20_000 // len(part)), part * (200_000 // len(part))
        assert seconds(long) < 60 * min(seconds(short), seconds(short)) + 1
    assert "".join(short[start:end] for start, end, _ in native.tokens(short)) == short


@needs_compiled
def test_threads_share_a_segmenter() -> None:
    from concurrent.futures import ThreadPoolExecutor

    texts = kit.scrambled(200)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(kit.native().spin, texts)) == [kit.native().spin(text) for text in texts]


def test_hash_seeds_change_nothing() -> None:
    """Another process, of another seed, makes the same blob and spins the same."""
    code = (
        f"import hashlib, program_kit as kit; spinner = kit.{'native' if COMPILED else 'plain'}(); "
        "print(hashlib.sha256(kit.blob()).hexdigest(), [spinner.spin(text) for text in kit.scrambled(40)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
        env=environment(PYTHONHASHSEED="1", PYTHONUTF8="1"),
        capture_output=True,
        check=True,
    )
    spinner = kit.native() if COMPILED else kit.plain()
    digest = hashlib.sha256(kit.blob()).hexdigest()
    assert done.stdout.decode().rstrip() == f"{digest} {[spinner.spin(text) for text in kit.scrambled(40)]}"


def segmenters() -> list[type]:
    """Both segmenters, or the plain one."""
    if not COMPILED:
        return [pure.Segmenter]
    from despin.kernel.native.program import Segmenter

    return [Segmenter, pure.Segmenter]


@pytest.mark.parametrize("segmenter", segmenters())
def test_a_damaged_blob_is_refused(segmenter: type) -> None:
    whole = kit.blob()
    drawn = random.Random(3)
    for size in (0, 7, 31, 200, len(whole) // 2, len(whole) - 1):
        with pytest.raises(ModelError):
            segmenter(whole[:size])
    for _ in range(12):
        broken = bytearray(whole)
        broken[drawn.choice([drawn.randrange(400), drawn.randrange(len(whole))])] ^= 1 << drawn.randrange(8)
        with pytest.raises(ModelError):
            segmenter(bytes(broken))


@needs_compiled
@pytest.mark.parametrize(
    "name",
    ["edges", "first", "offsets", "rows", "near", "eoff", "characters", "flag", "length", "stag", "spos", "names"],
)
def test_an_index_that_lies_outside_is_refused_under_an_honest_seal(name: str) -> None:
    from despin.kernel.native.program import Segmenter

    broken = bytearray(kit.blob())
    offset, count = places(broken)[name]
    for place in range(offset, offset + count * ARRAYS[name]):
        broken[place] = 0xFF
    broken[16:24] = struct.pack("<Q", zlib.crc32(broken[SEALED_FROM:]))
    with pytest.raises(ModelError, match="damaged"):
        Segmenter(bytes(broken))


@needs_compiled
@pytest.mark.parametrize("everything", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_sizes_that_disagree_are_refused_under_an_honest_seal(everything: bool) -> None:
    from despin.kernel.native.program import Segmenter

    values = (1, 1 << 40, (1 << 64) - 8)
    for k in range(2 * len(ARRAYS)):
        for value in values if everything else values[k // 2 % 3 :][:1]:
            broken = bytearray(kit.blob()[:4096]) + kit.blob()[4096:]
            struct.pack_into("<Q", broken, 32 + 8 * k, value)
            broken[16:24] = struct.pack("<Q", zlib.crc32(broken[SEALED_FROM:]))
            if k % 2 == 0 or list(ARRAYS)[k // 2] != "origin":
                with pytest.raises(ModelError):
                    Segmenter(bytes(broken))
