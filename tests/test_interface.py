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
from despin.errors import TextTypeError, UsageError
from despin.results import Verdict
from despin.settings import Settings


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


@pytest.mark.parametrize("cached", [True, False])
def test_nothing_is_left_of_a_restorer_that_nobody_holds(cached: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not cached:
        monkeypatch.setenv("DESPIN_CACHE", "")
    # At once, not when cycles are collected.
    gc.disable()
    restorer, text = despin.Restorer(), "数据经由过程旌旗灯号线传送，若是首要的体系会按期搜检装备的状况。"
    restorer.explain(text)
    assert len(list(restorer.explain_many([text] * 4, threads=2))) == 4
    other = pickle.loads(pickle.dumps(restorer))
    other.explain(text)
    held = [weakref.ref(part) for one in (restorer, other, *restorer._workers) for part in (one.model, one.judge)]
    del restorer, other
    left = [one() for one in held]
    gc.enable()
    assert left == [None] * len(held)


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
    assert Settings("a.yaml").lexicons == Settings(["a.yaml"]).lexicons == (Path("a.yaml"),)
    assert Settings(Path("a.yaml")).lexicons == (Path("a.yaml"),)
    for name in ("families", "damage", "protect"):
        with pytest.raises(UsageError, match=f"{name} is the text 'heading': give a list"):
            Settings(**{name: "heading"})  # type: ignore[arg-type]


def test_only_a_restorer_that_is_asked_for_has_the_lexicons_of_the_folder(fresh: Path) -> None:
    (fresh / "despin.yaml").write_text("entries:\n  梆硬: 坚硬\n", "utf-8")
    (fresh / "pyproject.toml").write_text('[tool.despin]\nprotect = ["山水"]\nfact_edits = "none"\n', "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        despin.detect("山水之间")
        found = despin.Restorer.discovered()
    assert despin._default().settings == Settings()
    assert [path.name for path in found.settings.lexicons] == ["despin.yaml"]
    assert (found.settings.protect, found.settings.fact_edits) == (("山水",), "none")
    (fresh / "elsewhere").mkdir()
    assert despin.Restorer.discovered("elsewhere").settings == Settings()
    assert despin.Restorer.discovered(protect=["水"], setting="bold").settings.protect == ("水",)


def test_names_of_before_say_what_they_are_called_now() -> None:
    found = despin.Restorer().explain("山水之间")
    for name, now in (("spun_score", "verdict.score"), ("stretches", "verdict.stretches"), ("odd", "suspects")):
        with pytest.raises(AttributeError, match=f"'Restoration' object has no attribute '{name}'; ask for {now}"):
            getattr(found, name)
    with pytest.raises(AttributeError, match='ask for changes == "polarity"'):
        despin.Edit(0, 1, "a", "b", 0.5).flips  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'spans'$"):
        despin.Edit(0, 1, "a", "b", 0.5).spans  # type: ignore[attr-defined]  # noqa: B018
