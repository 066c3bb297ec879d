"""Web pages, as HTML and as text, broken in every way: an answer or a message, edits where they say, in little time."""

from __future__ import annotations

from functools import cached_property
from random import Random

from despin.errors import DespinError
from despin.page.extract import read_page
from despin.page.html import looks_like_html, read_html
from despin.page.restore import restore_page
from despin.restorer import Restorer
from tools.stress.idempotent import ODD, ROOT
from tools.stress.trial import mutated

TAGS = [
    "<div>", "</div>", "<p>", "</p>", "<pre>", "<a href=x>", "</a>", "<script>", "</script>", "<!--", "-->", "<![CDATA[", "]]>", "&amp;",
    "&#xD800;", "&#0;", "&#99999999999;", "&", "<", ">", "<title>", "</title>", "<table><tr><td>", "<select><option>", "<svg>", "<math>",
    "<template>", "<p " + "a=1 " * 50 + ">", "<h1>", "<br>", "<ul><li>", "\0", "<meta charset=big5>", "</html>", "<textarea>", "<style>",
]  # fmt: skip


class Pages:
    """Pages through `read_html`, `read_page` and `restore_page`."""

    name = "pages"

    @cached_property
    def _seeds(self) -> list[bytes]:
        files = sorted((ROOT / "tests" / "data" / "pages").rglob("*.*"))
        return [file.read_bytes()[:30_000] for file in files if file.suffix in (".txt", ".html", ".page")]

    @cached_property
    def restorer(self) -> Restorer:
        """The restorer, made once."""
        return Restorer()

    def make(self, source: Random) -> str:
        """See `Trial`."""
        pieces = [one.encode("utf-8", "surrogatepass") for one in (*ODD, *TAGS)]
        lines = source.choice(self._seeds).decode("utf-8", "replace").split("\n")
        start = source.randrange(len(lines))
        # Small ones mostly: what breaks a page is rarely further apart.
        size = source.choices((1, 3, 10, 60, 200), (30, 40, 25, 4, 1))[0]
        lines = [line[:300] for line in lines[start : start + size]]
        if source.random() < 0.6:
            lines = [source.choice(("<p>", "<div>", "<li>", "<td>", "", "<a>")) + line for line in lines]
            lines.insert(0, source.choice(("<html><body>", "<!DOCTYPE html>", "<title>山水</title>")))
        page = mutated(source, "\n".join(lines).encode("utf-8", "surrogatepass"), pieces)
        if source.random() < 0.02:
            page += source.choice(pieces) * source.choice((100, 1000, 1000, 20_000))
        try:
            return page.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return page.decode("utf-8", "replace")

    def check(self, case: str) -> list[str]:
        """See `Trial`."""
        try:
            page = read_html(case) if looks_like_html(case) else read_page(case)
            found = restore_page(page, self.restorer)
        except DespinError:
            return []
        except Exception as error:
            return [f"exception {error!r:.300}"]
        wrong = [edit for edit in found.page_edits if page.text[edit.start : edit.end] != edit.spun]
        wrong += [edit for edit in found.edits if found.source[edit.start : edit.end] != edit.spun]
        return [f"offset {wrong[0]!r}"] if wrong else []
