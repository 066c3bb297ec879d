"""Writing edits into a part of a Word file as tracked changes; all bytes that no edit touches stay."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from xml.sax.saxutils import escape

from despin.docx.part import PackagePart, Piece, Run

AUTHOR = "despin"
#: What goes of a piece: from, to, and what is put behind it.
Cuts = dict[Piece, list[tuple[int, int, str]]]


class Writer:
    """Writes a part with `cuts` as tracked changes of a `date`; `numbers` are ids that are free."""

    def __init__(self, part: PackagePart, cuts: Cuts, numbers: Iterator[str], date: str) -> None:
        self._part, self._cuts, self._numbers = part, cuts, numbers
        self._mark = f'" w:author="{AUTHOR}" w:date="{date}"'.encode()
        self._runs = [run for run in part.runs if any(piece in cuts for piece in run.pieces)]
        self._begins = [run.begin for run in self._runs]

    def written(self, begin: int, end: int) -> bytes:
        """The bytes there, with the runs among them rewritten."""
        done: list[bytes] = []
        for run in self._runs[bisect_left(self._begins, begin) : bisect_left(self._begins, end)]:
            if run.begin >= begin:  # else it stands within the one before
                done += (self._part.data[begin : run.begin], self._run(run))
                begin = run.end
        return b"".join([*done, self._part.data[begin:end]])

    def _run(self, run: Run) -> bytes:
        """A run, parted where something goes or comes."""
        data = self._part.data
        head, tail = data[run.begin : run.head], data[run.close : run.end]
        done: list[bytes] = []
        kept: list[bytes] = []
        position = run.head

        def part() -> None:
            if any(kept):
                done.append(head + b"".join(kept) + tail)
            kept.clear()

        def changed(kind: bytes, what: bytes) -> bytes:
            tag = b'%b%b w:id="%b%b' % (kind, self._part.declared, next(self._numbers).encode(), self._mark)
            return b"<w:%b>%b%b%b</w:%b>" % (tag, head, what, tail, kind)

        for piece in run.pieces:
            kept.append(self.written(position, piece.begin))
            position, place = piece.end, 0
            for start, end, original in self._cuts.get(piece, ()):
                kept.append(self._texts(piece.text[place:start]))
                part()
                if start < end:
                    done.append(changed(b"del", self._texts(piece.text[start:end], b"delText")))
                if original and run.inserted:  # what somebody inserted is parted, too
                    name, own = run.inserted[1:].split(None, 1)[0], next(self._numbers).encode()
                    again = re.sub(rb"""(\bid=["'])[^"']*""", rb"\g<1>" + own, run.inserted, count=1)
                    done.append(b"</%b>%b%b" % (name, changed(b"ins", self._texts(original)), again))
                elif original:
                    done.append(changed(b"ins", self._texts(original)))
                place = end
            kept.append(self._texts(piece.text[place:]) if piece in self._cuts else data[piece.begin : piece.end])
        kept.append(self.written(position, run.close))
        part()
        return b"".join(done)

    def _texts(self, text: str, kind: bytes = b"t") -> bytes:
        """Text as elements of a run."""
        own = self._part.declared
        marks = {"\n": b"<w:br%b/>" % own, "\t": b"<w:tab%b/>" % own}
        return b"".join(
            marks.get(one) or b'<w:%b%b xml:space="preserve">%b</w:%b>' % (kind, own, escape(one).encode(), kind)
            for one in re.split("([\n\t])", text)
            if one
        )
