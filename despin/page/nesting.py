"""How deep the elements of an HTML page stand in one another, before a parser sees it: an upper bound, in one pass.

A parser's time grows with the square of the depth, whatever the elements are called. What counts as open is each
element without an end tag of its own, but for those that HTML ends by itself.
"""

from __future__ import annotations

import re
from collections import Counter

#: A tag: the stroke of an end tag, its name, and the rest of it up to the angle.
_TAG = re.compile(r"<(/?)([a-z][^\s/>]*)([^<>]*)", re.I)
#: Elements without content, and those that end where the next begins.
_ENDED = frozenset([
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img", "input", "keygen",
    "link", "meta", "param", "source", "track", "wbr", "a", "body", "caption", "colgroup", "dd", "dt", "head", "html",
    "li", "optgroup", "option", "p", "tbody", "td", "tfoot", "th", "thead", "tr",
])  # fmt: skip
#: Elements whose content is text, with no tags in it.
_TEXT = frozenset(["iframe", "noembed", "noframes", "script", "style", "textarea", "xmp"])
#: Elements of other languages, in which nothing ends by itself but by a stroke at the end of its tag.
_FOREIGN = frozenset(("svg", "math"))
#: What drawings are made of. Anything else in them may lead back to HTML, in which a stroke
#: at the end of a tag ends nothing.
_DRAWN = frozenset([
    "a", "animate", "animatetransform", "circle", "clippath", "defs", "ellipse", "feblend", "fecolormatrix",
    "fecomposite", "fedropshadow", "feflood", "fegaussianblur", "femerge", "femergenode", "feoffset", "filter", "g",
    "image", "line", "lineargradient", "marker", "mask", "path", "pattern", "polygon", "polyline", "radialgradient",
    "rect", "set", "stop", "style", "switch", "symbol", "text", "textpath", "tspan", "use", "view",
])  # fmt: skip
#: The name of a drawing, or what it shows, and its end.
_NAMED = re.compile(r"(title|desc)(?=[\s>])[^<>]*>[^<]*</\1\s*>", re.I)
#: Elements of these that hold HTML again: an end tag of the language in them may be none.
_HOSTS = ("foreignobject", "desc", "title", "annotation-xml", "mi", "mo", "mn", "ms", "mtext")
#: `<!-->` is a comment too, and so is one that ends with an exclamation mark.
_COMMENT_END = re.compile(r"--!?>")


def is_nested_deeper(source: str, most: int) -> bool:
    """Whether more than `most` elements may be open at one place of a page. Its time grows with the page."""
    opened: Counter[str] = Counter()
    depth = foreign = place = 0
    drawn = False
    while (place := source.find("<", place)) >= 0:
        if source.startswith("<!--", place):
            place = _behind(_COMMENT_END, source, place + 2)
            continue
        tag = _TAG.match(source, place)
        if tag is None:
            place += 1
            continue
        place, name = tag.end(), tag[2].lower()
        if tag[1]:
            if opened[name] and not (name in _FOREIGN and any(opened[host] for host in _HOSTS)):
                opened[name] -= 1
                depth -= 1
                foreign -= name in _FOREIGN
            drawn = drawn and name in _DRAWN
        elif tag[3].endswith("/") and (name in _FOREIGN or (drawn and name in _DRAWN)):
            drawn = drawn and name in _DRAWN
        elif drawn and name in ("title", "desc") and (named := _NAMED.match(source, tag.start(2))):
            place = named.end()
        elif foreign:
            opened[name] += 1
            depth += 1
            foreign += name in _FOREIGN
            drawn = name in _FOREIGN or (drawn and name in _DRAWN)
        elif name in _TEXT and not opened["select"]:  # in which most tags are no tags
            place = _behind(re.compile(f"</{name}", re.I), source, place)
        elif name not in _ENDED:
            opened[name] += 1
            depth += 1
            foreign += name in _FOREIGN
            drawn = name in _FOREIGN
        if depth > most:
            return True
    return False


def _behind(end: re.Pattern[str], source: str, place: int) -> int:
    """Where the next `end` ends; the end of the page where there is none."""
    found = end.search(source, place)
    return found.end() if found else len(source)
