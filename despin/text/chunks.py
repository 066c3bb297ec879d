"""Long texts in chunks, each read as a document of its own, so that time grows as the text does and memory does not."""

from __future__ import annotations

from collections.abc import Iterator

from despin.text.hidden import read

#: A text of more characters than this is read in chunks of at most so many; a
#: document's statistics gain nothing beyond.
CHUNK = 20_000
#: How far back from there a chunk may end, at the best of these places.
BACK = 5_000
ENDS = ("\n", "。", "！", "？", "，", " ")
#: So many characters of the beginning of a chunk that come again begin a copy of it.
HEAD = 60


def chunks(text: str) -> Iterator[tuple[int, int]]:
    """The chunks of `text` as (start, end): cut before a copy of what the chunk begins with, or at a line's end if one
    is near, else a sentence's, else anywhere; what hides in the text (`despin.text.hidden`) counts for nothing."""
    view = read(text) if len(text) > CHUNK else None
    return _chunks(text) if view is None else (view.part(*chunk) for chunk in _chunks(view.text))


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """The chunks of a text in which nothing hides."""
    start = 0
    while len(text) - start > CHUNK:
        limit = start + CHUNK
        again = text.rfind(text[start : start + HEAD], limit - BACK, limit)
        places = (text.rfind(mark, limit - BACK, limit) + 1 for mark in ENDS)
        end = next((place for place in places if place > 0), limit)
        if again > start and text[again - 1] in ENDS:
            end = again
        yield start, end
        start = end
    yield start, len(text)


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """The lines of `text` that are not blank as (start, end), without their line ends."""
    position = 0
    for line in text.split("\n"):
        body = line.rstrip("\r")
        if body.strip():
            yield position, position + len(body)
        position += len(line) + 1
