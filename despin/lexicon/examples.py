"""Whether an example shows what its entry does."""

from __future__ import annotations

from collections.abc import Sequence

from despin.lexicon.entry import Original


def example_problem(example: str, spun: str, originals: Sequence[Original]) -> tuple[str, str] | None:
    """What is wrong with an example of an entry, as (what, how to mend it), or None.

    An example either marks the spun form with one of the entry's originals, or holds it unmarked: a place where the
    word is meant.
    """
    from despin.errors import InputError
    from despin.wdiff import read

    try:
        sample = read(example)
    except InputError:
        return "broken markup in the example", "close every place as [-spun-]{+original+}"
    listed = {original.text for original in originals}
    exercised = False
    for edit in sample.gold:
        if sample.spun[edit.start : edit.end] != spun:
            continue
        exercised = True
        if edit.scored and listed.isdisjoint(edit.originals):
            wrong = "|".join(edit.originals)
            return (
                f"the example restores {spun} to '{wrong}', which the entry does not list",
                "add it, or mend the example",
            )
    if exercised or (spun in sample.spun and not sample.gold):
        return None
    return f"the example does not use {spun}", f"mark it as [-{spun}-]{{+{originals[0].text if originals else ''}+}}"
