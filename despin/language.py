"""The language of what people read. A message is English, for programs too; the words it is shown in are chosen where it is shown.

`data/messages` holds the other words: `zh.po` for what the source says in English, `en.po` for what its pages say in Chinese.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

#: The languages there are. Where none is chosen, texts are shown as they stand in the source.
LANGUAGES = ("zh", "en")
_ENTRY = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', re.MULTILINE)
#: What was chosen for the process, and for what is being answered.
_chosen = ""
_answered: ContextVar[str] = ContextVar("language", default="")


class Message(str):
    """A text in English made of a template and its fields, which can be shown in another language.

    Without fields, braces in the template are characters as others are.
    """

    template: str
    fields: Mapping[str, object]

    def __new__(cls, template: str, /, **fields: object) -> Message:
        made = super().__new__(cls, template.format(**fields) if fields else template)
        made.template, made.fields = template, fields
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], Mapping[str, object]]:
        return (self.template,), self.fields


def lines(parts: Iterable[str], between: str = "\n") -> Message:
    """Several messages as one, with `between` between them."""
    fields = {f"part{number}": part for number, part in enumerate(parts)}
    return Message(between.join(f"{{{name}}}" for name in fields), **fields)


def use(name: str) -> None:
    """Show texts in one of `LANGUAGES` from here on, or with "" as they stand in the source."""
    global _chosen
    _chosen = name


@contextmanager
def answering(name: str) -> Iterator[None]:
    """Show texts in another language meanwhile, in this thread alone; "" changes nothing."""
    token = _answered.set(name)
    try:
        yield
    finally:
        _answered.reset(token)


def chosen() -> str:
    """The language that texts are shown in: one of `LANGUAGES`, or ""."""
    return _answered.get() or _chosen


def of_environment() -> str:
    """The language that `LC_ALL`, `LC_MESSAGES` or `LANG` names: Chinese, or English for any other; "" where nobody chose."""
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "C")
    return "" if re.match(r"(C|POSIX)\b", named) else "zh" if named.startswith("zh") else "en"


def accepted(header: str) -> str:
    """The first of `LANGUAGES` that a browser's `Accept-Language` names, by its weights; "" for none."""
    asked = re.findall(r"([a-z]+)[\w-]*\s*(?:;\s*q=(\d(?:\.\d+)?))?", header.lower())
    ranked = sorted(asked, key=lambda one: -float(one[1] or 1))
    return next((name for name, weight in ranked if name in LANGUAGES and float(weight or 1)), "")


@cache
def catalogue(name: str) -> dict[str, str]:
    """The texts of a language by what stands for them in the source, as its .po file has them."""
    import json  # where English is spoken nobody waits for it

    def unquoted(quoted: str) -> str:
        return "".join(map(json.loads, quoted.splitlines()))

    text = Path(__file__).with_name("data").joinpath("messages", f"{name}.po").read_text("utf-8")
    return {one: other for one, other in (map(unquoted, found) for found in _ENTRY.findall(text)) if other}


def tr(template: str, /, **fields: object) -> str:
    """A text of the source with its fields, in the language that was chosen; messages among the fields too."""
    name = chosen()
    found = catalogue(name).get(template, template) if name else template
    return found.format(**{name: shown(value) for name, value in fields.items()}) if fields else found


def shown(text: object) -> object:
    """A message, or the one of an error, in the language that was chosen; anything else as it is."""
    if isinstance(text, BaseException) and text.args and isinstance(text.args[0], Message):
        text = text.args[0]
    return tr(text.template, **text.fields) if isinstance(text, Message) else text
