"""What a spun form may stand for, before any evidence: from a thesaurus, or from the lexicons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from despin.fluency import LanguageModel
from despin.learning.texts import Text
from despin.lexicon.entry import Lexicon


def from_thesaurus(path: str, texts: Sequence[Text], model: LanguageModel, encoding: str = "") -> dict[str, list[str]]:
    """The pairs of a word list that `despin lexicon import` reads, turned round. Raises `InputError`."""
    from despin.lexicon.importing import import_file

    return _useful(import_file(path, encoding=encoding).originals.items(), texts, model)


def from_lexicon(lexicon: Lexicon, texts: Sequence[Text], model: LanguageModel) -> dict[str, list[str]]:
    """The active pairs of all families of `lexicon`."""
    pairs: dict[str, dict[str, None]] = {}
    for entry in lexicon.entries:
        if entry.status == "active":
            pairs.setdefault(entry.spun, {}).update((original.text, None) for original in entry.originals)
    return _useful(pairs.items(), texts, model)


def _useful(
    pairs: Iterable[tuple[str, Iterable[str]]], texts: Sequence[Text], model: LanguageModel
) -> dict[str, list[str]]:
    """Spun forms that occur, with originals that are words; characters alone stand for too much to be deciphered."""
    whole = "\n".join(text.text for text in texts)
    found: dict[str, list[str]] = {}
    for spun, originals in pairs:
        if len(spun) > 1 and spun in whole:
            words = [word for word in originals if len(word) > 1 and word in model.vocabulary and word != spun]
            if words:
                found[spun] = words
    return found
