"""Words and flags of the segmented program, as jieba gives them; what it writes for them; and blobs that are damaged."""

from __future__ import annotations

import functools
import hashlib
import math
import random
import re
import subprocess
import sys
import time
from collections import Counter

import program_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import environment
from profiles import examples

from despin.errors import ModelError
from despin.kernel import arrays_file
from despin.kernel.native.program import Segmenter, WordOdds, seal, trie
from despin.kernel.program_blob import ARRAYS, pack

#: One process for all of them: the blob and the plain program are made once.
pytestmark = pytest.mark.xdist_group("program")
ANY = st.text(st.one_of(st.sampled_from(kit.CHARACTERS), st.characters(codec=None, exclude_categories=())), max_size=40)


def test_texts_are_cut_as_jieba_does() -> None:
    for text in [*kit.HARD, *kit.scrambled(250)]:
        assert kit.segmenter().tokens(text) == kit.by_jieba(text), text


@given(ANY)
@examples(300)
def test_any_text_is_cut_as_jieba_does(text: str) -> None:
    found = kit.segmenter().tokens(text)
    assert found == kit.by_jieba(text)
    assert "".join(text[start:end] for start, end, _ in found) == text


@given(ANY)
@examples(100)
def test_words_with_a_flag_are_replaced(text: str) -> None:
    words, parts, edits, place = kit.segmenter(), [], [], 0
    for start, end, flag in words.tokens(text):
        word = text[start:end]
        image = words.image(words.number(word), 1) if flag in kit.FLAGS and words.number(word) else 0
        parts.append(words.word(image) if image else word)
        if parts[-1] != word:
            edits.append((place, place + len(parts[-1]), word))
        place += len(parts[-1])
    assert words.spin(text) == ("".join(parts), edits)


def test_preimages_are_what_changes_into_a_form() -> None:
    words = kit.segmenter()
    for number in range(1, words.nwords, 29):
        word = words.word(number)
        form = words.changes(word)
        assert form is None or word in words.preimages(form)
        assert all(words.changes(preimage) == word for preimage in words.preimages(word))


def test_words_are_told_that_make_a_word_with_the_next() -> None:
    words, pairs = kit.segmenter().forms("他坚持说不会游泳")
    assert "".join(words) == "他坚持说不会游泳"
    assert len(words) == len(pairs)
    assert pairs[-1] is None
    assert all(pair is None or pair == "".join(words[at : at + 2]) for at, pair in enumerate(pairs))
    assert all(pair is None or kit.segmenter().number(pair) for pair in pairs)


#: What `WordOdds` is asked with: the share that is written after spinning, the most of a word, how much it says again, and the log
#: probability of a word that the dictionary does not count.
ODDS = 0.02, 5.0, 0.5, -19.0
HAN = re.compile("[㐀-鿿]")


def people(word: str) -> float:
    """How often people write a word."""
    counted = kit.segmenter().frequency(word)
    return math.exp(ODDS[3] if counted is None else counted)


def written(program: Segmenter, form: str) -> float:
    """How often a program writes a form for other words."""
    total = 0.0
    for word in program.preimages(form):
        images = [program.image(program.number(word), rank) for rank in program.ranks]
        drawn = images.count(program.number(form)) if len(images) > 1 else 1
        total += people(word) * drawn / len(images)
    return total


def share(program: Segmenter, word: str) -> float:
    """How many times as often as people a program writes a word."""
    return written(program, word) / people(word) + (program.changes(word) in (None, word))


def odds_of(programs: list[Segmenter], text: str) -> list[float]:
    """What the words of a text say for each program."""
    words, pairs = programs[0].forms(text)
    said: dict[str, list[float]] = {}
    counts = Counter[str]()
    place = 0
    while place < len(words):
        form, pair, joined = words[place], pairs[place], False
        if pair and HAN.search(form) and HAN.search(words[place + 1]) and any(written(one, pair) for one in programs):
            following, alone = words[place + 1], people(form) * people(words[place + 1])
            shares = [written(one, pair) / alone + share(one, form) * share(one, following) for one in programs]
            joined = shares != [1.0] * len(shares)
        if not joined:
            shares = [share(one, form) for one in programs] if HAN.search(form) and programs[0].number(form) else []
        key = pair if joined and pair else form
        nats = [0.0 if one == 1.0 else min(ODDS[1], math.log(ODDS[0] + (1 - ODDS[0]) * one)) for one in shares]
        if any(nats):
            said[key] = nats
            counts[key] += 1
        place += 1 + joined
    weights = {form: (1 - ODDS[2] ** counts[form]) / (1 - ODDS[2]) for form in said}
    return [sum(weights[form] * nats[number] for form, nats in said.items()) for number in range(len(programs))]


@functools.cache
def programs() -> list[Segmenter]:
    """Two programs, of which the other draws."""
    return [kit.segmenter(), kit.segmenter().program({"n", "v"}, 1, 2, 3)]


@given(ANY)
@examples(60)
def test_words_say_how_often_programs_and_people_write_them(text: str) -> None:
    found = WordOdds(programs(), *ODDS)
    for one in (text, kit.segmenter().spin(text)[0], "他立刻防止了这件事。" * 3):
        assert found.of(one) == pytest.approx(odds_of(programs(), one), abs=1e-9), one


def test_what_words_say_does_not_depend_on_what_was_read_before() -> None:
    odds = WordOdds([kit.segmenter()], *ODDS)
    before = odds.of("他立刻防止了这件事。")
    odds.of("有买就有卖")
    assert odds.of("他立刻防止了这件事。") == before != (0.0,)


