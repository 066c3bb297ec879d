"""The shipped lexicons out of the cache folder: the same as out of the lexicons, sooner; and never in the way."""

from __future__ import annotations

import os
import pickle
import shutil
from array import array
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import engine_kit
import pytest

from despin.channel import catalogue
from despin.channel.background import load_background
from despin.channel.catalogue import FORM, StoredChannel, StoredLexicon, shipped
from despin.channel.lexicon import ListChannel
from despin.decode.arcs import Ids
from despin.decode.candidates import CandidateIndex
from despin.kernel.types import Segment, Site
from despin.lexicon.load import load
from despin.lexicon.model import Entry, Lexicon
from despin.restorer import Restorer
from despin.tuning import Tuning

SPUN = "数据经由过程旌旗灯号线传送。他马上避免了这件事，租车公司回应不存在问题，某种程度也没有给予服务。"


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder that nothing was put in."""
    monkeypatch.setenv("DESPIN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(catalogue, "PACKED", tmp_path / "packed.bin")  # an installation has one
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that the shipped lexicons leave in a cache folder."""
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESPIN_CACHE", str(folder))
        patch.setattr(catalogue, "PACKED", folder / "packed.bin")
        shipped()
    [file] = folder.glob("catalogue-*.bin")
    return file


@pytest.fixture
def folder(nothing: Path, kept: Path) -> Path:
    """A cache folder with that file."""
    nothing.mkdir(0o700)
    shutil.copy2(kept, nothing)
    return nothing


@pytest.fixture(scope="module")
def read() -> tuple[Lexicon, ListChannel]:
    lexicon = load()
    return lexicon, ListChannel(lexicon, load_background())


def stored() -> tuple[StoredLexicon, StoredChannel]:
    lexicon, channel = shipped()
    assert isinstance(lexicon, StoredLexicon)
    assert isinstance(channel, StoredChannel)
    return lexicon, channel


@pytest.mark.usefixtures("folder")
def test_stored_is_what_was_read(read: tuple[Lexicon, ListChannel]) -> None:
    lexicon, channel = read
    for own, out in (stored(), pickle.loads(pickle.dumps(stored()))):
        assert out.patterns == channel.patterns
        assert list(out.candidates) == list(channel.candidates)
        assert list(out.exposed) == list(channel.exposed)
        assert out.exposures == channel.exposures
        assert out.number == channel.number
        for name in (
            "families",
            "is_site",
            "counted",
            "excess",
            "noise",
            "numbers",
            "pack_numbers",
        ):
            assert getattr(out, name) == getattr(channel, name), name
        assert own.digest == lexicon.digest
        assert own.size == lexicon.size
        for family in lexicon.families:
            assert own.of([family.name]) == lexicon.of([family.name])
            assert own.forms([family.name]) == lexicon.forms([family.name])
            assert own.pairs([family.name]) == lexicon.pairs([family.name])
            assert out.forms_of(own, {family.name}) == channel.forms_of(lexicon, {family.name})
        assert own == lexicon
        assert lexicon == own


@pytest.mark.usefixtures("folder")
def test_a_lexicon_with_other_values_is_a_plain_one(read: tuple[Lexicon, ListChannel]) -> None:
    few = replace(stored()[0], entries=read[0].entries[:3])
    assert type(few) is Lexicon
    assert few.entries == read[0].entries[:3]
    assert few.families == read[0].families
    assert few.digest == read[0].digest


@pytest.mark.usefixtures("nothing")
def test_a_text_is_restored_the_same() -> None:
    found = Restorer().explain(SPUN)
    assert found.edits
    assert found == engine_kit.restorer().explain(SPUN)


def test_an_entry_is_read_once_and_says_where_it_stands(folder: Path, read: tuple[Lexicon, ListChannel]) -> None:
    channel = stored()[1]
    pattern = channel.number["旌旗灯号"]
    [first, *_], [second, *_] = channel.candidates[pattern], stored()[1].candidates[pattern]
    assert first.entry == second.entry
    assert Path(first.entry.path).is_file()
    assert first.entry.keep is read[1].candidates[pattern][0].entry.keep


