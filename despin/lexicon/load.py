"""Which lexicons there are, and all of them as one.

The shipped ones lie inside the installed package, or beside it in a checkout; personal ones are `./despin.yaml`, what
`[tool.despin]` in ./pyproject.toml and `DESPIN_LEXICON` name, and `--lexicon`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from despin.errors import LexiconError, UsageError
from despin.lexicon.model import Entry, Family, Lexicon
from despin.lexicon.source import combined_digest
from despin.settings import FACT_EDITS, check_fact_edits
from despin.text.files import read_regular

#: The personal lexicon of a folder.
PERSONAL_FILE = "despin.yaml"
#: The protected words of a folder, one a line.
PROTECT_FILE = "despin-protect.txt"
VARIABLE = "DESPIN_LEXICON"
#: Lists of strings in `[tool.despin]`; `fact_edits` is a string.
_LISTS = ("lexicons", "families", "protect")
_SETTINGS = (*_LISTS, "fact_edits")
#: No pyproject.toml is larger (bytes).
MOST_SETTINGS = 4 << 20
_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Personal:
    """What a user brings along: lexicon files, the later the weightier, families to keep to (none: all), words to
    protect, and which edits that change facts are made (None: the default). `found` names, in words, what of it nobody
    named in the call: the files of the folder, and the variable."""

    lexicons: tuple[Path, ...] = ()
    families: tuple[str, ...] = ()
    protect: tuple[str, ...] = ()
    fact_edits: str | None = None
    found: tuple[str, ...] = ()


def discover(
    options: Iterable[str | os.PathLike[str]] = (), *, folder: str | os.PathLike[str] = ".",
    environment: Mapping[str, str] | None = None, named_only: bool = False,
) -> Personal:  # fmt: skip
    """The personal lexicons that apply in `folder`, each once, in rising order of weight: despin.yaml,
    pyproject.toml, `DESPIN_LEXICON`, then `options` (what `--lexicon` was given), which stand alone with `named_only`.
    Protected words are those of pyproject.toml and of despin-protect.txt.

    Raises `LexiconError` for a file that is named but missing, a broken `[tool.despin]` table, or words that are none.
    """
    variables = os.environ if environment is None else environment
    here = Path(folder)
    found: list[Path] = []
    said: list[str] = []
    table: dict[str, list[str]] = {name: [] for name in _SETTINGS}
    if not named_only:
        if (here / PERSONAL_FILE).is_file():
            found.append(here / PERSONAL_FILE)
            said.append(str(here / PERSONAL_FILE))
        settings = here / "pyproject.toml"
        table = _table(settings)
        found += [_existing(here / name, f"{settings}: tool.despin.lexicons") for name in table["lexicons"]]
        said += [f"{name} = {', '.join(table[name])} ({settings})" for name in _SETTINGS if table[name]]
        if (here / PROTECT_FILE).is_file():
            from despin.lexicon.protect import read_protected

            table["protect"] = [*table["protect"], *read_protected(here / PROTECT_FILE)]
            said.append(str(here / PROTECT_FILE))
        for name in variables.get(VARIABLE, "").split(os.pathsep):
            if name:
                found.append(_existing(Path(name).expanduser(), VARIABLE))
                said.append(f"{name} ({VARIABLE})")
    found += [_existing(Path(option), "--lexicon") for option in options]
    # A file named twice counts where it weighs more.
    last = {os.path.realpath(path): index for index, path in enumerate(found)}
    lexicons = tuple(path for index, path in enumerate(found) if last[os.path.realpath(path)] == index)
    fact_edits = table["fact_edits"][0] if table["fact_edits"] else None
    return Personal(lexicons, tuple(table["families"]), tuple(table["protect"]), fact_edits, tuple(said))


def load(personal: Iterable[str | os.PathLike[str]] = (), shipped: bool = True) -> Lexicon:
    """The shipped lexicons with the personal ones merged in, through the cache. Raises `LexiconError`."""
    from despin.lexicon.cache import load_file, load_lexicon
    from despin.lexicon.tables import with_tables

    base = [load_lexicon(shipped_lexicons())] if shipped else []
    return merge([*base, *(with_tables(load_file(path), path) for path in personal)])


def _existing(path: Path, named_by: str) -> Path:
    if path.exists():
        return path
    raise LexiconError(f"{named_by}: no such file: '{path}': check the path, or make it with 'despin lexicon add'")


def _table(file: Path) -> dict[str, list[str]]:
    """The `[tool.despin]` table of a pyproject.toml, empty where there is none; `fact_edits` is a list of one."""
    empty: dict[str, list[str]] = {name: [] for name in _SETTINGS}
    try:
        text = read_regular(file, MOST_SETTINGS).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return empty
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{file}: cannot be read ({error}): mend or remove it") from None
    if "despin" not in text:
        return empty
    table = _parsed(text, file)
    if not isinstance(table, dict):
        raise LexiconError(f"{file}:{_line(text, 'despin')}:1: tool.despin is no table: write [tool.despin]")
    for name, value in table.items():
        place = f"{file}:{_line(text, name)}:1"
        if name == "facts":
            raise LexiconError(f"{place}: 'facts' is called 'fact_edits' now: choose {', '.join(FACT_EDITS)}")
        if name not in _SETTINGS:
            from despin.text.suggest import did_you_mean

            raise LexiconError(f"{place}: unknown setting '{name}' in [tool.despin]: {did_you_mean(name, _SETTINGS)}")
        if name == "fact_edits":
            try:
                table = {**table, name: [check_fact_edits(value)]}
            except UsageError as error:
                raise LexiconError(f"{place}: {error}") from None
            continue
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise LexiconError(f"{place}: '{name}' is no list of strings: write {name} = [\"...\"]")
    return {**empty, **table}


def _parsed(text: str, file: Path) -> Any:
    try:
        toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    except ModuleNotFoundError:
        mend = "install tomli, or name the lexicon in DESPIN_LEXICON"
        raise LexiconError(f"{file}: Python 3.10 cannot read [tool.despin] alone: {mend}") from None
    try:
        tool = toml.loads(text).get("tool", {})
    except ValueError as error:  # TOML's own errors, and numbers of thousands of digits
        raise LexiconError(f"{file}: not TOML ({error}): mend or remove it") from None
    except RecursionError:
        raise LexiconError(f"{file}: nested too deeply to be read: mend or remove it") from None
    return tool.get("despin", {}) if isinstance(tool, dict) else {}


def _line(text: str, word: str) -> int:
    """The first line that begins with `word` or holds it in a table's name, for a message."""
    lines = text.split("\n")
    hits = [number for number, line in enumerate(lines, 1) if line.lstrip("[ \t").startswith((word, f"tool.{word}"))]
    return hits[0] if hits else 1


