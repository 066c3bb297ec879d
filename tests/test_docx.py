"""Word files: what is read of them, and edits as tracked changes that leave all else as it is."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from xml.etree import ElementTree

import pytest
import word_kit
from hypothesis import given
from hypothesis import strategies as st
from word_kit import run, word

from despin import Restorer, docx
from despin.errors import InputError
from despin.results import Edit, apply

NOON = datetime(2026, 3, 4, 12, 0, 0, tzinfo=timezone.utc)
BOLD = "<w:rPr><w:b/></w:rPr>"
EXAMPLES = Path(__file__).parents[1] / "examples"


def edits_of(text: str, **words: str) -> list[Edit]:
    """An edit at every place of words."""
    found = [
        Edit(at, at + len(spun), spun, original, 0.9)
        for spun, original in words.items()
        for at in range(len(text))
        if text.startswith(spun, at)
    ]
    return sorted(found, key=lambda edit: edit.start)


def body_of(data: bytes, part: str = "word/document.xml") -> str:
    return word_kit.parts_of(data)[part].decode()


def check(data: bytes, edits: list[Edit]) -> bytes:
    """The file with edits; accepting them gives the restored text, rejecting them the file that it was."""
    file = docx.decode(data, "a.docx")
    made = file.restored(edits, NOON)
    assert docx.decode(word_kit.settled(made, "ins"), "a.docx").text == apply(file.text, edits)
    before, after = word_kit.parts_of(data), word_kit.parts_of(made)
    rejected = word_kit.parts_of(word_kit.settled(made, "del"))
    assert list(before) == list(after)
    for name, content in before.items():
        if name in file.parts:
            was, now = ElementTree.fromstring(content), ElementTree.fromstring(rejected[name])
            assert word_kit.shape(was) == word_kit.shape(now), name
        else:
            assert after[name] == content, name
    return made


def test_text_is_a_line_a_paragraph_with_tables_and_notes() -> None:
    cell = f"<w:tc><w:p>{run('格一')}</w:p></w:tc><w:tc><w:p>{run('格二')}</w:p></w:tc>"
    body = f"<w:p>{run('正')}{run('文', BOLD)}</w:p><w:p/><w:tbl><w:tr>{cell}</w:tr></w:tbl>"
    file = docx.decode(word(body, f'<w:footnote w:id="1"><w:p>{run("脚注")}</w:p></w:footnote>'), "a.docx")
    assert file.text == "正文\n\n格一\n格二\n脚注\n"


def test_what_is_no_text_is_not_read() -> None:
    body = (
        f'<w:p>{run("甲")}<w:del w:id="1" w:author="x"><w:r><w:delText>删</w:delText></w:r></w:del>'
        f'<w:moveFrom w:id="2">{run("移")}</w:moveFrom><w:r><w:instrText>PAGE</w:instrText></w:r>'
        f"<w:r><w:ruby><w:rt>{run('pin')}</w:rt><w:rubyBase>{run('拼')}</w:rubyBase></w:ruby></w:r>"
        "<w:r><w:tab/><w:t> 乙 </w:t><w:br/><w:t>丙</w:t><w:noBreakHyphen/></w:r></w:p>"
    )
    assert docx.decode(word(body), "a.docx").text == "甲拼\t乙\n丙\u2011\n"


def test_an_edit_is_a_deletion_and_an_insertion_with_author_and_date() -> None:
    made = check(word(f"<w:p>{run('我们出售它', BOLD)}</w:p>"), edits_of("我们出售它\n", 出售="购买"))
    by = 'w:author="despin" w:date="2026-03-04T12:00:00Z"'
    deleted = f'<w:del w:id="1" {by}>{run("出售", BOLD)}</w:del>'.replace("w:t>", "w:delText>").replace(
        "<w:t ", "<w:delText "
    )
    inserted = f'<w:ins w:id="2" {by}>{run("购买", BOLD)}</w:ins>'
    assert f"{run('我们', BOLD)}{deleted}{inserted}{run('它', BOLD)}" in body_of(made)


def test_a_word_in_two_runs_takes_the_formatting_of_the_first() -> None:
    body = (
        f'<w:p>{run("我们出", BOLD)}<w:bookmarkStart w:id="1" w:name="b"/>{run("售它")}<w:bookmarkEnd w:id="1"/></w:p>'
    )
    made = body_of(check(word(body), edits_of("我们出售它\n", 出售="购买")))
    assert made.count("<w:del ") == 2
    assert f"{run('购买', BOLD)}</w:ins><w:bookmarkStart" in made
    assert 'w:id="1" w:author' not in made, "the id of the bookmark is taken"


def test_breaks_and_tabs_in_a_word_go_with_it() -> None:
    body = "<w:p><w:r><w:t>我们出</w:t><w:br/><w:t>售它</w:t><w:tab/></w:r></w:p>"
    check(word(body), [Edit(2, 5, "出\n售", "购\t买", 0.9)])


def test_edits_across_paragraphs_are_not_possible() -> None:
    file = docx.decode(word(f"<w:p/><w:p>{run('我们出')}</w:p><w:p>{run('售它')}</w:p>"), "a.docx")
    across, inside, before = (
        Edit(3, 6, "出\n售", "购买", 0.9),
        Edit(6, 7, "它", "她", 0.9),
        Edit(0, 2, "\n我", "我", 0.9),
    )
    nothing = Edit(7, 7, "", "了", 0.9), Edit(0, 0, "", "了", 0.9)
    assert file.possible([across]) == file.possible([before]) == ()
    assert file.possible([inside]) == (inside,)
    assert file.possible(nothing) == (nothing[0],)
    check(file.data, [inside, nothing[0]])


def test_what_somebody_inserted_is_parted() -> None:
    body = f'<w:p>{run("甲")}<w:ins w:id="7" w:author="Bian Ji">{run("我们出售它")}</w:ins></w:p>'
    made = body_of(check(word(body), edits_of("甲我们出售它\n", 出售="购买")))
    root = ElementTree.fromstring(made)
    assert not [one for one in root.iter(f"{word_kit.W}ins") if one.find(f"{word_kit.W}ins") is not None]
    ids = [one.get(f"{word_kit.W}id") for one in root.iter() if one.tag in (f"{word_kit.W}ins", f"{word_kit.W}del")]
    assert len(ids) == len(set(ids)) == 4


def test_text_boxes_and_runs_within_runs() -> None:
    box = (
        f"<w:r><w:t>出售</w:t><w:drawing><w:txbxContent><w:p>{run('我们出售')}</w:p></w:txbxContent></w:drawing></w:r>"
    )
    old = box.replace("<w:drawing>", "<mc:Fallback>").replace("</w:drawing>", "</mc:Fallback>")
    file = docx.decode(word(f"<w:p>{box}{old}</w:p>"), "a.docx")
    assert file.text == "出售出售\n我们出售\n"
    check(file.data, edits_of(file.text, 出售="购买"))


@pytest.mark.parametrize("prefix", ["x:", ""])
def test_other_prefixes_and_strict_files(prefix: str) -> None:
    uri = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    declared = f'xmlns{":" * bool(prefix)}{prefix[:-1]}="{uri}"'
    body = f"<{prefix}p><{prefix}r><{prefix}t>我们出售它&amp;&#x4ED6;</{prefix}t></{prefix}r></{prefix}p>"
    parts = word_kit.parts_of(word(""))
    parts["word/document.xml"] = f"<{prefix}document {declared}>{body}</{prefix}document>".encode()
    file = docx.decode(word_kit.zipped(parts), "a.docx")
    assert file.text == "我们出售它&他\n"
    made = body_of(file.restored(edits_of(file.text, 出售="购买"), NOON)).replace(uri, word_kit.W[1:-1])
    root = ElementTree.fromstring(made)
    assert "".join(one.text or "" for one in root.iter(f"{word_kit.W}t")) == "我们购买它&他"
    assert [one.text for one in root.iter(f"{word_kit.W}delText")] == ["出售"]
    assert [one.get(f"{word_kit.W}author") for one in root.iter(f"{word_kit.W}ins")] == ["despin"]


def test_without_edits_the_file_is_the_same_bytes() -> None:
    data = word(f"<w:p>{run('我们')}</w:p>")
    assert docx.decode(data, "a.docx").restored(()) == data


@given(
    st.lists(st.lists(st.text("出售我们<&> \t", max_size=4), max_size=4), min_size=1, max_size=4),
    st.data(),
)
def test_accepting_restores_and_rejecting_undoes(lines: list[list[str]], data: st.DataObject) -> None:
    body = "".join(
        f"<w:p>{''.join(run(text.replace(chr(9), ''), BOLD * (at % 2)) for at, text in enumerate(line))}</w:p>"
        for line in lines
    )
    whole = word(f"<w:p>{run('甲')}</w:p>{body}")
    file = docx.decode(whole, "a.docx")
    places = sorted(data.draw(st.lists(st.integers(0, len(file.text)), max_size=8)))
    drawn = [
        Edit(low, high, file.text[low:high], data.draw(st.text("购买\n\t&", max_size=3)), 0.9)
        for low, high in zip(places[::2], places[1::2], strict=False)
    ]
    edits = [edit for edit in file.possible(drawn) if edit.spun != edit.original]
    starts = [edit.start for edit in edits]
    # A file without any text is refused.
    if len(set(starts)) == len(starts) and apply(file.text, edits).strip():
        check(whole, edits)


BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><w:document>&b;</w:document>'


def _damaged() -> bytes:
    data = word(f"<w:p>{run('我们' * 999)}</w:p>")
    at = data.index(b"word/document.xml") + 40
    return data[:at] + b"\xff\x00\xff" + data[at + 3 :]


def _protected() -> bytes:
    data = bytearray(word(f"<w:p>{run('我们')}</w:p>"))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 1)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no zip", "is no whole Word file"),
        (word(f"<w:p>{run('我们')}</w:p>")[:-40], "is no whole Word file"),
        (_damaged(), "is no whole Word file"),
        (_protected(), "password"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "is an old Word file"),
        (word_kit.zipped({"a.txt": b"a"}), "holds no Word document"),
        (word("<w:p/>"), "holds no text"),
        (word("<w:p>"), "is no Word file that can be read"),
        (word("", more={"word/document.xml": BOMB}), "document type"),
        (word("", more={"word/media/a.png": b"\0" * (docx.MAX_BYTES + 1)}), "unpacks to more than 128 MB"),
        (word("", more={f"{number}": b"" for number in range(20_001)}), "too many parts"),
    ],
    ids=range(11),
)
def test_bad_files_get_a_message(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as found:
        docx.decode(data, "a.docx")
    assert str(found.value).startswith("a.docx: ")


def test_two_parts_of_one_name_are_refused() -> None:
    made = io.BytesIO(word(f"<w:p>{run('我们')}</w:p>"))
    with zipfile.ZipFile(made, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", b"<a/>")
    with pytest.raises(InputError, match="two parts of one name"):
        docx.decode(made.getvalue(), "a.docx")


def test_macros_stay_as_they_are() -> None:
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    data = word(f"<w:p>{run('我们出售它')}</w:p>", more={"word/vbaProject.bin": b"\0macro"}, main=kind)
    made = check(data, edits_of("我们出售它\n", 出售="购买"))
    assert word_kit.parts_of(made)["word/vbaProject.bin"] == b"\0macro"


@pytest.fixture(scope="module")
def restorer() -> Restorer:
    return Restorer()


def _lines() -> list[str]:
    names = ("classic-list.txt", "auto-repost.txt")
    return [line for name in names for line in (EXAMPLES / name).read_text("utf-8").split("\n") if line.strip()]


@pytest.mark.slow
def test_libreoffice_makes_shows_and_accepts(tmp_path: Path, restorer: Restorer) -> None:
    """Twenty documents that LibreOffice made: it accepts what despin wrote, and has the restored text then."""
    for name, source in word_kit.SOURCES.items():
        (tmp_path / name).write_text(source(_lines()[:12]), "utf-8")
    made = [(tmp_path / name, tmp_path / f"{name}.docx") for name in word_kit.SOURCES]
    word_kit.office(tmp_path, made)
    assert len(made) == 20
    wanted, changed = [], []
    for _, path in made:
        file = docx.read(str(path))
        edits = list(file.possible(restorer.explain(file.text).edits))
        assert len(edits) >= 10, path.name
        target = path.with_suffix(".restored.docx")
        target.write_bytes(check(file.data, edits))
        changed.append((target, path.with_suffix(".accepted.docx")))
        wanted.append((apply(file.text, edits), sum(bool(e.spun) + bool(e.original) for e in edits)))
    word_kit.office(tmp_path, changed, accept=True)
    for (text, count), (target, accepted) in zip(wanted, changed, strict=True):
        shown = accepted.with_name(f"{accepted.name}.fodt").read_text("utf-8")
        assert shown.count("<dc:creator>despin</dc:creator>") >= count, target.name
        # LibreOffice puts an empty paragraph around columns, as it does to a file without changes.
        assert [line for line in docx.text_of(accepted).split("\n") if line] == list(filter(None, text.split("\n")))
