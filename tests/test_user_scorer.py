"""A language model of the user's own, from the option to the text: what it changes, what it costs, and that texts are
restored without it when it fails."""

from __future__ import annotations

import json
import math
import pickle
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zlib import crc32

import engine_kit as kit
import pytest
from hypothesis import Phase, given
from profiles import examples
from test_properties import check, spun_pages

from despin.batch.record import Marker, Recipe
from despin.cli.main import main
from despin.errors import DespinWarning, ModelError, UsageError
from despin.lm.scorer import SHIPPED
from despin.restorer import Restorer
from despin.results import Restoration, Scored
from despin.text.decoding import TextFile

#: Spun by a program; in it stand words with more than one possible original.
PROGRAM = (Path(__file__).parents[1] / "examples" / "betting-seo.txt").read_text("utf-8")
LISTED = kit.article("spun-host", "life-classic-list.wdiff")


class Draws:
    """A model of which all that can be said is that it always says the same."""

    name = "draws"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        self.asked += texts
        return [-float(crc32(text.encode("utf-8", "surrogatepass")) % 40) for text in texts]


class Prefers(Draws):
    """A model that wants some words."""

    def __init__(self, *words: str) -> None:
        super().__init__()
        self.words = words

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        self.asked += texts
        return [40.0 * sum(map(text.count, self.words)) for text in texts]


class Fails(Draws):
    """A model that answers so often and then as it is told."""

    name = "fails"

    def __init__(self, answer: object, after: int = 0) -> None:
        super().__init__()
        self.answer, self.left = answer, after

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        self.left -= 1
        if self.left >= 0:
            return super().log_probabilities(texts)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[return-value]


def with_scorer(scorer: object, **options: Any) -> Restorer:
    """The shared restorer with a model, without the price of a new one."""
    from despin.external.asking import UserModel

    other = kit.restorer().adjusted(**options)
    other.external = UserModel(scorer)  # type: ignore[arg-type]
    return other


def without_scored(found: Restoration) -> dict[str, Any]:
    row = found.as_dict()
    row.pop("scored", None)
    return row


def test_a_choice_of_the_program_follows_the_model_and_is_proved() -> None:
    plain = kit.restorer().explain(PROGRAM)
    choices = [edit for edit in plain.edits if edit.proof == "possible" and edit.alternatives and edit.confidence < 0.9]
    one = next(
        edit for edit in choices if edit.alternatives[0].original != edit.spun and edit.alternatives[0].confidence > 0.1
    )
    wanted = one.alternatives[0].original
    found = with_scorer(Prefers(wanted)).explain(PROGRAM)
    (made,) = [edit for edit in found.edits if edit.start == one.start]
    assert (made.original, made.proof) == (wanted, "possible")
    assert made.confidence > 0.9 > one.confidence
    # The program still writes the page as it stands.
    assert found.verdict.respun is not None
    assert found.verdict.respun == pytest.approx(plain.verdict.respun, abs=0.002)
    assert found.edits == tuple(
        edit for stretch in found.verdict.stretches for edit in stretch.edits if edit.confidence >= 0.45
    )


def test_a_list_follows_the_model_too() -> None:
    plain = kit.restorer().explain(LISTED)
    doubted = [edit for edit in plain.edits if 0.45 < edit.confidence < 0.9]
    one = doubted[0]
    found = with_scorer(Prefers(one.spun)).explain(LISTED)
    assert one.start not in {edit.start for edit in found.edits}
    assert found.text != plain.text
    assert found.verdict.family == plain.verdict.family


def test_what_was_asked_is_said_and_is_little() -> None:
    own = Draws()
    found = with_scorer(own).explain(PROGRAM)
    assert found.scored == Scored(len(own.asked), sum(map(len, own.asked)))
    assert len(set(own.asked)) == len(own.asked) > 10
    assert sum(map(len, own.asked)) < 20 * len(PROGRAM)
    assert found.as_dict()["scored"] == {
        "readings": len(own.asked), "characters": sum(map(len, own.asked)), "left": 0, "failed": None,
    }  # fmt: skip
    assert kit.restorer().explain(PROGRAM).scored is None


def test_a_page_says_what_was_asked_of_its_article() -> None:
    from despin.page import read_page
    from despin.page.restore import restore_page

    own = Draws()
    found = restore_page(read_page(PROGRAM), with_scorer(own))
    assert found.scored == Scored(len(own.asked), sum(map(len, own.asked)))
    assert found.as_dict()["scored"]["readings"] == len(own.asked) > 10


