"""What a word of a lexicon may look like."""

from __future__ import annotations

import unicodedata

from despin.lexicon.model import MOST_CHARACTERS
from despin.text.hidden import INVISIBLE


def word_problems(text: str) -> list[tuple[str, str]]:
    """Everything that keeps `text` from matching as it looks, as (what, how to mend it)."""
    found: list[tuple[str, str]] = []
    if "\n" in text:
        return [("a line break inside a word", "write the word on one line")]
    if len(text) > MOST_CHARACTERS:
        return [(f"a word of {len(text):,} characters", f"write words of at most {MOST_CHARACTERS}")]
    if text != text.strip():
        found.append((f"white space at an end of '{text}'", f"write '{text.strip()}'"))
    hidden = INVISIBLE.search(text)
    if hidden:
        cleaned = INVISIBLE.sub("", text)
        name = unicodedata.name(hidden.group(), "unnamed").lower()
        found.append((f"an invisible character (U+{ord(hidden.group()):04X}, {name}) in '{cleaned}'", "delete it"))
        text = cleaned
    composed = unicodedata.normalize("NFC", text)
    if composed != text:
        place = next((i for i, (a, b) in enumerate(zip(text, composed, strict=False)) if a != b), len(composed) - 1)
        mend = f"type it again as '{composed}' (U+{ord(composed[place]):04X})"
        found.append((f"'{text}' is not in Unicode normal form C", mend))
    return found