def test_words_are_of_programs_over_one_table() -> None:
    with pytest.raises(ValueError, match="no programs"):
        WordOdds([], *ODDS)


def test_another_program_shares_the_data() -> None:
    nouns = kit.segmenter().program({"n"}, 2)
    assert nouns.changes("电脑") == nouns.word(nouns.image(nouns.number("电脑"), 2))
    assert kit.segmenter().changes("电脑") is None
    with pytest.raises(ValueError, match="rank 6"):
        kit.segmenter().program({"n"}, 1, 6)
    with pytest.raises(ValueError, match="rank 6"):
        kit.segmenter().program({"n"}, 6)


def test_a_program_of_several_ranks_has_the_preimages_of_each() -> None:
    one = kit.segmenter()
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


def test_a_trie_leads_to_its_words() -> None:
    words = ["", *sorted({"".join(random.Random(k).choices("abcd中国人", k=k % 7 + 1)) for k in range(5000)})]
    known = bytes(k % 3 > 0 for k in range(len(words)))
    edges, first, marks, nodes = trie(words, known)
    table = {edge >> 24: edge & 0xFFFFFF for edge in memoryview(edges).cast("Q") if edge}
    assert len(marks) == nodes
    for number, word in list(enumerate(words))[1:]:
        node = memoryview(first).cast("I")[ord(word[0])]
        for character in word[1:]:
            assert marks[node] & 1 or not known[number]
            node = table[node << 16 | ord(character)]
        assert node == number
        assert marks[node] >> 1 == known[number]
    with pytest.raises(ValueError, match="255"):
        trie(["", "a" * 256], b"\0\1")


def test_long_texts_take_a_time_in_proportion() -> None:
    words = kit.segmenter()

    def seconds(text: str) -> float:
        start = time.process_time()
        words.tokens(text)
        return time.process_time() - start

    for part in ("的", "我爱北京天安门", "a1.", "有"):
        short, long = part * (20_000 // len(part)), part * (200_000 // len(part))
        assert seconds(long) < 60 * min(seconds(short), seconds(short)) + 1
    assert "".join(short[start:end] for start, end, _ in words.tokens(short)) == short


def test_threads_share_a_segmenter() -> None:
    from concurrent.futures import ThreadPoolExecutor

    texts = kit.scrambled(200)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(kit.segmenter().spin, texts)) == [kit.segmenter().spin(text) for text in texts]


def test_hash_seeds_change_nothing() -> None:
    """Another process, of another seed, makes the same blob and spins the same."""
    code = (
        "import hashlib, program_kit as kit; spinner = kit.segmenter(); "
        "print(hashlib.sha256(kit.blob()).hexdigest(), [spinner.spin(text) for text in kit.scrambled(40)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
        env=environment(PYTHONHASHSEED="1", PYTHONUTF8="1"),
        capture_output=True,
        check=True,
    )
    spinner = kit.segmenter()
    digest = hashlib.sha256(kit.blob()).hexdigest()
    assert done.stdout.decode().rstrip() == f"{digest} {[spinner.spin(text) for text in kit.scrambled(40)]}"


def test_a_damaged_blob_is_refused() -> None:
    whole = kit.blob()
    drawn = random.Random(3)
    for size in (0, 7, 31, 200, len(whole) // 2, len(whole) - 1):
        with pytest.raises(ModelError):
            Segmenter(whole[:size])
    for _ in range(12):
        broken = bytearray(whole)
        broken[drawn.choice([drawn.randrange(400), drawn.randrange(len(whole))])] ^= 1 << drawn.randrange(8)
        with pytest.raises(ModelError):
            Segmenter(bytes(broken))


def parts() -> dict[str, bytes]:
    """The arrays of the blob."""
    return {name: bytes(one.data) for name, one in arrays_file.unpack(kit.blob())[0].items()}


@pytest.mark.parametrize(
    "name",
    ["edges", "first", "offsets", "rows", "near", "eoff", "characters", "flag", "length", "stag", "spos", "names"],
)
def test_an_index_that_lies_outside_is_refused_under_an_honest_seal(name: str) -> None:
    arrays = parts()
    with pytest.raises(ModelError, match="damaged"):
        Segmenter(pack({**arrays, name: b"\xff" * len(arrays[name])}, seal))


@pytest.mark.parametrize("name", [name for name in ARRAYS if name not in ("names", "origin")])
def test_sizes_that_disagree_are_refused_under_an_honest_seal(name: str) -> None:
    arrays, number = parts(), arrays_file.size_of(ARRAYS[name])
    longer = arrays[name] + bytes(number)
    # More nodes and more characters than anything points to harm nothing.
    for other in (b"", arrays[name][:-number], *([longer] if name not in ("infreq", "strings") else [])):
        with pytest.raises(ModelError, match="damaged"):
            Segmenter(pack({**arrays, name: other}, seal))


def test_arrays_of_other_kinds_are_refused_under_an_honest_seal() -> None:
    arrays, metadata = arrays_file.unpack(kit.blob())
    other = arrays["near"]._replace(kind="F32")
    for changed in (
        {**arrays, "near": other},
        {**arrays, "more": other},
        {name: arrays[name] for name in [*arrays][1:]},
    ):
        with pytest.raises(ModelError, match="sizes disagree"):
            Segmenter(arrays_file.pack(changed, metadata, seal))
    with pytest.raises(ModelError, match="another version"):
        Segmenter(arrays_file.pack(arrays, {"form": "despin-program-1"}, seal))
