"""Keeps `despin/data/messages/*.po`: adds the texts of the source that people read, each with an empty translation, and
takes out what the source does not say any more. `python -m tools.messages` does it and says how many are missing.

A text that people read is found by its looks: words of English with spaces between them, Chinese in the rooms that make
pages. What looks like one and is shown to nobody stands in `SILENT` or looks like `CODE`.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from despin.language import LANGUAGES, PROGRAM, STATIC
from despin.language.catalogue import LABEL, catalogue

PACKAGE = Path(__file__).parents[1] / "despin"
FOLDER = PACKAGE / "data" / "messages"
_HAN = re.compile("[\u4e00-\u9fff]")
_SENTENCE = re.compile(r"(?<![\w'<-])(?:[A-Za-z][a-z'-]+[,;:)]?|[aA]) [(a-z'<`-]*[a-z]{2,}")
#: What a template may say beside its fields.
_WORD = re.compile(r"(?<![\w<&./-])[a-z]{2,}(?![\w=(./>-])")
#: Rooms whose pages are in Chinese; the other language of a text there is English.
PAGES = ("report/", "review/")
#: Modules whose texts are for nobody (what a damaged cache raises is caught, features are names), or for who works on despin.
SILENT = re.compile(
    r"kernel/(em|ratios|picking|marks|constraints)|cachefile|channel/catalogue|lexicon/(columns|cache|schema)|tuning|report/(article|escape)"
    r"|damage/stop_features|page/(features|crf|site_name|model|__)|text/(traditional|script)|__init__"
)
#: Markup of pages, patterns, heads of files, names.
CODE = re.compile(
    r"^\s*<[^s]|^# |\(\?|\[\^|=\"|\dpx |charset=|^frame-|^\W*\w+\W*$|^family: \{|^; connect-src|^; form-action|default-src|^attachment|\|\|noop"
    r"|^complete -c|^not __fish|No newline at end|^http:|^\{uri\} id$|of families$"
)
#: What argparse says to users, in any version of Python.
ARGPARSE = (
    "usage: ", "positional arguments", "options", "show this help message and exit", "argument %(argument_name)s: %(message)s",
    "not allowed with argument %s", "ignored explicit argument %r", "the following arguments are required: %s",
    "one of the arguments %s is required", "expected one argument", "expected at most one argument",
    "expected at least one argument", "expected %s argument", "expected %s arguments", "invalid %(type)s value: %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)", "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)",
    "unrecognized arguments: %s",
)  # fmt: skip
#: What shows the words it is handed.
SHOWING = ("table", "section", "listed", "lines", "dots", "Progress")
#: Words that come as a field of their own: statuses, and what an edit changes or stands in.
ALSO = (
    *(f"changes the {name}" for name in ("time", "place", "person", "number", "quantity", "direction")),
    *(f"{name} {{count}}" for name in ("time", "place", "person", "number", "quantity", "direction", "polarity", "quotation")),
    "name {count}", "is in a quotation", "is in a name", "changes the polarity", "{count} × {reason}", "--original-encoding {guess} would read it",
    "No such file or directory", "Permission denied", "Is a directory", "Not a directory", "No space left on device",
    "Read-only file system", "File name too long", "Input/output error",
    "{count} lexicons not in normal form", "1 lexicon not in normal form",
    *(f"unknown {what} {{name}}: {{hint}}" for what in ("family", "setting", "kind of damage")), "from .9 up", "below .9", "; damaged", "bash, zsh, tcsh, fish",
    "{count} lexicons changed", "1 lexicon changed", "edit precision", "edit recall", "edit F0.5", "detection F0.5", "coverage", "(nothing)", "(retired)", "unknown", "warning", "note", "commands",
    LABEL + "documents", LABEL + "characters",
)  # fmt: skip
#: Names of expressions that say nothing by themselves: what they are applied to names the field.
_APPLIED = {
    "str",
    "repr",
    "sorted",
    "shown_name",
    "escaped",
    "join",
    "len",
    "_shown",
    "content",
    "value",
    "get",
    "getattr",
}


def named(node: ast.expr) -> str:
    """The name of a field: what a reader would call the value of an expression."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
        called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        if called == "plural" and isinstance(node.args[1], ast.Constant):
            return f"{node.args[1].value!s}s"
        return named(node.args[0]) if called in _APPLIED and node.args else called
    if isinstance(node, ast.Subscript):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return key if isinstance(key, str) else named(node.value)
    for field in ("id", "attr", "left", "body", "elt", "operand", "func"):
        if (inner := getattr(node, field, None)) is not None:
            return named(inner) if isinstance(inner, ast.expr) else str(inner)
    return named(node.values[0]) if isinstance(node, ast.BoolOp) else "value"


