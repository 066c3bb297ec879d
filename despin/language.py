"""The language of what people read. The source says everything in one language; where it is shown, it is put into the one chosen.

`data/messages` holds the translations: `zh.po` of what the source says in English, `en.po` of what its pages say in Chinese. An entry
is a text, or a template with named fields as an f-string of the source has them, by which what was made of it is found again. So
messages, exceptions and JSON are the same in every language, and what is shown knows of more than one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import NamedTuple

#: The languages there are. Where none is chosen, texts are shown as they stand in the source.
LANGUAGES = ("zh", "en")
_WORDS = re.compile("[A-Za-z]{2}")
_ENTRY = re.compile(r'^(?:msgctxt "(.*)"\n)?msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', re.MULTILINE)
_FIELD = re.compile(r"\{(\w+)\}")
#: Characters that take two columns of a terminal.
_WIDE = re.compile("[\u2e80-\ud7ff\uf900-\ufaff\uff00-\uff60]")
#: What stands between quotes or tags and is Chinese, without spaces around it.
STATIC = re.compile(r"""(?=[^\s"<>`])[^"<>`\n]*[\u4e00-\u9fff][^"<>`\n]*(?<!\s)""")
#: What a word begins with in a catalogue that is an entry for labels alone: in messages the same word may be a name.
LABEL = "label\x04"
#: What a message on a terminal begins with.
PROGRAM = "despin: "
#: Where a text is taken apart that no template fits, since its parts may be messages; and how parts in Chinese are joined.
JOINTS = {"\n": "\n", ": ": "：", "; ": "；", ", ": "，"}
#: What was chosen for the process, and for what is being answered.
_chosen = ""
_fixed = False
_answered: ContextVar[str] = ContextVar("language", default="")


def use(name: str, fixed: bool = False) -> None:
    """Show texts in one of `LANGUAGES` from here on, or with "" as they stand in the source; where that is `fixed`, whoever is
    answered has no say."""
    global _chosen, _fixed
    _chosen, _fixed = name, fixed


@contextmanager
def answering(name: str) -> Iterator[None]:
    """Show texts in another language meanwhile, in this thread alone, unless the language is fixed; "" changes nothing."""
    token = _answered.set("" if _fixed else name)
    try:
        yield
    finally:
        _answered.reset(token)


def chosen() -> str:
    """The language that texts are shown in: one of `LANGUAGES`, or ""."""
    return _answered.get() or _chosen


def of_environment() -> str:
    """The language that `LC_ALL`, `LC_MESSAGES` or `LANG` names: Chinese, or English for any other; "" where nobody chose."""
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "C")
    return "" if re.match(r"(C|POSIX)\b", named) else "zh" if named.startswith("zh") else "en"


def accepted(header: str) -> str:
    """The first of `LANGUAGES` that a browser's `Accept-Language` names, by its weights; "" for none."""
    asked = re.findall(r"([a-z]+)[\w-]*\s*(?:;\s*q=(\d(?:\.\d+)?))?", header.lower())
    ranked = sorted(asked, key=lambda one: -float(one[1] or 1))
    return next((name for name, weight in ranked if name in LANGUAGES and float(weight or 1)), "")


def shown(text: object) -> str:
    """A message of the source, or what was made of its templates, in the language that was chosen: as a whole, or part by
    part; what is no such text stays as it is."""
    return _chinese(str(text)) if chosen() == "zh" else str(text)


def label(text: str) -> str:
    """A text of a page, or a word by itself, in the language that was chosen. What the source says in Chinese is taken as a
    whole only, since its words may stand in the texts that the page shows."""
    if chosen() == "zh":
        return catalogue("zh").entries.get(LABEL + text) or _chinese(text)
    found = catalogue("en").find(text) if chosen() else None
    return found.filled(lambda value: value) if found else text


def static(text: str) -> str:
    """A page's own HTML, styles and script in the language that was chosen: every stretch of Chinese in it."""
    known = catalogue("en").entries if chosen() == "en" else {}
    return STATIC.sub(lambda found: known.get(found[0], found[0]), text) if known else text


def width(text: str) -> int:
    """The columns of a terminal that a text takes."""
    return len(text) + len(_WIDE.findall(text))


class Found(NamedTuple):
    """A translation, with the values of the fields in it."""

    text: str
    values: Mapping[str, str]

    def filled(self, value: Callable[[str], str]) -> str:
        """The translation with what `value` makes of each of its values."""
        return _FIELD.sub(
            lambda field: value(self.values[field[1]]) if field[1] in self.values else field[0], self.text
        )


class Catalogue:
    """The texts of a language by what stands for them in the source."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self.entries = entries
        made = [(sorted(_FIELD.split(one)[::2], key=len, reverse=True), one) for one in entries if _FIELD.search(one)]
        # What says most is tried first: "{path}: {reason}" fits nearly everything.
        self._templates = sorted(made, key=lambda one: (len("".join(one[0])), len(one[0])), reverse=True)

    def find(self, text: str) -> Found | None:
        """The translation of the entry that `text` is, or was made of; None where there is none."""
        if text in self.entries:
            return Found(self.entries[text], {})
        for (longest, *pieces), template in self._templates:
            fits = longest in text and all(piece in text for piece in pieces) and _pattern(template).fullmatch(text)
            if fits:
                return Found(self.entries[template], fits.groupdict())
        return None


@cache
def catalogue(name: str) -> Catalogue:
    """The catalogue of a language, read from its .po file."""
    import json  # where English is spoken nobody waits for it

    def unquoted(quoted: str) -> str:
        return "".join(map(json.loads, quoted.splitlines()))

    text = Path(__file__).with_name("data").joinpath("messages", f"{name}.po").read_text("utf-8")
    entries = ((LABEL * bool(context) + unquoted(one), unquoted(other)) for context, one, other in _ENTRY.findall(text))
    return Catalogue({one: other for one, other in entries if one and other})


@cache
def _pattern(template: str) -> re.Pattern[str]:
    pieces = _FIELD.split(template)
    # A template that says next to nothing fits what is one word.
    any_text = ".*?" if len("".join(pieces[::2])) > 8 else r"\S*?"
    seen: set[str] = set()
    for number in range(1, len(pieces), 2):
        name = pieces[number]
        pieces[number] = f"(?P={name})" if name in seen else f"(?P<{name}>{any_text})"
        seen.add(name)
    return re.compile("".join(piece if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)), re.DOTALL)


def _chinese(text: str) -> str:
    """A message in Chinese. Where no entry fits, its parts, or the cells of a row of a table, may be messages."""
    if not _WORDS.search(text):
        return text
    if text.startswith(PROGRAM):
        return PROGRAM + _chinese(text.removeprefix(PROGRAM))
    known = catalogue("zh")
    if found := known.find(text):
        return found.filled(_chinese)
    if "  " in text:
        return _row(re.split("( {2,})", text))
    for joint, other in JOINTS.items():
        if text.startswith(joint):
            return other + _chinese(text.removeprefix(joint))
    for joint, other in JOINTS.items():
        parts = text.split(joint)
        made = list(map(_chinese, parts)) if len(parts) > 1 else parts
        if made != parts:
            return other.join(made)
    return re.sub(r"\([a-z ]+\)", lambda said: known.entries.get(said[0], said[0]), text)


def _row(cells: list[str]) -> str:
    """A row of a table, given as cells and the spaces between them: what a cell takes more, the spaces behind it take less."""
    made, more = "", 0
    for cell in cells:
        other = _chinese(cell) if cell.strip() else " " * max(2, len(cell) - more) if cell else ""
        more += width(other) - width(cell)
        made += other
    return made
