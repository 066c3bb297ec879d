"""Reading a page that came as HTML: its visible text line by line, and the article in it.

Needs the extra `despin[html]` (Resiliparse: Lexbor's HTML5 parser and its plain-text extraction, linear in the size of
the page and untroubled by broken markup). It is imported only when a page is read.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from despin.errors import InputError, UsageError

if TYPE_CHECKING:
    from resiliparse.parse.html import HTMLTree

    from despin.page import Page
    from despin.text.files import TextFile

#: Larger pages are refused: no article is that long.
MAX_BYTES = 64 * 1024 * 1024
#: What a file name of a page ends with.
SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
#: Elements nested deeper are read without a tree.
DEEPEST = 400
_TOO_LARGE = f"the page has more than {MAX_BYTES // 2**20} MB; cut out the part with the article"
_NO_EXTRA = "reading HTML needs an extra: pip install 'despin[html]'"
_NESTING = re.compile(
    r"<(/?)(?:div|span|ul|ol|dl|table|tbody|b|i|em|strong|font|center|section|article|blockquote)\b", re.I
)
_ANY_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*|!--|!)[^<>]*>", re.I)
_INLINE = frozenset(["a", "b", "i", "em", "strong", "font", "span", "u", "small", "sup", "sub", "img"])
_HIDDEN = frozenset(["script", "style", "noscript", "template"])
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


def can_read() -> bool:
    """Whether the extra that reads HTML is installed."""
    from importlib.util import find_spec

    return find_spec("resiliparse") is not None


def read_page_file(file: TextFile) -> Page:
    """The page in a file, whether it is text or HTML. Raises as `read_html` does."""
    from despin.page import read_page

    return read_html(file.text) if looks_like_html(file.text, file.name) else read_page(file.text)


def html_text(source: str | bytes, encoding: str | None = None) -> tuple[str, frozenset[str]]:
    """(visible text, the lines of it that are nothing but links); the title of the page is its first line.

    One line a block, white space within it as one space, no empty lines. Raises as `read_html` does.
    """
    if isinstance(source, bytes):
        source = _decode(source, encoding)
    if len(source) > MAX_BYTES:
        raise InputError(_TOO_LARGE)
    # Half a character pair is no text, and the parser takes none.
    source = source.encode("utf-8", "replace").decode()
    body, links = (_flat_text(source), []) if _is_nested_deeply(source) else _tree_text(source)
    lines = [line for raw in body.split("\n") if (line := _SPACE.sub(" ", raw).strip())]
    known = {_SPACE.sub(" ", text.replace("\n", " ")).strip() for text in links} - {""}
    return "\n".join([*lines, ""]), frozenset(line for line in lines if _is_linked(line, known))


def _tree_text(source: str) -> tuple[str, list[str]]:
    """(title and visible text, the texts of the links)."""
    try:
        from resiliparse.extract.html2text import extract_plain_text
    except ImportError:
        raise UsageError(_NO_EXTRA) from None
    tree = _parse(source)
    body = extract_plain_text(tree, main_content=False, list_bullets=False, alt_texts=False) if tree.body else ""
    return f"{tree.title or ''}\n{body}", _link_texts(tree, 2 * len(body))


def _is_nested_deeply(source: str) -> bool:
    """Whether elements stand in one another deeper than any page needs; a parser would take long over them."""
    depth = 0
    for match in _NESTING.finditer(source):
        depth += -1 if match[1] else 1
        if depth > DEEPEST:
            return True
        depth = max(0, depth)
    return False


def _flat_text(source: str) -> str:
    """The visible text of markup that is read as a flat row of tags."""
    pieces: list[str] = []
    position, hidden = 0, ""
    for match in _ANY_TAG.finditer(source):
        name = match[2].lower()
        if not hidden:
            pieces.append(source[position : match.start()])
            if name not in _INLINE:
                pieces.append("\n")
            if name in _HIDDEN and not match[1]:
                hidden = name
        elif match[1] and name == hidden:
            hidden = ""
        position = match.end()
    if not hidden:
        pieces.append(source[position:])
    return unescape("".join(pieces))


def _is_linked(line: str, links: set[str]) -> bool:
    """Whether every word of a line belongs to a link."""
    return line in links or all(word in links for word in line.split(" "))


def _link_texts(tree: HTMLTree, budget: int) -> list[str]:
    """The texts of all links, up to `budget` characters: links within links would repeat theirs without end."""
    from resiliparse.parse.html import DOMContext, traverse_dom

    texts: list[str] = []

    def enter(context: DOMContext) -> None:
        nonlocal budget
        node = context.node
        if budget > 0 and node is not None and getattr(node, "tag", None) == "a":
            text = str(getattr(node, "text", ""))
            budget -= len(text) + 1
            texts.append(text)

    if tree.body is not None:
        traverse_dom(tree.body, enter, elements_only=True)
    return texts


def _parse(source: str) -> HTMLTree:
    from resiliparse.parse.html import HTMLTree

    try:
        return HTMLTree.parse(source)
    except ValueError as error:
        raise InputError(f"the page cannot be parsed as HTML ({error}); save it again from a browser") from None


def _decode(data: bytes, encoding: str | None) -> str:
    """`data` as text; what is not valid in its encoding becomes a replacement character, as in a browser."""
    if len(data) > MAX_BYTES:
        raise InputError(_TOO_LARGE)
    if encoding is None:
        try:
            from resiliparse.parse.encoding import detect_encoding
        except ImportError:
            raise UsageError(_NO_EXTRA) from None
        encoding = detect_encoding(data, from_html_meta=True) or "utf-8"
    # Pages that say GB2312 hold characters of its supersets.
    codec = "gb18030" if encoding.lower() in ("gb2312", "gbk", "x-gbk", "hz-gb-2312") else encoding
    try:
        return data.decode(codec, "replace").removeprefix("\ufeff")
    except LookupError:
        raise UsageError(f"unknown encoding {encoding!r}: common ones are utf-8, gb18030, big5") from None