def merge(lexicons: Iterable[Lexicon]) -> Lexicon:
    """One lexicon; later ones have the last word over earlier ones.

    An entry adds to what earlier lexicons say of its spun form. With `status: retired` it retires their entries of
    that spun form, in every family; with `replaces: true` (and active) it stands in their place. Entries that step
    back stay in the result as retired, with the reason, so that `show` can tell. Entries of one lexicon never act
    on each other. Families of the same name become one, under the first header; the last program that is named stands.
    """
    families: dict[str, Family] = {}
    entries: list[Entry] = []
    digests: list[str] = []
    for lexicon in lexicons:
        for family in lexicon.families:
            known = families.setdefault(family.name, family)
            if family.program and family is not known:
                families[family.name] = replace(
                    known,
                    program=family.program,
                    variants=family.variants,
                    opposites=tuple(dict.fromkeys(known.opposites + family.opposites)),
                )
        if entries:
            entries = _overruled(entries, lexicon.entries)
        entries.extend(lexicon.entries)
        digests.append(lexicon.digest)
    return Lexicon(tuple(families.values()), tuple(entries), combined_digest(digests) if digests else "")


def _overruled(earlier: list[Entry], later: Iterable[Entry]) -> list[Entry]:
    """The earlier entries, those retired or replaced by later ones marked so."""
    reasons: dict[str, str] = {}
    for entry in later:
        if entry.status == "retired":
            reasons[entry.spun] = f"retired by {entry.path}:{entry.line}: {entry.reason}"
        elif entry.replaces and entry.status == "active":
            reasons[entry.spun] = f"replaced by {entry.path}:{entry.line}"
    if not reasons:
        return earlier
    return [
        replace(entry, status="retired", reason=reasons[entry.spun])
        if entry.spun in reasons and entry.status != "retired"
        else entry
        for entry in earlier
    ]


def shipped_folder() -> Path:
    """The folder of the shipped lexicons. Raises `LexiconError` when there is none."""
    for folder in (_PACKAGE / "data" / "lexicons", _PACKAGE.parent / "lexicons"):
        if any(folder.glob("*.yaml")):
            return folder
    raise LexiconError("the shipped lexicons are missing: install despin again")


def shipped_lexicons() -> list[Path]:
    """The shipped lexicon files, sorted by name. Raises `LexiconError` when there are none."""
    return sorted(shipped_folder().glob("*.yaml"))


def is_shipped(path: str | os.PathLike[str]) -> bool:
    """Whether `path` lies in the folder of the shipped lexicons."""
    try:
        return Path(os.path.realpath(path)).parent == Path(os.path.realpath(shipped_folder()))
    except LexiconError:
        return False
