"""The language of what people read. The source says each thing in one; where it is shown, it is put into another.

`data/messages` holds the translations: `zh.po` of what the source says in English, `en.po` of what pages say in
Chinese. An entry is a text, or a template with named fields as an f-string of the source has them, by which what was
made of it is found again. So messages, errors and JSON are the same in every language.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from despin.language.catalogue import Messages

#: The languages there are. Where none is chosen, texts are shown as they stand in the source.
LANGUAGES = ("zh", "en")
#: What stands between quotes or tags and is Chinese, without spaces around it; compiled where it is used, being slow.
STATIC = r"""(?=[^\s"<>`])[^"<>`\n]*[\u4e00-\u9fff][^"<>`\n]*(?<!\s)"""
#: What a message on a terminal begins with.
PROGRAM = "despin: "
#: Where a text is taken apart that no template fits, since its parts may be messages, and what joins them in Chinese.
JOINTS = {": ": "：", "; ": "；", ", ": "，"}
#: What was chosen for the process, and for what is being answered.
_chosen = ""
_fixed = False
_answered: ContextVar[str] = ContextVar("language", default="")


def use(name: str, fixed: bool = False) -> None:
    """Show texts in one of `LANGUAGES` from here on, or with "" as they stand in the source. Where that is `fixed`, who
    is answered has no say."""
    global _chosen, _fixed
    _chosen, _fixed = name, fixed


@contextmanager
def answering(name: str) -> Iterator[None]:
    """Show texts in another language meanwhile, in this thread, unless the language is fixed; "" changes nothing."""
    token = _answered.set("" if _fixed else name)
    try:
        yield
    finally:
        _answered.reset(token)


def chosen() -> str:
    """The language that texts are shown in: one of `LANGUAGES`, or ""."""
    return _answered.get() or _chosen


def of_environment() -> str:
    """The language that `LC_ALL`, `LC_MESSAGES` or `LANG` names: Chinese, or English for any other; "" for none."""
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "C")
    return "" if re.match(r"(C|POSIX)\b", named) else "zh" if named.startswith("zh") else "en"


def accepted(header: str) -> str:
    """The first of `LANGUAGES` that a browser's `Accept-Language` names, by its weights; "" for none."""
    asked = re.findall(r"([a-z]+)[\w-]*\s*(?:;\s*q=(\d(?:\.\d+)?))?", header.lower())
    ranked = sorted(asked, key=lambda one: -float(one[1] or 1))
    return next((name for name, weight in ranked if name in LANGUAGES and float(weight or 1)), "")


def shown(text: object) -> str:
    """A message in the language that was chosen: as a whole, or part by part; what is no message stays as it is."""
    return _chinese(str(text)) if chosen() == "zh" else str(text)


def label(text: str) -> str:
    """A text of a page, or a word by itself, in the language that was chosen. What the source says in Chinese is taken
    as a whole only, since its words may stand in the texts that the page shows."""
    if chosen() == "zh":
        return _catalogue("zh").labels.get(text) or _chinese(text)
    found = _catalogue("en").find(text) if chosen() else None
    return found.filled(lambda value: value) if found else text


def static(text: str) -> str:
    """A page's own HTML, styles and script in the language that was chosen: every stretch of Chinese in it."""
    known = _catalogue("en").entries if chosen() == "en" else {}
    return re.sub(STATIC, lambda found: known.get(found[0], found[0]), text) if known else text


def width(text: str) -> int:
    """The columns of a terminal that a text takes; a Chinese character takes two."""
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def _catalogue(name: str) -> Messages:
    from despin.language.catalogue import catalogue  # where English is spoken nobody waits for it

    return catalogue(name)


def _chinese(text: str) -> str:
    """A message in Chinese. Where no entry fits it, its lines, its parts, or the cells of a row may be messages."""
    if not re.search("[A-Za-z]{2}", text):
        return text
    if text.startswith(PROGRAM):
        return PROGRAM + _chinese(text.removeprefix(PROGRAM))
    known = _catalogue("zh")
    if found := known.find(text):
        return found.filled(_chinese)
    if "\n" in text:
        return "\n".join(map(_chinese, text.split("\n")))
    if "  " in text:
        return _row(re.split("( {2,})", text))
    for joint, other in JOINTS.items():
        parts = text.split(joint)
        if len(parts) > 1 and (made := _joined(parts, joint, other)) != other.join(parts):
            return made
    if text[0] + text[-1] == "()" and (made := _chinese(text[1:-1])) != text[1:-1]:
        return f"（{made}）"
    return re.sub(r"\([a-z ]+\)", lambda said: known.entries.get(said[0], said[0]), text)


def _joined(parts: list[str], joint: str, other: str) -> str:
    """Parts of a message in Chinese, joined by `other`: from the left, as many together as an entry fits."""
    made, first = "", 0
    while first < len(parts):
        for last in range(len(parts), first, -1):
            piece = joint.join(parts[first:last])
            # An entry may begin with what joins it to what stands before.
            if first and (found := _catalogue("zh").find(joint + piece)):
                made += found.filled(_chinese)
                break
            found = _catalogue("zh").find(piece) if (first, last) != (0, len(parts)) else None
            if found or last == first + 1:
                made += other * bool(first) + (found.filled(_chinese) if found else _chinese(piece))
                break
        first = last
    return made


def _row(cells: list[str]) -> str:
    """A row of a table, given as cells and the spaces between them: what a cell takes more, these take less."""
    made, more = "", 0
    for cell in cells:
        other = _chinese(cell) if cell.strip() else " " * max(2, len(cell) - more) if cell else ""
        more += width(other) - width(cell)
        made += other
    return made