@pytest.mark.usefixtures("folder")
def test_an_entry_is_not_read_before_more_is_asked_than_a_restoration_does(
    read: tuple[Lexicon, ListChannel], monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = stored()[1]
    [first, *_] = channel.candidates[channel.number["旌旗灯号"]]
    asked: list[int] = []
    whole = catalogue.Stored.read

    def counted(self: catalogue.Stored, number: int) -> Entry:
        asked.append(number)
        return whole(self, number)

    monkeypatch.setattr(catalogue.Stored, "read", counted)
    [own, *_] = read[1].candidates[read[1].number["旌旗灯号"]]
    entry = first.entry
    assert first.original == own.original
    for name in ("spun", "family", "source", "flips", "keep"):
        assert getattr(entry, name) == getattr(own.entry, name)
    assert not asked
    assert entry.line == own.entry.line
    assert len(asked) == 1
    assert pickle.loads(pickle.dumps(entry)) == own.entry
    assert hash(entry) == hash(own.entry)
    with pytest.raises(AttributeError):
        _ = entry.nothing  # type: ignore[attr-defined]
    with pytest.raises(LookupError):
        channel._stored.entry(-1)


def test_what_is_damaged_is_read_from_the_lexicons(folder: Path, read: tuple[Lexicon, ListChannel]) -> None:
    [file] = folder.glob("catalogue-*.bin")
    whole = file.read_bytes()
    for content in (b"", whole[:-1], whole[:1000], b"x" + whole[1:], whole[:50] + b"\0" + whole[51:], whole + b"\0"):
        with pytest.raises(catalogue.REFUSED):
            catalogue._opened(content, catalogue._key())
    file.write_bytes(whole[:-1])
    lexicon, channel = shipped()
    assert not isinstance(lexicon, StoredLexicon)
    assert channel.patterns == read[1].patterns
    assert file.read_bytes() == whole


def test_numbers_that_lead_nowhere_are_refused() -> None:
    lexicon = load()
    channel = ListChannel(lexicon, load_background())
    channel.numbers[3] = len(channel.patterns)
    with pytest.raises(ValueError, match="plain"):
        catalogue.Stored(catalogue.pack(channel=channel, lexicon=_of(channel, lexicon), key="k"), "k")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("candidate_weights", array("d"), "candidates"),
        ("candidate_firsts", array("i", [0]), "candidates"),
        ("entry_traits", b"", "entries"),
        ("entry_families", None, "entry_families"),
    ],
)
def test_columns_that_do_not_fit_are_refused(name: str, value: Any, said: str) -> None:
    found = stored()[1]._stored
    setattr(found, name, bytes([255]) * len(found.entry_families) if value is None else value)
    with pytest.raises(ValueError, match=said):
        found._check()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "value"),
    [("entry_patterns", 10**6), ("candidate_words", -1), ("candidate_firsts", -1), ("candidate_words", 10**6)],
)
def test_pairs_whose_numbers_lead_nowhere_are_those_of_the_lexicons(
    read: tuple[Lexicon, ListChannel], name: str, value: int
) -> None:
    lexicon = stored()[0]
    setattr(lexicon._stored, name, array("i", [value]) * len(getattr(lexicon._stored, name)))
    assert lexicon.pairs(["daily-list"]) == read[0].pairs(["daily-list"]) != []


def _of(channel: ListChannel, lexicon: Lexicon) -> Lexicon:
    """The lexicon whose entries are those that the channel was made of."""
    entries = {id(entry): entry for each in channel.candidates.entries.values() for entry in each}
    return Lexicon(lexicon.families, tuple(entries.values()), lexicon.digest)


