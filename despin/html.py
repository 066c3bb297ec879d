"""Reading a page that came as HTML: its visible text line by line, and the article in it.

Needs the extra `despin[html]` (Resiliparse: Lexbor's HTML5 parser and its plain-text extraction, linear in the size of
the page and untroubled by broken markup). It is imported only when a page is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from despin.errors import InputError, UsageError

if TYPE_CHECKING:
    from resiliparse.parse.html import HTMLTree

    from despin.page import Page

#: Larger pages are refused: no article is that long.
MAX_BYTES = 64 * 1024 * 1024
#: What a file name of a page ends with.
SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
_SPACE = re.compile(r"[ \t\u3000\xa0\r\f\v]+")
_START = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]", re.I | re.S)
_TAG = re.compile(r"</?(?:p|div|span|a|br|ul|ol|li|table|td|tr|h[1-6]|article|section|meta|link|title)\b[^<>]*>", re.I)


def looks_like_html(text: str, name: str = "") -> bool:
    """Whether a text is HTML: by the suffix of its `name`, by how it begins, or by closing tags among its first ones."""
    if name.lower().endswith(SUFFIXES):
        return True
    head = text[:4096]
    if _START.match(head):
        return True
    tags = _TAG.findall(head)
    return len(tags) >= 4 and any(tag.startswith("</") for tag in tags) and head.lstrip().startswith("<")


def read_html(source: str | bytes, encoding: str | None = None) -> Page:
    """The article of an HTML page. `Page.text` is the page's visible text, and all offsets are code points of it.

    Bytes are read in `encoding`, else in the one the page declares or seems to be in. Raises `UsageError` when the
    extra is not installed and `InputError` when the page is too large or cannot be parsed.
    """
    from despin.page import read_page

    text, linked = html_text(source, encoding)
    return read_page(text, linked)


def html_text(source: str | bytes, encoding: str | None = None) -> tuple[str, frozenset[str]]:
    """(visible text, the lines of it that are nothing but links); the title of the page is its first line.

    One line a block, white space within it as one space, no empty lines. Raises as `read_html` does.
    """
    tree = _parse(source if isinstance(source, str) else _decode(source, encoding))
    from resiliparse.extract.html2text import extract_plain_text

    body = extract_plain_text(tree, main_content=False, list_bullets=False, alt_texts=False) if tree.body else ""
    lines = [line for raw in f"{tree.title or ''}\n{body}".split("\n") if (line := _SPACE.sub(" ", raw).strip())]
    links = {_SPACE.sub(" ", text.replace("\n", " ")).strip() for text in _link_texts(tree)} - {""}
    linked = frozenset(line for line in lines if _is_linked(line, links))
    return "\n".join([*lines, ""]), linked


def _is_linked(line: str, links: set[str]) -> bool:
    """Whether every word of a line belongs to a link."""
    return line in links or all(word in links for word in line.split(" "))


def _link_texts(tree: HTMLTree) -> list[str]:
    document = tree.document
    return [] if document is None else [link.text for link in document.get_elements_by_tag_name("a")]


def _parse(text: str) -> HTMLTree:
    try:
        from resiliparse.parse.html import HTMLTree
    except ImportError:
        raise UsageError("reading HTML needs an extra: pip install 'despin[html]'") from None
    if len(text) > MAX_BYTES:
        raise InputError(f"the page has more than {MAX_BYTES // 2**20} MB; cut out the part with the article")
    try:
        # Half a character pair is no text, and the parser takes none.
        return HTMLTree.parse(text.encode("utf-8", "replace").decode())
    except ValueError as error:
        raise InputError(f"the page cannot be parsed as HTML ({error}); save it again from a browser") from None


def _decode(data: bytes, encoding: str | None) -> str:
    """`data` as text; what is not valid in its encoding becomes a replacement character, as in a browser."""
    if len(data) > MAX_BYTES:
        raise InputError(f"the page has more than {MAX_BYTES // 2**20} MB; cut out the part with the article")
    if encoding is None:
        try:
            from resiliparse.parse.encoding import detect_encoding
        except ImportError:
            raise UsageError("reading HTML needs an extra: pip install 'despin[html]'") from None
        encoding = detect_encoding(data, from_html_meta=True) or "utf-8"
    # Pages that say GB2312 hold characters of its supersets.
    codec = "gb18030" if encoding.lower() in ("gb2312", "gbk", "x-gbk", "hz-gb-2312") else encoding
    try:
        return data.decode(codec, "replace").removeprefix("\ufeff")
    except LookupError:
        raise UsageError(f"unknown encoding {encoding!r}: common ones are utf-8, gb18030, big5") from None