def test_clean_text_is_not_asked_about() -> None:
    own = Draws()
    text = "今天上午，社区医院给六十岁以上的老人免费量血压，来的人很多，队伍一直排到了门口。"
    found = with_scorer(own).explain(text)
    assert (found.edits, own.asked, found.scored) == ((), [], Scored())


@pytest.mark.parametrize("text", [PROGRAM, LISTED], ids=["program", "list"])
def test_the_budget_holds_for_a_text_and_the_rest_is_restored_without(text: str) -> None:
    own = Draws()
    found = with_scorer(own, scorer_budget=500).explain(text)
    assert found.scored is not None
    assert sum(map(len, own.asked)) == found.scored.characters <= 500
    assert found.scored.left > 0
    none = with_scorer(own, scorer_budget=0).explain(text)
    assert without_scored(none) == without_scored(kit.restorer().explain(text))


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ([math.nan], "values|finite"),
        ([], "0 values"),
        (None, "TypeError"),
        (RuntimeError("out of memory"), "out of memory"),
    ],
)
@pytest.mark.parametrize("text", [PROGRAM, LISTED], ids=["program", "list"])
def test_a_model_that_fails_half_way_leaves_the_text_as_it_is_without(
    text: str, answer: object, reason: str, after: int
) -> None:
    own = Fails(answer, after)
    with pytest.warns(DespinWarning, match="the scorer fails failed"):
        found = with_scorer(own).explain(text)
    assert without_scored(found) == without_scored(kit.restorer().explain(text))
    assert found.scored is not None
    assert found.scored.failed is not None
    assert any(word in found.scored.failed for word in reason.split("|"))


@pytest.mark.parametrize("text", [PROGRAM, LISTED], ids=["program", "list"])
def test_facts_confidence_and_protected_words_have_the_last_word(text: str) -> None:
    found = with_scorer(Draws()).explain(text)
    assert any(edit.changes for edit in found.edits)
    kept = with_scorer(Draws(), fact_edits="none").explain(text)
    assert {edit.changes for edit in kept.edits} == {None}
    assert all(edit.confidence >= 0.7 for edit in with_scorer(Draws(), min_confidence=0.7).explain(text).edits)
    one = next(edit for edit in found.edits if edit.alternatives)
    held = with_scorer(Draws(), protect=(one.spun,)).explain(text)
    assert held.prevented > 0
    assert one.spun not in {edit.spun for edit in held.edits}


@pytest.mark.parametrize("text", [PROGRAM, LISTED], ids=["program", "list"])
def test_asking_for_more_confidence_only_takes_edits_away(text: str) -> None:
    before: set[tuple[int, int, str]] | None = None
    for least in (0.38, 0.45, 0.6, 0.75, 0.9):
        found = with_scorer(Draws(), min_confidence=least).explain(text)
        edits = {(edit.start, edit.end, edit.original) for edit in found.edits}
        assert before is None or edits <= before
        before = edits


