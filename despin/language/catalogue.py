"""Translations as .po files hold them, found again by a text of the source, or by what was made of a template."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent.parent / "data" / "messages"
_FIELD = re.compile(r"\{(\w+)\}")
#: What a word begins with in a catalogue that is an entry for labels alone: in messages the same word may be a name.
LABEL = "label\x04"


class Found(NamedTuple):
    """A translation, with the values of the fields in it."""

    text: str
    values: Mapping[str, str]

    def filled(self, value: Callable[[str], str]) -> str:
        """The translation with what `value` makes of each of its values."""
        return _FIELD.sub(
            lambda field: value(self.values[field[1]]) if field[1] in self.values else field[0], self.text
        )


class Messages:
    """The texts of a language by what stands for them in the source."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self.entries = entries
        self.labels = {one.removeprefix(LABEL): other for one, other in entries.items() if one.startswith(LABEL)}
        made = [(sorted(_FIELD.split(one)[::2], key=len, reverse=True), one) for one in entries if _FIELD.search(one)]
        # What says most is tried first: "{path}: {reason}" fits nearly everything.
        self._templates = sorted(made, key=lambda one: (len("".join(one[0])), len(one[0])), reverse=True)

    @lru_cache(10_000)  # noqa: B019 (there are two, for ever)
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
def catalogue(name: str) -> Messages:
    """The catalogue of a language, read from its .po file."""
    # A text of several lines is quoted line by line.
    text = _FOLDER.joinpath(f"{name}.po").read_text("utf-8").replace('"\n"', "")
    found = re.findall(r'^(?:msgctxt "(.*)"\n)?msgid (".+")\nmsgstr (".+")$', text, re.MULTILINE)
    quoted = json.loads(f"[{','.join(part for _, *pair in found for part in pair)}]")
    keys = (LABEL * bool(context) + text for (context, _, _), text in zip(found, quoted[::2], strict=True))
    return Messages(dict(zip(keys, quoted[1::2], strict=True)))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    pieces = _FIELD.split(template)
    said = len("".join(pieces[::2]))
    # A template that says little fits no text of several parts, and one that says next to nothing one word.
    text = (
        r"\S*?"
        if said <= 6 and not pieces[0] and pieces[1:2] != ["count"]
        else "(?:(?!: ).)*?"
        if said <= 16
        else ".*?"
    )
    seen: set[str] = set()
    for number in range(1, len(pieces), 2):
        name = pieces[number]
        pieces[number] = f"(?P={name})" if name in seen else f"(?P<{name}>{r'[0-9,]+' if name == 'count' else text})"
        seen.add(name)
    flags = re.DOTALL if "\n" in template else re.RegexFlag(0)
    return re.compile("".join(piece if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)), flags)
