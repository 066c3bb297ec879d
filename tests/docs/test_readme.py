"""The README in both languages: the same commands, and an excerpt that is what comes out."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
import word_kit

from despin.cli.main import main
from despin.text.wdiff import read

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
LINES = 60


def text_of(name: str) -> str:
    path = ROOT / name
    if not path.exists():
        pytest.fail(f"{name} is missing")
    return path.read_text("utf-8")


def block(name: str, mark: str) -> str:
    """The first code block after `<!-- mark -->`."""
    found = re.search(rf"^<!-- {mark} -->\n```\w*\n(.*?)^```", text_of(name), re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no code block right after <!-- {mark} -->"
    return found[1]


def wrong_words(name: str) -> list[tuple[str, str]]:
    """(original, what despin says) of the rows of the table after `<!-- wrong -->`."""
    table = text_of(name).partition("<!-- wrong -->\n")[2].partition("\n\n")[0]
    rows = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in table.splitlines()[2:]]
    return [(row[0], row[1]) for row in rows]


def code(name: str) -> list[list[str]]:
    """The commands and the Python of all code blocks, line by line, without comments."""
    blocks = re.findall(r"^```(?:sh|python)\n(.*?)^```", text_of(name), re.MULTILINE | re.DOTALL)
    return [[re.split(r"\s+# ", line)[0].rstrip() for line in found.splitlines()] for found in blocks]


@pytest.fixture(scope="module")
def example() -> tuple[str, str]:
    """(standard output, standard error) of the command that the README names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.delenv("DESPIN_LEXICON", raising=False)
        held = io.BytesIO()
        out, err = io.TextIOWrapper(held, "utf-8"), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            assert main(block(ENGLISH, "restore").split("&& despin ")[1].split()) == 0
        out.flush()
        return held.getvalue().decode(), err.getvalue()


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_it_stays_short(name: str) -> None:
    assert len(text_of(name).splitlines()) <= LINES


@pytest.mark.parametrize("mark", ["restore", "test", "excerpt"])
def test_the_blocks_that_are_marked_are_the_same(mark: str) -> None:
    assert block(ENGLISH, mark) == block(CHINESE, mark)


def test_both_have_the_same_commands_and_python() -> None:
    assert code(ENGLISH) == code(CHINESE)


def links(name: str) -> list[str]:
    """Where the links and pictures of a page lead; a Chinese page or picture stands for the English one."""
    found = re.findall(r"\]\((?!README)([^)]+)\)", text_of(name))
    return [link.replace("docs/zh/", "docs/").replace("-zh.", ".") for link in found]


def test_both_have_the_same_links_and_wrong_words() -> None:
    assert links(ENGLISH) == links(CHINESE) != []
    assert wrong_words(ENGLISH) == wrong_words(CHINESE)


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_the_commands_stand_at_the_top(name: str) -> None:
    assert (
        text_of(name).index("<!-- restore -->")
        < text_of(name).index("<!-- test -->")
        < text_of(name).index("<!-- excerpt -->")
    )


def test_every_term_is_explained_in_both_languages() -> None:
    table = text_of("docs/terms.md").partition("| --- |")[2].splitlines()[1:]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table]
    assert len(rows) > 20
    for row in rows:
        assert len(row) == 4, row
        assert all(row), row
    for terms in zip(*(row[:2] for row in rows), strict=True):
        assert len(set(terms)) == len(terms)


def test_every_page_is_in_both_lists() -> None:
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    for name in ("docs/README.md", "docs/zh/README.md"):
        assert {page for page in pages if page not in text_of(name)} == set(), name


def test_the_excerpt_is_what_comes_out(example: tuple[str, str]) -> None:
    lines = {line for stream in example for line in stream.splitlines()}
    for shown in block(ENGLISH, "excerpt").splitlines():
        pieces = [piece for piece in shown.split("…") if piece]
        assert any(all(piece in line for piece in pieces) for line in lines), f"does not come out: {shown}"


def test_what_is_said_to_be_wrong_is_wrong_and_shown() -> None:
    """After the same characters, the author has the one word and the excerpt the other."""
    shown = re.sub(r"\[-.*?-\](?:\{\+(.*?)\+\})?", r"\1", block(ENGLISH, "excerpt"))
    written = read((ROOT / "examples" / "betting-seo.wdiff").read_text("utf-8")).original
    assert wrong_words(ENGLISH)
    for original, said in wrong_words(ENGLISH):
        before = {written[found.start() - 2 : found.start()] for found in re.finditer(re.escape(original), written)}
        assert any(place + said in shown for place in before), f"{said} does not stand in the excerpt for {original}"


def test_the_example_is_spun_by_its_program() -> None:
    from despin.spinners.registry import spinner

    sample = read((ROOT / "examples" / "betting-seo.wdiff").read_text("utf-8"))
    spun = (ROOT / "examples" / "betting-seo.txt").read_text("utf-8")
    assert spun == sample.spun == spinner("synonyms").spin(sample.original).text


@pytest.mark.parametrize("name", ["docs/python.md"])
def test_the_python_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All blocks of a page, one after the other, with what the reader has to have."""
    import despin

    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("entries:\n  梆硬: 坚硬\n", "utf-8")
    text = (ROOT / "examples" / "classic-list.txt").read_text("utf-8")
    Path("article.docx").write_bytes(word_kit.word(f"<w:p>{word_kit.run(text[:200])}</w:p>"))
    names = {"text": text, "page": text, "restored": despin.restore(text), "title": "缓存", "keywords": "缓存 数据"}
    for number, found in enumerate(re.findall(r"^```python\n(.*?)^```", text_of(name), re.MULTILINE | re.DOTALL)):
        exec(compile(found, f"{name}, block {number + 1}", "exec"), dict(names, despin=despin))