def test_a_long_text_says_what_was_asked_of_all_its_parts() -> None:
    own = Draws()
    text = "\n".join([PROGRAM] * (25_000 // len(PROGRAM)))
    found = with_scorer(own).explain(text)
    assert found.scored == Scored(len(own.asked), sum(map(len, own.asked)), found.scored.left if found.scored else 0)
    assert found.scored.characters <= 50_000


@pytest.mark.parametrize("number", range(len(kit.files("spun-host"))))
def test_restoring_twice_changes_nothing_more(number: int) -> None:
    text = kit.article("spun-host", kit.files("spun-host")[number])
    engine = with_scorer(Draws())
    assert engine.explain(engine.restore(text)).edits == ()


@given(spun_pages())
@examples(15, phases=[Phase.generate])
def test_random_pages_hold_to_all_that_holds_without_a_model(text: str) -> None:
    engine = with_scorer(Draws())
    found = engine.explain(text)
    check(text, found)
    assert engine.explain(found.text).edits == ()


def test_threads_ask_one_after_the_other_and_get_the_same() -> None:
    texts = [PROGRAM, LISTED, PROGRAM[:300], "干净的一句话。"]
    wanted = [with_scorer(Draws()).explain(text) for text in texts]
    assert list(with_scorer(Draws()).explain_many(texts, threads=2)) == wanted


def test_a_restorer_with_a_model_pickles() -> None:
    engine = pickle.loads(pickle.dumps(Restorer(scorer=Prefers("甲"))))
    assert engine.external.scorer.words == ("甲",)
    assert engine.restore("干净的一句话。") == "干净的一句话。"


@pytest.mark.parametrize(
    ("scorer", "message"),
    [
        ("gpt-4", "unknown scorer 'gpt-4': give a file of despin's own"),
        ("model.gguf", "unknown scorer"),
        (7, "an object with log_probabilities"),
        (object(), "an object with log_probabilities"),
    ],
)
def test_what_is_no_scorer_is_refused(scorer: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Restorer(scorer=scorer)


def test_a_negative_budget_is_refused() -> None:
    with pytest.raises(UsageError, match="scorer_budget"):
        Restorer(scorer=Draws(), scorer_budget=-1)


def test_another_scorer_file_is_used_and_named_in_the_signature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.scorer"
    shutil.copy(SHIPPED, path)
    engine = Restorer(scorer=path)
    assert engine.engine.scorer.path == path
    assert engine.scorer_signature() == kit.restorer().scorer_signature()
    assert engine.explain(LISTED) == kit.restorer().explain(LISTED)
    assert Restorer(scorer=str(path)).external is None
    # A name alone is one that was installed beside the shipped scorer.
    monkeypatch.chdir(tmp_path)
    assert Restorer(scorer="own.scorer").engine.scorer.path == Path("own.scorer")
    assert Restorer(scorer=SHIPPED.name).engine.scorer.path == SHIPPED
    with pytest.raises(ModelError, match=r"missing\.scorer"):
        Restorer(scorer="missing.scorer")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ModelError, match=r"own\.scorer"):
        Restorer(scorer=path)


def test_a_model_is_named_in_the_signature() -> None:
    digest = kit.restorer().scorer_signature()
    assert with_scorer(Draws()).scorer_signature() == f"{digest}+draws"
    assert Restorer(scorer="http://127.0.0.1:9/v1#small").scorer_signature() == f"{digest}+http://127.0.0.1:9/v1#small"


def test_the_command_line_restores_without_a_server_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "text.txt"
    path.write_text(PROGRAM, "utf-8")
    wanted = kit.restorer().restore(PROGRAM)
    options = ["--no-personal", "--scorer", "http://127.0.0.1:9/v1#small", "--scorer-budget", "400", "-v"]
    assert main(["restore", str(path), *options]) == 0
    out, err = capsys.readouterr()
    assert out == wanted
    assert "the scorer http://127.0.0.1:9/v1#small failed (the server cannot be reached" in err
    readings, characters = re.search(r"scored (\d+) readings, (\d+) characters", err).groups()  # type: ignore[union-attr]
    assert 0 < int(readings) < int(characters) <= 400
    assert main(["restore", str(path), "--format", "json", *options]) == 0
    assert json.loads(capsys.readouterr().out)["scored"]["failed"].startswith("the server cannot be reached")


@pytest.mark.parametrize(
    ("scorer", "code", "message"),
    [
        ("gpt-4", 2, "unknown scorer 'gpt-4'"),
        ("http://", 2, "is no address"),
        ("transformers:none", 6, "config.json is missing"),
        ("none.scorer", 6, "none.scorer: cannot be read"),
    ],
)
def test_the_command_line_says_what_is_wrong_with_a_scorer(
    scorer: str, code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "text.txt"
    path.write_text(PROGRAM, "utf-8")
    assert main(["restore", str(path), "--scorer", scorer]) == code
    assert message in capsys.readouterr().err


def test_the_command_line_says_what_was_left_for_want_of_budget(capsys: pytest.CaptureFixture[str]) -> None:
    from despin.cli.restore import _report_scored

    file = TextFile("a.txt", "甲", "utf-8")
    _report_scored(file, Restoration("甲", scored=Scored(3, 70, 2)))
    message = (
        "a.txt: 2 clauses in doubt restored without the scorer: its budget is used up (--scorer-budget N allows more)"
    )
    assert capsys.readouterr().err == f"{message}\n"
    _report_scored(file, Restoration("甲", scored=Scored(3, 70, 2, "no answer")))
    assert capsys.readouterr().err == ""


def test_a_record_says_what_was_asked_and_why_not() -> None:
    marker = Marker(Recipe("restore", scorer="http://127.0.0.1:9/v1"))
    with pytest.warns(DespinWarning, match="cannot be reached"):
        outcome = marker.mark(PROGRAM)
    assert outcome.value["scored"]["failed"].startswith("the server cannot be reached")
    assert outcome.text == kit.restorer().restore(PROGRAM)
    assert marker.mark("干净的一句话。").value["scored"] == asdict(Scored())
    assert Marker(Recipe("restore")).mark("干净的一句话。").value["scored"] is None
