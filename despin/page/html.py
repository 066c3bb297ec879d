"""Reading a page that came as HTML: its visible text line by line, and the article in it.

The extra `despin[html]` (Resiliparse: Lexbor's HTML5 parser and its plain-text extraction, linear in the size of the
page and untroubled by broken markup) reads a page as a browser does. Without it, markup is read as a flat row of tags.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from itertools import accumulate, compress, islice
from typing import TYPE_CHECKING

from despin.document.residue import MARK
from despin.errors import InputError, UsageError
from despin.page.nesting import is_nested_deeper
from despin.text.encodings import declared_encoding, page_codec, sure_encoding
from despin.tuning import Marks

if TYPE_CHECKING:
    from resiliparse.parse.html import HTMLTree

    from despin.page import Page
    from despin.text.decoding import TextFile

#: Larger pages (in UTF-8, or as bytes) are refused: no article is that long, and this
#: much takes half a minute and 500 MB.
MAX_BYTES = 16 << 20
#: What a file name of a page ends with.
SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
#: Elements nested deeper are read without a tree, and so are pages with a tag of more attributes, or with more choices
#: in forms: the parser's time grows with the square of each.
DEEPEST = 400
MOST_ATTRIBUTES = 1000
MOST_OPTIONS = 4000
_OPTION = re.compile(r"<opt(?:ion|group)\b", re.I)
#: What a tag is made of, roughly: values in quotation marks, where it begins and ends,
#: and where an attribute may begin.
_TAG_PART = re.compile(r"""=\s*(?:"[^"]*"|'[^']*')|<[a-z/!?]|>|[\s/"'][^\s/"'<>=]""", re.I)
_ATTRIBUTE = re.compile(r"""[\s/"'][^\s/"'<>=]""")
# A name is read to its end: were it tried letter by letter, a run of letters would take the square of its length.
_ANY_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*(?![a-z0-9])|!--|!)[^<>]*>", re.I)
_INLINE = frozenset(["a", "b", "i", "em", "strong", "font", "span", "u", "small", "sup", "sub", "img"])
#: A word in markup of its own, or in character codes.
_SET_APART = re.compile(
    r"<(a|b|i|em|strong|font|span|u|mark)\b[^<>]*>[\u3400-\u9fff]{1,8}</\1\s*>"
    r"|(?<!;)(?:&#(?:x[0-9a-f]{4}|[0-9]{5});){1,8}(?!&)", re.I
)  # fmt: skip
_HIDDEN = frozenset(["script", "style", "noscript", "template"])
_SPACE = re.compile(r"[ \t\u3000\xa0\r\f\v]+")
_LINE_END = re.compile(r"[\r\n]+")
#: Where text as it was typed begins and ends, and what else may hold such a tag.
_TYPED = re.compile(r"<(/?)pre\b[^<>]*>|<!--|<(?:script|style|textarea|title)\b", re.I)
_TEXT = re.compile(r"[^<]+|<[^<>]*>?")
#: No characters: what begins a line that is kept as it was typed, and what stands for a space and a tab in it.
_LINE, _BLANKS = "\ufdd0", {" ": "\ufdd1", "\t": "\ufdd2"}
_MARK = re.compile("[\ufdd0-\ufdd2]")
_AS_TYPED = str.maketrans({**_BLANKS, "\n": f"<br>{_LINE}"})
_TYPED_BACK = str.maketrans({_LINE: "", **{mark: blank for blank, mark in _BLANKS.items()}})
_PROLOGUE = re.compile(r"\A\s*(?:<\?xml[^>]*>)?\s*")
_START = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>]", re.I)
_TAG = re.compile(r"</?(?:p|div|span|a|br|ul|ol|li|table|td|tr|h[1-6]|article|section|meta|link|title)\b[^<>]*>", re.I)


