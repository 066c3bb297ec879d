"""Which program, with which parameters, made spun texts of their originals; how much of the edits
it makes again, and what is left.

Every program that despin knows is run over the originals: those that cut words, with the flags that the
pair shows where no named program fits, and those that run a list, with the lists that are given, or
with what the pair itself shows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from despin.errors import DespinError
from despin.learning.explain import Explained, explain, table_programs
from despin.learning.observe import Aligned
from despin.report.percent import percent
from despin.spinners.base import Spinner
from despin.spinners.registry import spinner, table_spinner, variants
from despin.spinners.rows import Rows, TableRow
from despin.spinners.segmented import Segmented
from despin.spinners.table import Tabled
from despin.spinners.verify import differing, verify
from despin.tuning import Naming

#: The name of a program that cuts words, of whose parameters nobody has made a name.
UNNAMED = "segmented"
#: Programs that can be told by what the pair alone shows, without their list.
BY_PAIR = ("strtr-first", "first-occurrence")


@dataclass(slots=True)
class Named:
    """The program behind pairs. `share` is that of the changed characters that it makes again, `edits` and `again`
    count places; `left` are (spun, original) of places that it does not make again, most frequent first; `alike` names
    the programs that make the same text of these originals, so that no pair can tell them apart; `learned` says that
    its list is what the pairs show."""

    program: Spinner
    share: float
    edits: int = 0
    again: int = 0
    left: list[tuple[str, str]] = field(default_factory=list)
    alike: tuple[str, ...] = ()
    learned: bool = False

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return {
            "name": self.program.name, "parameters": dict(self.program.parameters), "share": round(self.share, 4),
            "edits": self.edits, "again": self.again, "left": [list(pair) for pair in self.left],
            "alike": list(self.alike),
            "list": "pairs" if self.learned else "given" if isinstance(self.program, Tabled) else "",
        }  # fmt: skip

    def written(self, table: str = "") -> dict[str, Any]:
        """The program as a family's YAML names it; `table` is the file of the list that was given."""
        if self.program.name != UNNAMED:
            given = isinstance(self.program, Tabled) and table and not self.learned
            return {"name": self.program.name, **({"table": table} if given else {})}
        usual = spinner({"flags": ["v"]}).parameters
        return {
            name: value for name, value in self.program.parameters.items() if name == "flags" or value != usual[name]
        }

    def summary(self) -> list[str]:
        """What to tell the user."""
        share = self.again / max(1, self.edits)
        more = f" (so do {', '.join(self.alike)})" if self.alike else ""
        parameters = ", ".join(
            f"{name}: {' '.join(map(str, value)) if isinstance(value, list) else value}"
            for name, value in self.program.parameters.items()
            if name != "table"
        )
        own = "; its list is what the pairs show" if self.learned else ""
        lines = [
            f"program: {self.program.name}{more} makes {self.again:,} of {self.edits:,} edits again "
            f"({percent(share)}); {parameters}{own}"
        ]
        if self.left:
            shown = [f"{original or '(nothing)'} → {spun or '(nothing)'}" for spun, original in self.left[:8]]
            rest = f", and {len(self.left) - len(shown)} more" if len(self.left) > len(shown) else ""
            lines.append(f"left: {', '.join(shown)}{rest}")
        return lines


def name_program(
    aligned: Iterable[Aligned], substitutions: Iterable[tuple[str, str]] = (), tables: Sequence[Rows] = ()
) -> Named | None:
    """The program that explains pairs best, None where none explains `Naming.least` of what changed; `substitutions`
    are the (spun, original) that the pairs show, `tables` the lists that may have been run."""
    pairs = [pair for one in aligned for pair in counterparts(one)]
    if not any(spun != original for spun, original in pairs):
        return None
    found = [(one, False) for one in explain(pairs, _known(tables))]
    if tables == () or not found or found[0][0].share < Naming.named:
        found += [(one, True) for one in explain(pairs, _by_pair(pairs, substitutions))]
    if all(one.share < Naming.named for one, _ in found):
        found += [(one, False) for one in explain(pairs, _by_flags(pairs, [one.program for one, _ in found]))]

    def by_share(one: tuple[Explained, bool]) -> float:
        """The share of a program, less what it explains by chance."""
        draws = len(getattr(one[0].program, "ranks", ())) > 1
        return one[0].share - draws * Naming.drawn - one[1] * Naming.learned

    ranked = sorted(found, key=by_share, reverse=True)
    if not ranked or ranked[0][0].share < Naming.least:
        return None
    best, learned = ranked[0]
    same = [one.program for one, other in ranked[1:] if other == learned and abs(one.share - best.share) < 1e-9]
    made = [best.program.rewrite(original, spun) for spun, original in pairs]
    alike = [
        one.name
        for one in same
        if best.share == 1.0 or made == [one.rewrite(original, spun) for spun, original in pairs]
    ]
    named = Named(best.program, best.share, alike=tuple(dict.fromkeys(alike)), learned=learned)
    _tell(named, pairs)
    return named


