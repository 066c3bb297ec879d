"""Word files for tests: small ones from XML, larger ones from LibreOffice, and what a reader sees who accepts changes."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import pytest

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DECLARED = f'xmlns:w="{W[1:-1]}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def word(
    body: str, notes: str = "", more: dict[str, bytes] | None = None, main: str = _KIND + "document.main+xml"
) -> bytes:
    """A Word file with this body, and footnotes where `notes` has any; `more` are other parts."""
    types = f'<Override PartName="/word/document.xml" ContentType="{main}"/>'
    parts = {"word/document.xml": f"<w:document {_DECLARED}><w:body>{body}</w:body></w:document>".encode()}
    if notes:
        types += f'<Override PartName="/word/footnotes.xml" ContentType="{_KIND}footnotes+xml"/>'
        parts["word/footnotes.xml"] = f"<w:footnotes {_DECLARED}>{notes}</w:footnotes>".encode()
    head = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    return zipped({"[Content_Types].xml": f"{head}{types}</Types>".encode(), **parts, **(more or {})})


def zipped(parts: dict[str, bytes]) -> bytes:
    """The parts as a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of a zip by name, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def run(text: str, formatting: str = "") -> str:
    """A run."""
    return f'<w:r>{formatting}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def settled(data: bytes, keep: str, author: str = "despin") -> bytes:
    """The file after all changes of an author were accepted (`keep` is "ins") or rejected ("del")."""
    parts = parts_of(data)
    for name in parts:
        if name.startswith("word/") and name.endswith(".xml"):
            root = ElementTree.fromstring(parts[name])
            _settle(root, keep, author)
            parts[name] = ElementTree.tostring(root, "utf-8")
    return zipped(parts)


def _settle(parent: ElementTree.Element, keep: str, author: str) -> None:
    found: list[ElementTree.Element] = []
    for child in parent:
        _settle(child, keep, author)
        if child.tag not in (f"{W}ins", f"{W}del") or child.get(f"{W}author") != author:
            found.append(child)
        elif child.tag == W + keep:
            for text in child.iter(f"{W}delText"):
                text.tag = f"{W}t"
            found += list(child)
    parent[:] = found


def shape(element: ElementTree.Element) -> tuple[object, ...]:
    """An element with all in it; runs and insertions as characters that each have their formatting, however cut."""
    rows: list[object] = []
    for child in element:
        if child.tag == f"{W}ins":
            rows += [(child.get(f"{W}author"), row) for row in _rows(child)]
            continue
        if child.tag != f"{W}r":
            rows.append(shape(child))
            continue
        formatting = [shape(one) for one in child if one.tag == f"{W}rPr"]
        for one in child:
            if one.tag == f"{W}t":
                text = one.text or ""
                kept = one.get(SPACE) == "preserve"
                rows += [(formatting, character) for character in (text if kept else text.strip())]
            elif one.tag != f"{W}rPr":
                rows.append((formatting, shape(one)))
    return element.tag, sorted(element.attrib.items()), element.text, rows


def _rows(element: ElementTree.Element) -> list[object]:
    found = shape(element)[-1]
    assert isinstance(found, list)
    return found


_OFFICE = """\
import sys, time, uno
from com.sun.star.beans import PropertyValue
folder, address = sys.argv[1:3]
def value(name, value):
    return PropertyValue(name, 0, value, 0)
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for _ in range(300):
    try:
        context = resolver.resolve("uno:" + address + ";urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.1)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
helper = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
for line in sys.stdin:
    path, target, accept = line.rstrip("\\n").split("\\t")
    file = desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, (value("Hidden", True),))
    if accept:
        shown = (value("FilterName", "OpenDocument Text Flat XML"),)
        file.storeToURL(uno.systemPathToFileUrl(target + ".fodt"), shown)
        helper.executeDispatch(file.CurrentController.Frame, ".uno:AcceptAllTrackedChanges", "", 0, ())
    file.storeToURL(uno.systemPathToFileUrl(target), (value("FilterName", "MS Word 2007 XML"),))
    file.close(True)
desktop.terminate()
"""


