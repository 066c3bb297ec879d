"""Text as HTML that reads back as the same text, whatever it holds."""

from __future__ import annotations

import json
import re

#: What HTML cannot hold, and what would not be seen or would turn the text around; a line feed, a carriage return and
#: the joiner of emoji are left as they are.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufdd0-\ufdef"
    r"\ufffe\uffff\ud800-\udfff]"
)
_SPECIAL = {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
    ord("'"): "&#39;",
    ord("\r"): "&#13;",
}
_IN_SCRIPT = re.compile(r"[<>&\u2028\u2029\ud800-\udfff]")


def content(text: str) -> str:
    """`text` between tags. What is not seen becomes an empty element that names its code point."""
    return _UNSEEN.sub(lambda match: f'<i class="x" data-u="{ord(match.group()):x}"></i>', text.translate(_SPECIAL))


def value(text: str) -> str:
    """`text` between the double quotes of an attribute, or as a title; what is not seen is named, as in ⟨202e⟩."""
    return seen(text).translate(_SPECIAL)


def seen(text: str) -> str:
    """`text` with what is not seen named, as in ⟨202e⟩."""
    return _UNSEEN.sub(lambda match: f"⟨{ord(match.group()):x}⟩", text)


def holds(text: str) -> bool:
    """Whether an attribute holds `text` as it is."""
    return not _UNSEEN.search(text)


def script_json(data: object) -> str:
    """`data` as JSON that may stand in a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _IN_SCRIPT.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