def test_other_lexicons_have_another_file(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [file] = folder.glob("catalogue-*.bin")
    own = tmp_path / "lexicons"
    own.mkdir()
    (own / "few.yaml").write_text("family: few\nentries:\n  旌旗灯号: 信号\n", "utf-8")
    for module in ("despin.channel.catalogue", "despin.lexicon.load", "despin.channel.background"):
        monkeypatch.setattr(f"{module}.shipped_folder", lambda: own)
    monkeypatch.setattr("despin.channel.catalogue.shipped_lexicons", lambda: [own / "few.yaml"])
    shipped()
    lexicon, _ = stored()
    assert [entry.spun for entry in lexicon.of(["few"])] == ["旌旗灯号"]
    assert len(list(folder.glob("catalogue-*.bin"))) == 2
    with pytest.raises(ValueError, match="other lexicons"):
        catalogue.Stored(file.read_bytes(), "another")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="asks for the rights of files")
def test_a_file_that_others_may_write_is_not_read(folder: Path) -> None:
    [file] = folder.glob("catalogue-*.bin")
    file.chmod(0o666)
    assert not isinstance(shipped()[0], StoredLexicon)


def test_without_a_cache_folder_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESPIN_CACHE", "")
    monkeypatch.setattr(catalogue, "PACKED", tmp_path / "packed.bin")
    monkeypatch.chdir(tmp_path)
    assert not isinstance(shipped()[0], StoredLexicon)
    assert not list(tmp_path.iterdir())
    assert FORM


def test_what_was_packed_with_the_wheel_needs_no_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [file] = folder.glob("catalogue-*.bin")
    file.rename(catalogue.PACKED)
    monkeypatch.setenv("DESPIN_CACHE", "")
    assert isinstance(shipped()[0], StoredLexicon)
    catalogue.PACKED.write_bytes(b"of other lexicons")
    assert not isinstance(shipped()[0], StoredLexicon)


def table_of(channel: ListChannel, forms: list[str]) -> tuple[CandidateIndex, dict[str, Any]]:
    """The edits that tables of compiled code offer for some forms, each a line of its own."""
    candidates = CandidateIndex(channel, engine_kit.restorer().model, Tuning())
    text = "\n".join(forms)
    number = {pattern: place for place, pattern in enumerate(channel.patterns)}
    starts = accumulate([len(form) + 1 for form in forms], initial=0)
    segments = [
        Segment(start, start + len(form), [Site(start, start + len(form), number[form])], False)
        for start, form in zip(starts, forms, strict=False)
    ]
    table = Ids(candidates).table(text, segments)
    return candidates, {
        name: value for name in table.__slots__ if isinstance(value := getattr(table, name, None), array)
    }


@pytest.mark.usefixtures("folder")
def test_columns_offer_what_objects_offer(read: tuple[Lexicon, ListChannel]) -> None:
    channel = stored()[1]
    forms = [channel.patterns[place] for place in sorted({*channel.numbers})[::3] if channel.candidates[place]]
    columns, table = table_of(channel, forms)
    objects, other = table_of(read[1], forms)
    assert None in columns.sources.known
    assert None not in objects.sources.known
    assert table == other
    names = columns.sources.labels(range(len(columns.sources)))
    assert names == [(one.entry.flips, f"{one.entry.family}:{one.entry.spun}") for one in objects.sources]
    assert list(columns.sources) == list(objects.sources)
    assert columns.packed == objects.packed
    with pytest.raises(LookupError):
        columns.tables.source(len(columns.sources))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["candidate_words", "candidate_families", "candidate_entries", "candidate_firsts"])
def test_columns_that_lead_nowhere_are_not_followed(name: str, read: tuple[Lexicon, ListChannel]) -> None:
    channel = stored()[1]
    pattern = channel.number["首要"]
    column = getattr(channel._stored, name)
    column[pattern if name == "candidate_firsts" else channel._stored.candidate_firsts[pattern]] = 1 << 30
    found, table = table_of(channel, ["首要"])
    other, whole = table_of(read[1], ["首要"])
    assert table == whole
    assert list(found.sources) == list(other.sources)
