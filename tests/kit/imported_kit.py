"""A restorer with an imported thesaurus and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from despin.decode.arcs import Ids
from despin.document.em import assume
from despin.document.state import Document
from despin.lexicon.importers import import_text, render
from despin.restorer import Restorer

GROUPS = "提取 领取 汲取 抽取 支取\n时间 时光 年华 时日 岁月\n影响 反应 作用 感染\n研究 切磋 钻研 探究 探讨\n结果 了局 成果 收场\n"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Restorer:
    path: Path = tmp_path_factory.mktemp("imported") / "list.yaml"
    path.write_text(render(import_text(GROUPS), "list"), "utf-8")
    return Restorer(lexicons=[path], shipped=False)


def assumed(restorer: Restorer, text: str) -> Document:
    document = Document(text, restorer.engine.sites(text), Ids(restorer.engine.candidates))
    assume(document)
    return document
