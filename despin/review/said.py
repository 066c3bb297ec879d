"""What the list of texts, the place to paste and refusals say, in the languages of `despin.report.reasons`."""

from __future__ import annotations

import json
from functools import cache

from despin.report.page import part
from despin.report.reasons import LANGUAGES


@cache
def sentences() -> dict[str, list[str]]:
    """All sentences by their keys, each in `LANGUAGES`."""
    found: dict[str, list[str]] = json.loads(part("said.json", "despin.review"))
    return found


def said(key: str, language: str, **values: object) -> str:
    """A sentence in a language, with its values; "" for a key that there is none of."""
    found = sentences().get(key)
    return found[LANGUAGES.index(language)].format(**values) if found else ""


def language(header: str) -> str:
    """The first of the languages of a browser, as its header Accept-Language names them, that there is; else zh."""
    tags = (part.partition(";")[0].strip().lower().partition("-")[0] for part in header.split(","))
    return next((tag for tag in tags if tag in LANGUAGES), LANGUAGES[0])
