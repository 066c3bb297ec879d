"""What programs say of words: in `show`, `check` and `stats`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from despin.errors import ModelError
from despin.lexicon.check import check_text
from despin.lexicon.lookup import as_dict, as_lines, show
from despin.lexicon.model import Program
from despin.lexicon.parse import read_text
from despin.lexicon.preimages import changed_words, measure_program, preimages, spinner_of
from despin.lexicon.stats import as_lines as stats_lines
from despin.lexicon.stats import cover, measure
from despin.spinners.registry import spinner

WRITTEN = """\
family: f
program: synonyms
variants:
  few-flags: {flags: [a, ad, v]}
  nouns: synonyms-nouns
entries:
  租车: 快递
  立刻: {original: 立即, examples: ["他[-立刻-]{+立即+}走了"]}
  防止: {original: [避免, 应对], source: curated}
  好些: {original: 许多, source: attested}
"""
LEXICON = read_text(WRITTEN, "f.yaml")
PROGRAM = replace(LEXICON, entries=())


def _lines(word: str) -> list[str]:
    return as_lines(show(word, PROGRAM))


def test_both_directions() -> None:
    assert _lines("租车") == [
        "租车: preimages 快递; 快递 is eligible (v)  [f, synonyms]",
        "租车: may stand for itself; it is not eligible (n)  [f, synonyms]",
        "租车: preimages 快递; 快递 is eligible (v)  [f, nouns]",
        "租车: becomes 汽车; 租车 is eligible (n) and stands only where it was one of these  [f, nouns]",
    ]
    assert _lines("快递") == ["快递: becomes 租车; 快递 is eligible (v) and cannot stand in such a text  [f, synonyms]"]
    assert _lines("立刻")[0] == "立刻: preimages 立即, 迳自, 马上; they are eligible (d, v, d)  [f, synonyms]"
    assert _lines("防止")[0] == "防止: preimages 以防, 避免, 防范; all are eligible (v)  [f, synonyms]"
    assert _lines("的") == ["no entry for 的"]


def test_entries_and_programs_are_shown_together() -> None:
    lines = as_lines(show("租车", LEXICON))
    assert lines[:3] == ["租车 may stand for", "  租车 → 快递  [f, curated]  f.yaml:7", _lines("租车")[0]]


def test_as_json() -> None:
    first, second = as_dict(show("租车", PROGRAM))["programs"]
    assert first == {
        "family": "f", "program": "synonyms", "word": "租车", "flag": "n", "eligible": False, "becomes": None,
        "preimages": [{"text": "快递", "flag": "v"}],
    }  # fmt: skip
    assert (second["program"], second["becomes"]) == ("nouns", "汽车")


def test_what_is_said_is_what_the_spinner_does() -> None:
    program = spinner("synonyms")
    for word in ("租车", "购买", "立刻", "卖", "新的", "鿕", ""):
        for one in preimages(word, PROGRAM.families)[:1]:
            assert one.becomes == program.changes(word)
            assert tuple(tagged.text for tagged in one.preimages) == program.preimages(word)


def test_data_that_are_missing_leave_the_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> None:
        raise ModelError("no table: install despin anew")

    monkeypatch.setattr("despin.lexicon.preimages.spinner_of", missing)
    monkeypatch.setattr("despin.lexicon.check.spinner_of", missing)
    assert as_lines(show("租车", LEXICON))[2:] == ["preimages cannot be shown: no table: install despin anew"]
    assert as_dict(show("租车", LEXICON))["missing"] == "no table: install despin anew"
    (warning,) = check_text(WRITTEN, "f.yaml")
    assert str(warning) == (
        "f.yaml:2:1: warning: the entries cannot be compared with the program: no table: install despin anew"
    )


def test_check_notes_what_the_program_says_already() -> None:
    assert [str(problem) for problem in check_text(WRITTEN, "f.yaml")] == [
        "f.yaml:7:3: note: 租车 → 快递 is what the program does: delete the entry: preimages need none",
        "f.yaml:9:3: note: 应对 is no preimage of 防止 (preimages: 以防, 避免, 防范): "
        "keep it only if a page shows it, with 'source: attested'",
    ]
    assert not check_text(
        WRITTEN.replace("  租车: 快递\n", "  租车: {original: 快递, flips: true}\n").replace(", 应对", "")
    )[1:]


def test_check_notes_opposites_that_the_program_does_not_connect() -> None:
    written = WRITTEN.replace("entries:", "opposites: [买 卖, 好 中国]\nentries:")
    assert str(check_text(written, "f.yaml")[0]) == (
        "f.yaml:6:1: note: the program writes neither of the opposites 好 and 中国 for the other: delete the pair"
    )


def test_numbers() -> None:
    stats = measure(LEXICON)
    main, few, nouns = stats.families[0].programs
    assert (main.program, few.program, nouns.program) == ("synonyms", "few-flags", "nouns")
    assert few.eligible < main.eligible < nouns.eligible
    words = list(changed_words(spinner_of(Program((("name", "synonyms"),)))))
    assert ("快递", "租车") in words
    assert main.eligible == len(words)
    assert main.forms == len({form for _, form in words})
    assert main == measure_program(Program((("name", "synonyms"),)))
    assert stats.total.programs == ()
    assert stats.as_dict()["families"][0]["programs"][0]["eligible"] == main.eligible
    assert any(line.startswith("f is the program few-flags: ") for line in stats_lines(stats))


def test_a_program_covers_its_pairs() -> None:
    covered = cover(PROGRAM, [("租车", "快递", 3), ("租车", "汽车", 1)])
    assert (covered.covered_tokens, covered.missing) == (0.75, (("租车", "汽车", 1),))