def office(folder: Path, files: Sequence[tuple[Path, Path]], accept: bool = False) -> None:
    """Open files in LibreOffice and save them as .docx, with `accept` after all changes were accepted, and as they were
    before that as .docx.fodt. Skips the test where LibreOffice, or its Python, is missing."""
    soffice = shutil.which("soffice")
    python = next((one for one in ("/usr/bin/python3", sys.executable) if _has_uno(one)), None)
    if soffice is None or python is None:
        pytest.skip("LibreOffice is not installed (libreoffice-writer-nogui and python3-uno)")
    address = f"pipe,name=despin{folder.name}"
    program = subprocess.Popen(
        [soffice, "--headless", "--norestore", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
         f"--accept={address};urp;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        rows = "".join(f"{source}\t{target}\t{'accept' * accept}\n" for source, target in files)
        done = subprocess.run(
            [python, "-c", _OFFICE, str(folder), address], input=rows, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
    finally:
        program.terminate()
        program.wait()


def _has_uno(python: str) -> bool:
    return Path(python).exists() and not subprocess.run([python, "-c", "import uno"], capture_output=True).returncode


def _html(body: str) -> str:
    return f'<html lang="zh"><head><meta charset="utf-8"><title>t</title></head><body>{body}</body></html>'


def _each(form: str) -> Callable[[Sequence[str]], str]:
    return lambda lines: _html("".join(form.format(escape(line)) for line in lines))


def _bold(lines: Sequence[str]) -> str:
    """Every second character is bold: every word stands in several runs."""
    return _html("".join(
        f"<p>{''.join(escape(c) if at % 2 else f'<b>{escape(c)}</b>' for at, c in enumerate(line))}</p>"
        for line in lines
    ))  # fmt: skip


def _table(lines: Sequence[str]) -> str:
    rows = "".join(f"<tr><td>{at}</td><td>{escape(line)}</td></tr>" for at, line in enumerate(lines, 1))
    return _html(f"<table border=1><tr><th colspan=2>{escape(lines[0])}</th></tr>{rows}</table>")


def _nested(lines: Sequence[str]) -> str:
    inner = "".join(f"<tr><td>{escape(line)}</td></tr>" for line in lines[3:])
    outer = "".join(f"<p>{escape(line)}</p>" for line in lines[:3])
    return _html(f"<table><tr><td>{outer}</td><td><table>{inner}</table></td></tr></table>")


def _odt(form: Callable[[int, str], str], head: str = "", styles: str = "") -> Callable[[Sequence[str]], str]:
    """A document in OpenDocument, its paragraphs as `form` gives them."""

    def made(lines: Sequence[str]) -> str:
        names = ("office", "text", "style", "table", "draw", "fo", "svg")
        spaces = "".join(f' xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in names)
        for short, long in (("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"), ("draw", "drawing")):
            spaces = spaces.replace(f"xmlns:{short}:1.0", f"xmlns:{long}:1.0")
        spaces += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
        text = "".join(form(at, escape(line)) for at, line in enumerate(lines))
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><office:document{spaces} office:version="1.3" '
            f'office:mimetype="application/vnd.oasis.opendocument.text">{styles}'
            f"<office:body><office:text>{head}{text}</office:text></office:body></office:document>"
        )

    return made


def _note(kind: str) -> Callable[[int, str], str]:
    def form(at: int, line: str) -> str:
        cut = len(line) // 2
        note = (
            f'<text:note text:id="n{at}" text:note-class="{kind}"><text:note-citation>{at}</text:note-citation>'
            f"<text:note-body><text:p>{line}</text:p></text:note-body></text:note>"
        )
        return f"<text:p>{line[:cut]}{note}{line[cut:]}</text:p>"

    return form


def _frame(at: int, line: str) -> str:
    box = '<draw:frame svg:width="8cm" svg:height="3cm" text:anchor-type="as-char"><draw:text-box>'
    return f"<text:p>{line}{box}<text:p>{line}</text:p></draw:text-box></draw:frame></text:p>"


def _picture(at: int, line: str) -> str:
    data = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    image = f"<draw:image><office:binary-data>{data}</office:binary-data></draw:image>"
    frame = '<draw:frame svg:width="1cm" svg:height="1cm" text:anchor-type="as-char">'
    return f"<text:p>{line[:9]}{frame}{image}</draw:frame>{line[9:]}</text:p>"


_CHANGES = (
    '<text:tracked-changes><text:changed-region text:id="c1"><text:insertion><office:change-info><dc:creator>Bian Ji'
    "</dc:creator><dc:date>2025-01-02T03:04:05</dc:date></office:change-info></text:insertion></text:changed-region>"
    '<text:changed-region text:id="c2"><text:deletion><office:change-info><dc:creator>Bian Ji</dc:creator><dc:date>'
    "2025-01-02T03:04:05</dc:date></office:change-info><text:p>这些字不要了</text:p></text:deletion>"
    "</text:changed-region></text:tracked-changes>"
)


def _tracked(at: int, line: str) -> str:
    """The second paragraph is an insertion of somebody else, the third has a deletion in it."""
    if at == 1:
        return (
            f'<text:p>。<text:change-start text:change-id="c1"/>{line}<text:change-end text:change-id="c1"/>。</text:p>'
        )
    gone = '<text:change text:change-id="c2"/>' if at == 2 else ""
    return f"<text:p>{line[:5]}{gone}{line[5:]}</text:p>"


_HEADER = (
    '<office:automatic-styles><style:page-layout style:name="L"/></office:automatic-styles><office:master-styles>'
    '<style:master-page style:name="Standard" style:page-layout-name="L"><style:header><text:p>页眉<text:page-number/>'
    "</text:p></style:header><style:footer><text:p>页脚</text:p></style:footer></style:master-page>"
    "</office:master-styles>"
)
_COLUMNS = (
    '<office:automatic-styles><style:style style:name="S" style:family="section"><style:section-properties>'
    '<style:columns fo:column-count="2"/></style:section-properties></style:style><style:style style:name="B" '
    'style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style>'
    "</office:automatic-styles>"
)

#: Sources of documents by name: each makes its text of lines.
SOURCES: dict[str, Callable[[Sequence[str]], str]] = {
    "plain.html": _each("<p>{}</p>"),
    "headings.html": _each("<h2>{0}</h2><p>{0}</p>"),
    "bold.html": _bold,
    "table.html": _table,
    "nested.html": _nested,
    "lists.html": _each("<ul><li>{0}<ol><li><i>{0}</i></li></ol></li></ul>"),
    "links.html": _each(
        '<p>甲<a href="https://example.org/?a=1&amp;b=2">{0}</a>乙<font color="#cc0000">{0}</font></p>'
    ),
    "breaks.html": _each("<p>{0}<br>{0}</p>"),
    "quotes.html": _each("<blockquote>{0}</blockquote><pre>  {0}</pre><p></p>"),
    "signs.html": _each("<p>a &lt; b &amp;&amp; c &gt; \"d\" 😀 {0} 'e' R&amp;D&nbsp;</p>"),
    "footnotes.fodt": _odt(_note("footnote")),
    "endnotes.fodt": _odt(_note("endnote")),
    "boxes.fodt": _odt(_frame),
    "pictures.fodt": _odt(_picture),
    "header.fodt": _odt(lambda at, line: f"<text:p>{line}</text:p>", styles=_HEADER),
    "tracked.fodt": _odt(_tracked, _CHANGES),
    "ruby.fodt": _odt(
        lambda at, line: (
            f"<text:p><text:ruby><text:ruby-base>{line[:2]}</text:ruby-base><text:ruby-text>pin"
            f"</text:ruby-text></text:ruby>{line[2:]}</text:p>"
        )
    ),
    "tabs.fodt": _odt(lambda at, line: f'<text:p>{line[:6]}<text:tab/>{line[6:]}<text:s text:c="4"/>{line}</text:p>'),
    "columns.fodt": _odt(
        lambda at, line: (
            f'<text:section text:name="s{at}" text:style-name="S"><text:p text:style-name="B">{line}'
            "</text:p></text:section>"
        ),
        styles=_COLUMNS,
    ),
    "bookmarks.fodt": _odt(
        lambda at, line: (
            f'<text:p><text:bookmark-start text:name="b{at}"/>{line[:3]}<text:bookmark text:name="c{at}"/>'
            f'{line[3:5]}<text:bookmark-end text:name="b{at}"/>{line[5:]}</text:p>'
        )
    ),
}