def template(node: ast.JoinedStr) -> str:
    """An f-string with names for its fields."""
    made, names = "", dict[str, str]()
    for piece in node.values:
        if isinstance(piece, ast.FormattedValue):
            name = re.sub(r"\W+", "_", named(piece.value)).strip("_") or "value"
            while names.setdefault(name, ast.unparse(piece)) != ast.unparse(piece):
                name += "_"
            # Of fields without anything between them nobody can tell where one ends.
            made += "" if made.endswith("}") else f"{{{name}}}"
        elif isinstance(piece, ast.Constant):
            made += str(piece.value)
    return made


def texts(tree: ast.AST) -> Iterator[str]:
    """All strings of a module but its docstrings, f-strings as templates, what `plural` counts as two of them."""
    inside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            specs = (piece.format_spec for piece in node.values if isinstance(piece, ast.FormattedValue))
            inside.update(map(id, [*node.values, *specs]))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in inside:
            yield template(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("plural"):
            words = [what.value for what in node.args[1:] if isinstance(what, ast.Constant)]
            yield from (form.format(word) for word in words for form in ("1 {}", "{{count}} {}s"))


def handed(tree: ast.AST) -> Iterator[str]:
    """The words that a module hands to what shows them: heads of tables, titles, what is going on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "help" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SHOWING
        if called or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "heads"):
            keys = {id(part.slice) for part in ast.walk(node) if isinstance(part, ast.Subscript)}
            parts = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and id(part) not in keys)
            yield from (
                LABEL + part for part in parts if isinstance(part, str) and re.fullmatch(r"[A-Za-z][a-z -]+\w", part)
            )


def is_read(text: str, pages: bool) -> bool:
    """Whether people read a text, by its looks; `pages` where it stands in a room of pages."""
    if pages and _HAN.search(text):
        return True
    said = re.sub(r"\{\w+\}", "", text)
    return not CODE.search(text) and bool(
        re.match(r"1 [a-z]+", text) or _SENTENCE.search(said) or (said != text and _WORD.search(said) and " " in said)
    )


def found() -> dict[str, dict[str, str]]:
    """By language, the texts that want a translation into it, each with the module it stands in."""
    all_found: dict[str, dict[str, str]] = {name: {} for name in LANGUAGES}
    known = set[str]()
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE).as_posix()
        pages = name.startswith(PAGES)
        if path.suffix == ".py" and not SILENT.match(name):
            tree = ast.parse(path.read_text("utf-8"))
            read = [text for one in texts(tree) if is_read(text := one.removeprefix(PROGRAM), pages)]
            read += [] if name.startswith("review/") else handed(tree)
        elif pages and path.suffix in (".html", ".js", ".css"):
            read = re.findall(STATIC, path.read_text("utf-8"))
        else:
            continue
        for text in read:
            shape = re.sub(r"\{\w+\}", "{}", text)
            if shape not in known:
                known.add(shape)
                all_found["en" if pages and _HAN.search(text) else "zh"][text] = name
    all_found["en"].update(dict.fromkeys("。；、：", "marks"))
    for place, texts_there in (("argparse", ARGPARSE), ("fields", ALSO)):
        all_found["zh"].update({text: place for text in texts_there if text not in all_found["zh"]})
    return all_found


def write(name: str, wanted: Mapping[str, str], entries: Mapping[str, str]) -> str:
    """The .po file of a language; what argparse says in other versions of Python stays."""
    blocks = [f'msgid ""\nmsgstr ""\n"Language: {name}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n']
    for text, place in sorted(wanted.items(), key=lambda one: one[1]):
        context = 'msgctxt "label"\n' * text.startswith(LABEL)
        other = _quoted(entries.get(text, ""))
        blocks.append(f"#: {place}\n{context}msgid {_quoted(text.removeprefix(LABEL))}\nmsgstr {other}\n")
    return "\n".join(blocks)


def _quoted(text: str) -> str:
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in text.splitlines(keepends=True) or [""])


def missing() -> list[str]:
    """The texts that people read and that have no translation."""
    return [text for name, wanted in found().items() for text in wanted if text not in catalogue(name).entries]


def main() -> int:
    """Write both files; how many translations are missing."""
    for name, wanted in found().items():
        path = FOLDER / f"{name}.po"
        path.write_text(write(name, wanted, catalogue(name).entries if path.exists() else {}), "utf-8")
    catalogue.cache_clear()
    print(f"{len(missing())} translations are missing", file=sys.stderr)
    return bool(missing())


if __name__ == "__main__":
    sys.exit(main())