def counterparts(one: Aligned) -> list[tuple[str, str]]:
    """(spun, original) of all of a pair that has a counterpart: as one text where both run alike,
    so that first places are first."""
    spun, original = one.spun, one.original
    if not one.matches:
        return []
    in_order = all(
        before.other_end <= after.other_start for before, after in zip(one.matches, one.matches[1:], strict=False)
    )
    if in_order and one.share > 0.97 and one.other_share > 0.97:
        return [(one.pair.spun, one.pair.original)]
    parts = [
        (
            spun.text[spun.places[match.start][0] : spun.places[match.end - 1][1]],
            original.text[original.places[match.other_start][0] : original.places[match.other_end - 1][1]],
        )
        for match in one.matches
        if match.end > match.start and match.other_end > match.other_start
    ]
    return [("\n".join(part for part, _ in parts), "\n".join(part for _, part in parts))]


def _known(tables: Sequence[Rows]) -> list[Spinner]:
    """The programs to try: those that cut words, where what they need is installed, and
    those that run the given lists."""
    found: list[Spinner] = []
    for one in variants():
        try:
            one.preimages("")
        except DespinError:  # no jieba, or no table
            continue
        found.append(one)
    return found + [program for rows in tables for program in table_programs(rows)]


def _by_pair(pairs: Sequence[tuple[str, str]], substitutions: Iterable[tuple[str, str]]) -> list[Spinner]:
    """Programs that run a list made of what the pairs show: of a word with several targets the most frequent one."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for spun, original in substitutions:
        if original:
            counts[original][spun] += sum(text.count(spun) for text, _ in pairs)
    rows = Rows(tuple([TableRow(word, forms.most_common(1)[0][0]) for word, forms in sorted(counts.items())]))
    return [table_spinner(name, rows) for name in BY_PAIR] if rows.rows else []


def _by_flags(pairs: Sequence[tuple[str, str]], known: Sequence[Spinner]) -> list[Spinner]:
    """The program that cuts words, with the flags whose words the pairs show replaced."""
    base = next((one for one in known if isinstance(one, Segmented) and one.name == "synonyms"), None)
    if base is None:
        return []
    replaced, seen, size = Counter[str](), Counter[str](), 0
    for spun, original in pairs:
        if size > Naming.sample:
            break
        size += len(original)
        changed = bytearray(len(original) + 1)
        for start, end, _ in differing(original, spun):
            changed[start : max(end, start + 1)] = b"\1" * (max(end, start + 1) - start)
        segmenter = base.segmenter
        for start, end, flag in segmenter.tokens(original):
            number = segmenter.number(original[start:end])
            image = number and segmenter.image(number)
            if image and image != number:
                seen[flag] += 1
                replaced[flag] += any(changed[start:end])
    flags = sorted(flag for flag, count in seen.items() if replaced[flag] >= Naming.mostly * count and flag)
    return [spinner({"flags": flags, "rank": rank}) for rank in (1, 2) if flags]


def _tell(named: Named, pairs: Sequence[tuple[str, str]]) -> None:
    """Count the edits, those that the program makes again, and note what is left."""
    left: Counter[tuple[str, str]] = Counter()
    for spun, original in pairs:
        proof = verify(spun, original, named.program)
        missing = sorted(proof.failed)
        for start, end, was in differing(spun, original):
            named.edits += 1
            if any(low < max(end, start + 1) and start < max(high, low + 1) for low, high in missing):
                left[spun[start:end], was] += 1
            else:
                named.again += 1
    named.left = [pair for pair, _ in left.most_common()]
