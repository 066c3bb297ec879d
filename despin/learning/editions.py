"""Editions of known families: what documents of a family write otherwise than the family's list has it.

A document has one table, and in a table a word has one target. Documents whose tables agree are a cluster. A pair that
the list does not have is proposed where tables of a cluster show it, and few of them another target for the word.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from despin.learning.decipher import Candidates, Pair, Proposal, Tally, proposals, tally, useful
from despin.learning.examples import LEFT_OUT, PairPool
from despin.learning.texts import Text
from despin.lexicon.model import Lexicon
from despin.lm.ngram import LanguageModel
from despin.tuning import Deciphering


def editions(
    families: Mapping[str, Sequence[Text]],
    lexicon: Lexicon,
    pools: Sequence[PairPool],
    thesaurus: Candidates,
    model: LanguageModel,
) -> Iterator[Proposal]:
    """What editions write that the lists of their families do not have, by family and edition, the surest first. Texts
    are given by family of the `lexicon`; what may be written for words is in `pools` and in a `thesaurus`."""
    for family, texts in families.items():
        if family in LEFT_OUT:
            continue
        entries = [entry for entry in lexicon.entries if entry.family == family and entry.status == "active"]
        listed = {(entry.spun, original.text) for entry in entries for original in entry.originals}
        words = {word for _, word in listed}
        others = {(form, word) for pool in pools for word in words for form in pool.forms.get(word, (0, ()))[1]}
        others |= {(form, word) for form, originals in thesaurus.items() for word in words.intersection(originals)}
        pairs: dict[str, list[str]] = defaultdict(list)
        for form, word in sorted(listed | others):
            pairs[form].append(word)
        tallies = tally(texts, useful(pairs.items(), texts, model), model)
        new: dict[str, Proposal] = {}  # a form stands for one word, that of the best score
        for one in proposals(tallies, texts, model):
            if one.score >= Deciphering.least_new and (one.spun, one.original) not in listed:
                new.setdefault(one.spun, one)
        number = 1
        for counts in clusters(_tables(tallies, {one.original for one in new.values()})):
            found = [
                replace(one, documents=count, edition=f"{family} ({number}): {count} of {whole} tables")
                for one in new.values()
                for count, whole in [(counts[one.original, one.spun], counts[one.original])]
                if count >= max(Deciphering.least_tables, Deciphering.outnumbered * (whole - count))
            ]
            number += bool(found)
            yield from found


def _tables(tallies: Mapping[Pair, Tally], words: set[str]) -> list[dict[str, str]]:
    """The tables of documents, targets by word, as far as they show what is written for `words`."""
    best: dict[int, dict[str, tuple[float, str]]] = defaultdict(dict)
    for (spun, word), one in tallies.items():
        for number, expected in one.documents.items():
            if word in words and expected >= max(Deciphering.shown, best[number].get(word, (0.0, ""))[0]):
                best[number][word] = expected, spun
    return [{word: spun for word, (_, spun) in best[number].items()} for number in sorted(best)]


def clusters(tables: Sequence[Mapping[str, str]]) -> list[Counter[Pair | str]]:
    """Clusters of tables that agree, the largest first: how many tables write each word, and each (word, target)."""
    found: list[Counter[Pair | str]] = []
    for _ in range(Deciphering.rounds):
        counts, found = [Counter(one) for one in found], [Counter() for _ in found]
        for table in sorted(tables, key=len, reverse=True):
            fits = [
                sum(2.0 * count[pair] / count[pair[0]] - 1.0 for pair in table.items() if count[pair[0]])
                for count in counts
            ]
            best = max(range(len(fits) + 1), key=[*fits, -Deciphering.apart].__getitem__)
            if best == len(found):
                found.append(Counter())
                counts.append(Counter())
            for cluster in (found[best], counts[best]):
                cluster.update([*table, *table.items()])
    return sorted(filter(None, found), key=Counter.total, reverse=True)