def looks_like_html(text: str, name: str = "") -> bool:
    """Whether a text is HTML: by the suffix of its `name`, by how it begins, or by
    closing tags among its first ones."""
    if name.lower().endswith(SUFFIXES):
        return True
    head = text[:4096]
    if _starts_as_html(head):
        return True
    tags = _TAG.findall(head)
    return len(tags) >= 4 and any(tag.startswith("</") for tag in tags) and head.lstrip().startswith("<")


def _starts_as_html(head: str) -> bool:
    """Whether a document's first tag is one of HTML, behind a declaration of XML and comments."""
    head = _PROLOGUE.sub("", head, count=1)
    while head.startswith("<!--"):
        head = head[4:].partition("-->")[2].lstrip()
    return _START.match(head) is not None


def read_html(source: str | bytes, encoding: str | None = None) -> Page:
    """The article of an HTML page. `Page.text` is the page's visible text, and all offsets are code points of it. Bytes
    are read in `encoding`, else in the one the page declares or seems to be in. Raises `UsageError` for an unknown
    encoding and `InputError` when the page is too large or cannot be parsed."""
    from despin.page import read_page

    if isinstance(source, bytes):
        source = _decode(source, encoding)
    text, linked, typed = html_text(source)
    return replace(read_page(text, linked, typed), source=source, marks=_marks(source, text))


def _marks(source: str, text: str) -> tuple[int, ...]:
    """The places of a page's text behind words that its source sets apart."""
    marked, count = _SET_APART.subn(rf"\g<0>{MARK}", source)
    shown = html_text(marked)[0] if count >= Marks.least and MARK not in text else ""
    if shown.replace(MARK, "") != text:
        return ()
    return tuple([match.start() - number for number, match in enumerate(re.finditer(MARK, shown))])


def can_read() -> bool:
    """Whether the extra that reads HTML is installed."""
    from importlib.util import find_spec

    return find_spec("resiliparse") is not None


def read_page_file(file: TextFile) -> Page:
    """The page in a file, whether it is text or HTML. Raises as `read_html` does."""
    from despin.page import read_page

    return read_html(file.text) if looks_like_html(file.text, file.name) else read_page(file.text)


def html_text(source: str) -> tuple[str, frozenset[str], frozenset[int]]:
    """(visible text, the lines of it that are nothing but links, where lines begin that stand as they were typed); the
    title of the page is its first line. One line a block, white space within it as one space, no empty lines, but
    `<pre>` keeps all of its own. Raises as `read_html` does."""
    # Half a character pair is no text, and the parser takes none.
    data = source[: MAX_BYTES + 1].encode("utf-8", "replace")
    if len(data) > MAX_BYTES:
        raise _too_large()
    source = _as_typed(data.decode())
    body, links = _flat_text(source) if _takes_long(source) or not can_read() else _tree_text(source)
    lines, typed = _lines(body)
    known = {_SPACE.sub(" ", text.replace("\n", " ")).strip() for text in links} - {""}
    linked = frozenset(line for line in lines if line and (line in known or known.issuperset(line.split(" "))))
    starts = accumulate((len(line) + 1 for line in lines), initial=0)
    return "\n".join([*lines, ""]), linked, frozenset(compress(starts, typed))


def _lines(body: str) -> tuple[list[str], list[bool]]:
    """The lines of a page, and whether each stands as it was typed: of those also empty ones between others."""
    lines: list[str] = []
    typed: list[bool] = []
    empty = 0
    for raw in body.split("\n"):
        kept = _LINE in raw
        line = raw.strip(" \t\r").translate(_TYPED_BACK)
        line = line.rstrip() if kept else _SPACE.sub(" ", line).strip()
        if not line:
            empty = empty + 1 if kept and typed and typed[-1] else 0
            continue
        between = empty if kept else 0
        lines += [""] * between + [line]
        typed += [True] * between + [kept]
        empty = 0
    return lines, typed


