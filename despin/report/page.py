"""The frame of a page: one file with its styles and script, which no other script and
nothing from a network can enter."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

from despin.language import chosen, label, shown, static
from despin.report.escape import content, script_json, value

#: An edit in markup.
_EDIT = re.compile(r"\[-(.*?)-\]\{\+(.*?)\+\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class More:
    """What a page has beyond a report: styles, a script that runs last, what stands in the bar and above the
    keys of the panel, dialogs; `keys` and `note` stand for those of a report, and with `talks` the page may ask
    the server that it came from."""

    style: str = ""
    script: str = ""
    tools: str = ""
    panel: str = ""
    dialogs: str = ""
    keys: str = "<dt><kbd>s</kbd></dt><dd>保存本文的 wdiff</dd>"
    note: str = "未决定的修改照样写入 wdiff；退回的保留网页用词。决定只在保存后留存。"
    talks: bool = False


def part(name: str, package: str = "despin.report") -> str:
    """A file of this folder, or of another package's, in the language that was chosen."""
    return static(_text(name, package))


@cache
def _text(name: str, package: str) -> str:
    return files(package).joinpath(name).read_text("utf-8")


def page(
    title: str, documents: str, index: str = "", data: object = None, lang: str = "zh-Hans", more: More | None = None
) -> str:
    """A whole page. With `data`, what its script reads, edits can be gone through and decided."""
    more = more or More()
    title, skip = label(title), label("跳到正文" if lang.startswith("zh") else "Skip to the figures")
    lang = {"zh": "zh-Hans", "en": "en"}.get(chosen(), lang)
    style = part("page.css") + more.style
    script = (part("page.js") if data is not None else "") + more.script
    panel = Template(part("panel.html")).substitute(keys=label(more.keys), note=label(more.note), more=more.panel)
    return Template(part("page.html")).substitute(
        style_hash=_digest(style), script_hash=_digest(script), lang=lang, skip=skip, title=value(title),
        heading=content(title), kind="edits" if data is not None else "plain",
        connect="; connect-src 'self'; form-action 'self'" if more.talks else "; form-action 'none'",
        tools=(part("tools.html") if data is not None else "") + more.tools, panel=panel if data is not None else "",
        dialogs=more.dialogs, style=style, script=script, index=index, documents=documents, data=script_json(data),
    )  # fmt: skip


def _digest(text: str) -> str:
    """What a content security policy calls a script or a style."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def table(heads: list[str], rows: list[list[str]], caption: str) -> str:
    """A table; `heads` and `rows` are HTML already, `caption` is text. Nothing where there are no rows."""
    if not rows:
        return ""
    caption = value(label(caption))
    head = "".join(f'<th scope="col">{label(one)}</th>' for one in heads)
    body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="scroll" role="group" tabindex="0" aria-label="{caption}">'
        f'<table><caption class="hidden">{caption}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>\n"
    )


def section(title: str, inner: str) -> str:
    """A part of a page under its heading; nothing where it holds nothing."""
    return f'<div class="section"><h3>{content(label(title))}</h3>\n{inner}</div>\n' if inner else ""


def listed(title: str, heads: list[str], rows: list[list[str]]) -> str:
    """A section that is a table."""
    return section(title, table(heads, rows, title))


def contents(heads: list[str], rows: list[list[str]]) -> str:
    """The list of the documents of a page, with links."""
    title = label("目录")
    return f'<nav class="index" aria-label="{title}"><h2>{title}</h2>\n{table(heads, rows, "文章")}</nav>\n'


def document(
    number: int, name: str, verdict: str, facts: list[str], text: str, what: str, rest: str, more: str = ""
) -> str:
    """A document of a page: the verdict, its figures, the text as `what` calls it, and what is to be said of it. All
    but `name` and `what` is HTML; `more` stands before the text."""
    items = "".join(f"<li>{label(fact)}</li>" for fact in facts)
    own = os.path.basename(name).strip("<>") or f"text-{number}"
    return (
        f'<section class="doc" id="d{number}" aria-labelledby="d{number}-name" data-file="{value(own)}">\n'
        f'<h2 id="d{number}-name"><bdi>{content(name)}</bdi></h2>\n'
        f'<p class="verdict">{label(verdict)}{label("。")}</p>\n'
        f'<ul class="facts-list">{items}</ul>\n{more}'
        f'<div class="text" lang="zh" dir="ltr" role="article" aria-label="{value(label(what))}">{text}</div>\n'
        f"{rest}</section>\n"
    )


def marked(markup: str) -> str:
    """Text in markup, with its edits marked; backslashes before markers are shown as they stand."""
    return '<span lang="zh">' + _EDIT.sub(r"<del>\1</del><ins>\2</ins>", content(markup)) + "</span>"


def message(text: str) -> str:
    """A message in the language that was chosen, as HTML that says which one it is."""
    return f'<span lang="{"zh" if chosen() == "zh" else "en"}">{content(shown(text))}</span>'
