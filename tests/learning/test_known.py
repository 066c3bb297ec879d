"""Texts that a known program made, told from the others before anything is deciphered."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from despin.learning.known import Known, known
from despin.learning.texts import Text
from despin.results import Proof, Stretch, Verdict

TEXT = "甲" * 40


def by_program(start: int, end: int, family: str, respun: float, variant: str = "") -> Stretch:
    return Stretch(start, end, family, 0.9, proof=Proof(respun), variant=variant)


def told(**stretches: tuple[Stretch, ...]) -> tuple[list[Known], list[str]]:
    """What is told of texts of forty characters by name, given their stretches."""
    verdicts = {
        name + TEXT[len(name) :]: Verdict(bool(found), 0.9, stretches=found) for name, found in stretches.items()
    }
    restorer: Any = SimpleNamespace(detect=verdicts.__getitem__)
    programs, rest, _ = known([Text(text.strip("甲"), text) for text in verdicts], restorer)
    return programs, [one.name for one in rest]


def test_texts_of_programs_are_told_and_the_others_come_back_in_order() -> None:
    programs, rest = told(
        c=(),
        a=(by_program(0, 40, "synonyms", 1.0),),
        b=(by_program(0, 10, "synonyms", 0.5), by_program(20, 40, "synonyms", 1.0)),
        d=(Stretch(0, 40, "classic-list", 0.9),),
        e=(by_program(0, 30, "synonyms", 0.75, "ranks"),),
        f=(by_program(0, 19, "synonyms", 1.0),),
    )
    assert programs == [Known("synonyms", "", 2, 70, 65 / 70), Known("synonyms", "ranks", 1, 30, 0.75)]
    assert rest == ["c", "d", "f"]
    assert str(programs[0]) == (
        "2 texts are by the known program of synonyms: 92.8% of what it spun comes back when spun again; "
        "'despin restore' takes it back"
    )
    assert str(programs[1]).startswith("one text is by the known program of synonyms (ranks): 75.0% of")


def test_half_of_a_text_is_enough_and_the_longest_stretch_names_the_program() -> None:
    programs, rest = told(
        a=(by_program(0, 5, "one", 1.0), by_program(10, 25, "other", 0.0)),
        b=(by_program(0, 20, "one", 1.0),),
        c=(by_program(0, 19, "one", 1.0),),
    )
    assert programs == [Known("one", "", 1, 20, 1.0), Known("other", "", 1, 20, 0.25)]
    assert rest == ["c"]


def test_white_space_around_a_text_does_not_count() -> None:
    found = Verdict(True, 0.9, stretches=(by_program(10, 15, "one", 1.0),))
    restorer: Any = SimpleNamespace(detect=lambda _: found)
    text = Text("a", "\n" * 10 + "甲" * 10 + " " * 30)
    assert known([text], restorer)[1] == []
    assert known([Text("a", text.text + "甲")], restorer)[1] != []
    assert known([], restorer) == ([], [], {})


def test_what_lists_made_stays_and_is_told_by_family() -> None:
    verdicts = {
        "a": Verdict(True, 0.9, family="classic-list"),
        "b": Verdict(False, 0.2, family="classic-list"),
        "c": Verdict(True, 0.9, family="trade-list"),
        "d": Verdict(True, 0.9, family="classic-list"),
    }
    restorer: Any = SimpleNamespace(detect=verdicts.__getitem__)
    texts = [Text(name, name) for name in verdicts]
    programs, rest, families = known(texts, restorer)
    assert (programs, rest) == ([], texts)
    assert families == {"classic-list": [texts[0], texts[3]], "trade-list": [texts[2]]}
