"""Line ends: CR LF and CR stay in a text as they stand on disk, since files are decoded as they are
(`despin.text.decoding`) and edits are made between them; the text is read with line feeds in their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_OTHERS = re.compile("\r\n?")


def line_ends(text: str) -> Iterator[tuple[int, int, str]]:
    """The line ends of a text that are no line feeds: (start, end, what they are read as)."""
    return ((*match.span(), "\n") for match in _OTHERS.finditer(text))
