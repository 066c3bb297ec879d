"""What a word of a lexicon may look like."""

from __future__ import annotations

import re
import unicodedata

from despin.lexicon.model import MOST_CHARACTERS

#: Characters that show nothing on a page but keep a word from matching: soft hyphen, fillers, zero-width and
#: bidirectional controls, variation selectors, tags.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)


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
        found.append(
            (
                f"'{text}' is not in Unicode normal form C",
                f"type it again as '{composed}' (U+{ord(composed[place]):04X})",
            )
        )
    return found
