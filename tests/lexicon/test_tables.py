"""Families that name the file of a table: ten lines of YAML, and what they say of words."""

from __future__ import annotations

from pathlib import Path

import pytest

from despin.errors import LexiconError
from despin.lexicon.load import load
from despin.lexicon.lookup import show
from despin.lexicon.stats import measure

YAML = "family: plugin\ntitle: a list of a plugin\nprogram: {name: strtr-first, table: plugin.table}\n"


def write(folder: Path, table: str = "方法→办法\n手段→办法\n方法→途径\n", yaml: str = YAML) -> Path:
    (folder / "plugin.table").write_text(table, "utf-8")
    path = folder / "plugin.yaml"
    path.write_text(yaml, "utf-8")
    return path


def test_a_table_is_read_beside_its_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path)
    monkeypatch.chdir("/")
    lexicon = load([path], shipped=False)
    assert lexicon.entries == ()
    assert measure(lexicon).families[0].programs[0].forms == 1
    shown = show("办法", lexicon)
    assert shown.programs[0].as_lines() == ["办法: preimages 手段, 方法  [plugin, strtr-first]"]


def test_another_table_is_another_lexicon(tmp_path: Path) -> None:
    before = load([write(tmp_path)], shipped=False).digest
    assert load([write(tmp_path)], shipped=False).digest == before
    assert load([write(tmp_path, "方法→途径\n")], shipped=False).digest != before


def test_what_is_written_for_a_form_stands(tmp_path: Path) -> None:
    path = write(tmp_path, yaml=YAML + "entries:\n  办法: 主意\n")
    assert [entry.originals[0].text for entry in load([path], shipped=False).entries] == ["主意"]


@pytest.mark.parametrize(("table", "said"), [("方法办法\n", "plugin.table:1:1: no row of a table")])
def test_a_broken_table_is_told(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(LexiconError, match=said):
        load([write(tmp_path, table)], shipped=False)
    (tmp_path / "plugin.table").unlink()
    with pytest.raises(LexiconError, match="check the path"):
        load([tmp_path / "plugin.yaml"], shipped=False)