def _as_typed(source: str) -> str:
    """The markup with the lines and spaces of `<pre>` marked, which readers of HTML would join."""
    if _MARK.search(source):
        source = source.translate(_TYPED_BACK)
    done: list[str] = []
    position, begin = 0, -1
    for match in _TYPED.finditer(source):
        if match[0][1:4].lower() == "pre":
            begin = match.end()
        elif match[1] and begin >= 0:
            inner = source[begin : match.start()].replace("\r\n", "\n").removeprefix("\n")
            pieces = (one if one[0] == "<" else one.translate(_AS_TYPED) for one in _TEXT.findall(inner))
            done += (source[position:begin], _LINE, *pieces)
            position, begin = match.start(), -1
        else:
            begin = -1
    return "".join([*done, source[position:]])


def _tree_text(source: str) -> tuple[str, list[str]]:
    """(title and visible text, the texts of the links)."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    try:
        tree = HTMLTree.parse(source)
    except ValueError as error:
        raise InputError(f"the page cannot be parsed as HTML ({error}); save it again from a browser") from None
    body = extract_plain_text(tree, main_content=False, list_bullets=False, alt_texts=False) if tree.body else ""
    return f"{tree.title or ''}\n{body}", _link_texts(tree, 2 * len(body))


def _takes_long(source: str) -> bool:
    """Whether a parser's time would grow with the square of the page."""
    too_many = next(islice(_OPTION.finditer(source), MOST_OPTIONS, None), None)
    return too_many is not None or _has_wide_tag(source) or is_nested_deeper(source, DEEPEST)


def _has_wide_tag(source: str) -> bool:
    """Whether a tag may have more than `MOST_ATTRIBUTES`. A value that holds "<" may be no value, but markup behind a
    quotation mark that belongs to something else, so what is in it counts too."""
    count, inside = 0, False
    for match in _TAG_PART.finditer(source):
        part = match[0]
        if part == ">":
            inside = False
        elif part[0] == "<":
            if not inside:
                count, inside = 0, True
        elif part[0] != "=":
            count += inside
        elif "<" in part:
            count += len(_ATTRIBUTE.findall(part))
        if count > MOST_ATTRIBUTES:
            return True
    return False


def _flat_text(source: str) -> tuple[str, list[str]]:
    """(visible text, the texts of the links) of markup that is read as a flat row of tags."""
    pieces: list[str] = []
    links: list[str] = []
    position, hidden, link = 0, "", -1
    first, *rest = source.split("<!--")
    source = first + "".join(one.partition("-->")[2] if "-->" in one else one for one in rest)
    for match in _ANY_TAG.finditer(source):
        name = match[2].lower()
        if not hidden:
            pieces.append(_LINE_END.sub(" ", source[position : match.start()]))
            if name not in _INLINE:
                pieces.append("\n")
            if name in _HIDDEN and not match[1]:
                hidden = name
            if name == "a" and match[1] and link >= 0:
                links.append(unescape("".join(pieces[link:])))
            if name == "a":
                link = -1 if match[1] else len(pieces)
        elif match[1] and name == hidden:
            hidden = ""
        position = match.end()
    if not hidden:
        pieces.append(_LINE_END.sub(" ", source[position:]))
    return unescape("".join(pieces)), links


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


def _too_large() -> InputError:
    return InputError(f"the page has more than {MAX_BYTES // 2**20} MB; cut out the part with the article")


def _decode(data: bytes, encoding: str | None) -> str:
    """`data` as text; what is not valid in its encoding becomes a replacement character, as in a browser."""
    if len(data) > MAX_BYTES:
        raise _too_large()
    if encoding is None and not can_read():
        encoding = declared_encoding(data) or sure_encoding(data) or "utf-8"
    elif encoding is None:
        from resiliparse.parse.encoding import detect_encoding

        encoding = detect_encoding(data, from_html_meta=True) or "utf-8"
    try:
        return data.decode(page_codec(encoding), "replace").removeprefix("\ufeff")
    except LookupError:
        raise UsageError(f"unknown encoding {encoding!r}: common ones are utf-8, gb18030, big5") from None
