"""`import despin`: what is there, what it takes, and which lexicons are in play."""

from __future__ import annotations

import gc
import pickle
import warnings
import weakref
from pathlib import Path

import engine_kit as kit
import pytest

import despin
from despin.errors import DespinWarning, TextTypeError, UsageError
from despin.results import Verdict
from despin.settings import make_settings


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, in which the shared restorer is made anew."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESPIN_LEXICON", raising=False)
    despin._default.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def _forget() -> object:
    yield
    despin._default.cache_clear()


def test_what_is_there_is_listed() -> None:
    assert set(dir(despin)) == set(despin.__all__)
    assert {"Restorer", "Verdict", "Restoration"} <= set(dir(despin))
    assert despin.Verdict is Verdict
    assert despin.Restorer.__name__ == "Restorer"


def test_a_verdict_is_true_where_the_text_is_spun() -> None:
    assert Verdict(True, 0.9)
    assert not Verdict(False, 0.4)
    assert not kit.restorer().detect("山水之间")


def test_nothing_is_left_of_a_restorer_that_nobody_holds() -> None:
    restorer, text = despin.Restorer(), "数据经由过程旌旗灯号线传送，若是首要的体系会按期搜检装备的状况。"
    restorer.explain(text)
    assert len(list(restorer.explain_many([text] * 4, threads=2))) == 4
    other = pickle.loads(pickle.dumps(restorer))
    other.explain(text)
    held = [weakref.ref(one.model) for one in (restorer, other, *restorer._hands)]
    del restorer, other
    gc.collect()
    assert [one() for one in held] == [None] * len(held)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (None, "empty cells"),
        (float("nan"), "empty cells"),
        (b"x", "decode it"),
        (["x"], "one text at a time"),
        (7, "not a string"),
    ],
)
def test_what_is_no_text_is_refused(value: object, hint: str) -> None:
    engine = kit.restorer()
    for ask in (engine.restore, engine.explain, engine.detect, engine.detect_paragraphs, engine.readings):
        with pytest.raises(TextTypeError, match=hint):
            ask(value)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        list(engine.explain_parts(value))  # type: ignore[arg-type]


def test_one_path_is_a_list_of_one() -> None:
    assert make_settings("a.yaml").lexicons == make_settings(["a.yaml"]).lexicons == (Path("a.yaml"),)
    assert make_settings(Path("a.yaml")).lexicons == (Path("a.yaml"),)
    for name in ("families", "damage", "protect"):
        with pytest.raises(UsageError, match=f"{name} is the text 'heading': give a list"):
            make_settings(**{name: "heading"})  # type: ignore[arg-type]


def test_the_shared_restorer_has_the_lexicons_of_the_folder_and_says_so(fresh: Path) -> None:
    (fresh / "despin.yaml").write_text("entries:\n  梆硬: 坚硬\n", "utf-8")
    (fresh / "pyproject.toml").write_text('[tool.despin]\nprotect = ["山水"]\nfacts = "keep"\n', "utf-8")
    with pytest.warns(DespinWarning, match=r"in play from here: despin\.yaml; protect = 山水"):
        despin.detect("山水之间")
    assert [path.name for path in despin._default().settings.lexicons] == ["despin.yaml"]
    assert (despin._default().settings.protect, despin._default().settings.facts) == (("山水",), "keep")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        despin.detect("山水之间")


def test_where_there_are_none_nothing_is_said(fresh: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert despin.restore("山水之间") == "山水之间"
    assert despin._default().settings.lexicons == ()
