"""The patterns of a file, kept in the cache folder: reading the YAML takes as long as everything else on a page. What
is wrong with a file `python -m tools.page_patterns` says."""

from __future__ import annotations

import functools
import hashlib
import re
from functools import partial
from pathlib import Path
from typing import Any

from despin.cachefile import cached
from despin.errors import LexiconError
from despin.lexicon.load import shipped_folder
from despin.lexicon.problems import Report, sure
from despin.lexicon.source import decode, read_bytes
from despin.page.patterns import Boilerplate, build

#: Raised whenever what is kept in the cache changes.
FORM = 3


def shipped_path() -> Path:
    """Where the shipped patterns are. Raises `LexiconError` when the shipped lexicons are missing."""
    return shipped_folder() / "page" / "boilerplate.yaml"


@functools.lru_cache(maxsize=4)
def load(path: Path) -> Boilerplate:
    """The patterns of a file, from the cache where it holds the same content. Raises `LexiconError` for a file that
    cannot be read or holds something else."""
    content = sure(path, partial(read_bytes, path))
    make = partial(sure, path, partial(_values, content, str(path)))
    try:
        return cached("page", hashlib.sha256(content).hexdigest(), FORM, make, build)
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
        raise LexiconError(f"{path}: holds no patterns of pages ({error!r}): install despin again") from None


def _values(content: bytes, path: str, report: Report) -> dict[str, Any] | None:
    """The values of a file of patterns; what is no YAML is in `report`."""
    from despin.lexicon.yaml_nodes import read_mapping

    source = decode(content, path, report)
    root = read_mapping(source, report, ("lines",)) if source is not None else None
    return None if root is None else _plain(root)


def _plain(node: Any) -> Any:
    """A node as texts, lists and mappings."""
    from despin.lexicon.yaml_nodes import ListNode, Scalar

    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, ListNode):
        return [_plain(item) for item in node.items]
    return {key.text: _plain(value) for key, value in node.pairs}


def shipped() -> Boilerplate:
    """The shipped patterns, read once in a process."""
    return load(shipped_path())
