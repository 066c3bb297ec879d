"""A family that names its program: what its header may hold, and what becomes of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lexicon_kit import EVERYTHING

from despin.lexicon.cache import load_file
from despin.lexicon.edit import format_text
from despin.lexicon.format import WIDTH
from despin.lexicon.load import merge
from despin.lexicon.model import Family, Program
from despin.lexicon.parse import read_text
from despin.spinners.registry import spinner


def _family(header: str) -> Family:
    return read_text(f"family: f\n{header}\nentries:\n").families[0]


def test_a_name_is_a_program() -> None:
    family = _family("program: synonyms")
    assert family.program == Program((("name", "synonyms"),))
    assert spinner(family.program.parameters) is spinner("synonyms")
    assert family.programs == (family.program,)
    assert _family("title: t").programs == ()


def test_variants_take_over_what_they_do_not_say() -> None:
    family = read_text(EVERYTHING).families[0]
    assert family.program is not None
    assert family.program.parameters == {"name": "synonyms", "rank": 2}
    assert {one.variant: one.parameters for one in family.variants} == {
        "few-flags": {"name": "synonyms", "rank": 2, "flags": ["a", "ad", "v"]},
        "nouns": {"name": "synonyms-nouns"},
        "drawn": {"name": "synonyms", "rank": [1, 2, 3], "seed": 7},
    }
    for one in family.programs:
        assert spinner(one.parameters).spin("").text == ""


def test_everything_is_text_even_flags_that_look_otherwise() -> None:
    family = _family('program: {flags: [v, n, y, "vn"], rank: "3"}')
    assert family.program is not None
    assert family.program.parameters == {"flags": ["v", "n", "y", "vn"], "rank": 3}


def test_the_normal_form() -> None:
    written = "program: {rank: [1, 2], name: 'synonyms'}\nvariants:\n  a: {flags: [n, v]}\nfamily: f\nentries:\n"
    formatted = format_text(written)
    assert formatted == (
        'family: f\nprogram: {rank: [1, 2], name: synonyms}\nvariants: {a: {flags: ["n", v]}}\nentries:\n'
    )
    assert format_text(formatted) == formatted
    assert read_text(formatted).families == read_text(written).families


def test_opposites() -> None:
    family = _family("program: synonyms\nopposites: [买 卖, 上升 下降]")
    assert family.opposites == (("买", "卖"), ("上升", "下降"))


def test_opposites_fill_their_lines() -> None:
    pairs = [f"{chr(0x4E00 + n)}甲 {chr(0x4E00 + n)}乙" for n in range(60)]
    formatted = format_text(f"program: synonyms\nopposites: [{', '.join(pairs)}]\nfamily: f\nentries:\n")
    lines = formatted.splitlines()[2:-1]
    assert lines[0].startswith("opposites: [一甲 一乙, ")
    assert all(90 < len(line) <= WIDTH for line in lines[:-1])
    assert format_text(formatted) == formatted
    assert len(read_text(formatted).families[0].opposites) == 60


def test_the_cache_keeps_it_and_asks_no_spinner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESPIN_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "f.yaml"
    path.write_text(EVERYTHING, "utf-8")
    first = load_file(path)
    assert load_file(path).families == first.families == read_text(EVERYTHING).families
    asked = (
        "import sys; from despin.lexicon.cache import load_file; load_file(sys.argv[1]); "
        "sys.exit('despin.spinners.registry' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", asked, str(path)], check=False).returncode == 0


def test_a_personal_lexicon_names_another_program() -> None:
    shipped = read_text(
        "family: f\ntitle: t\nprogram: synonyms\nvariants: {a: synonyms-plain}\nopposites: [买 卖]\nentries:\n  甲: 乙\n"
    )
    assert merge([shipped, read_text("family: f\nentries:\n  丙: 丁\n")]).families == shipped.families
    mine = read_text("family: f\nprogram: synonyms-nouns\nopposites: [上升 下降]\nentries:\n  丙: 丁\n")
    (family,) = merge([shipped, mine]).families
    assert family.opposites == (("买", "卖"), ("上升", "下降"))
    assert (family.title, family.programs) == ("t", (Program((("name", "synonyms-nouns"),)),))
