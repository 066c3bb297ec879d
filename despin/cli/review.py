"""`despin review`: going through restorations in the browser."""

from __future__ import annotations

import argparse
import os
import re
import sys
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from despin.cli import options, terminal
from despin.errors import UsageError

if TYPE_CHECKING:
    from despin.restorer import Restorer
    from despin.results import Restoration
    from despin.text.decoding import TextFile

EPILOG = """\
Opens a page in the browser, on this machine alone. Every decision is saved at once, beside the text:
  a.txt.wdiff      the text with its edits, as `despin eval` and `despin learn pairs` read it; edits that nobody decided
                   on are not scored ({+?...+}), rejected ones are left out
  a.txt.restored   the restored text, in the encoding of a.txt
  a.txt.review     every decision in order; the next review goes on from it, after a crash too
Without a PATH texts are pasted or dropped on the page; what is decided of them goes into the folder of -o, and is gone
in the end without one. Ctrl-C ends the review.

examples:
  despin review
  despin review article.txt
  despin review pages/ -o decided/
  despin review --page page.html --no-browser --port 8000
"""


ABOUT = (
    "Go through the edits of texts in the browser, accept or reject each, choose another original or "
    "write one, mark words that were missed, and keep what was decided beside the texts."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("paths", nargs="*", metavar="PATH",
            help="a text, web page or .wdiff file, or a folder of texts (.txt, .md, .html, "
                 ".docx); none: texts are pasted")  # fmt: skip
    parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    add_server(parser, "write what is decided into this folder, not beside the texts")
    page = parser.add_mutually_exclusive_group()
    page.add_argument("--page", action="store_true",
        help="the texts are whole web pages: review the article; HTML is read so by itself")  # fmt: skip
    page.add_argument("--no-page", action="store_true", help="review HTML as it stands, markup and all")
    options.add_encoding(parser)
    options.add_engine_options(parser, thresholds=True)
    parser.set_defaults(host="127.0.0.1")


def add_server(parser: argparse.ArgumentParser, output: str) -> None:
    """Add the options of what is served, with the help of `-o`."""
    parser.add_argument("-o", "--output", metavar="FOLDER", help=output)
    parser.add_argument("--port", type=_port, default=0, metavar="N",
        help="listen at this port (default: one that is free)")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Serve the pages until Ctrl-C."""
    from tempfile import TemporaryDirectory

    from despin.review.session import results_folder

    options.check_common(args)
    if args.paths or args.output:
        return _serve(args, None if args.paths else results_folder(args.output))
    with TemporaryDirectory(prefix="despin-review-") as folder:
        return _serve(args, Path(folder))


def _serve(args: argparse.Namespace, inbox: Path | None) -> int:
    """Serve texts; those that are pasted go into `inbox`, and with one programs are answered too."""
    from despin.review.actions import Actions
    from despin.review.api import Api
    from despin.review.server import HOST, Server
    from despin.review.session import Session, texts_in

    engine = CommandEngine(args)
    paths = args.paths if inbox is None else texts_in(inbox)
    session = Session(paths, engine, terminal.tell, args.output if inbox is None else None, inbox)
    host = {"localhost": HOST}.get(args.host, args.host)
    own = sorted(map(os.path.abspath, args.paths)) or [os.path.abspath(args.output or "")]
    server = Server(args.port, Actions(session), host, _token(own), Api(engine.restorer) if inbox else None)
    try:
        if server.api:
            server.api.warm()
            how = f", with the header `Authorization: Bearer {server.token}`" if host != HOST else ""
            terminal.say(f"despin: programs ask at {server.root}/restore and /detect" + how)
        threading.Thread(target=session.read_all, daemon=True, name="despin-read").start()
        count = terminal.plural(len(session.documents), "text")
        terminal.say(f"despin: reviewing {count}; Ctrl-C ends, every decision is saved at once")
        print(server.address, flush=True)
        if not args.no_browser:
            # Some browsers come back when they are closed.
            threading.Thread(target=_open_browser, args=(server.once,), daemon=True, name="despin-browser").start()
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        lines = session.end()
        if lines and inbox and not args.output:
            lines = [f"what was decided of {terminal.plural(len(lines), 'text')} is gone; -o FOLDER keeps it"]
        terminal.say("despin: review ended" + ("".join(f"\n  {line}" for line in lines) or "; nothing was decided"))
    return 0


def _token(own: list[str]) -> str:
    """The token of these texts: what `DESPIN_TOKEN` says, or the one that they had before, kept in the cache folder, or
    a new one. Raises `UsageError` for one that can be guessed."""
    from secrets import token_urlsafe

    from despin.cachefile import cached

    named = os.environ.get("DESPIN_TOKEN")
    if named is not None and not re.fullmatch(r"[\w-]{16,200}", named, re.ASCII):
        raise UsageError("DESPIN_TOKEN has to be 16 to 200 letters, digits, - and _ that nobody can guess")
    digest = sha256("\0".join(own).encode("utf-8", "surrogateescape")).hexdigest()
    return named or cached("review", digest, 1, lambda: {"token": token_urlsafe(24)}, lambda data: str(data["token"]))


def _port(value: str) -> int:
    if value.isascii() and value.isdigit() and int(value) < 65536:
        return int(value)
    raise argparse.ArgumentTypeError(f"{value!r} is no port; give a number up to 65535, or leave it out")


class CommandEngine:
    """What reads texts and restores them as the options say; the restorer is made for the first text."""

    def __init__(self, args: argparse.Namespace) -> None:
        args.keep_page = args.in_place = False
        self._args = args
        self._restorer: Restorer | None = None
        self._lock = threading.Lock()

    def restorer(self) -> Restorer:
        """What restores texts, made when it is asked for. Raises `DespinError` where it cannot be made."""
        with self._lock:
            if self._restorer is None:
                self._restorer = options.make_restorer(self._args)
            return self._restorer

    def read(self, path: str) -> tuple[TextFile, Restoration]:
        """A text and its restoration; of a web page, its article."""
        return self._read(path, self.restorer())

    def trial(self, lexicon: Path) -> Callable[[str], tuple[TextFile, Restoration]]:
        """`read` with one more lexicon."""
        restorer = options.make_restorer(self._args, [lexicon])
        return lambda path: self._read(path, restorer)

    def renew(self, lexicon: Path | None = None, protect: Path | None = None) -> None:
        """Read the lexicons again, with files that may be new."""
        from despin.lexicon.load import is_shipped

        if lexicon is not None and not is_shipped(lexicon):
            self._args.lexicon = [*(self._args.lexicon or ()), str(lexicon)]
        if protect is not None:
            self._args.protect = [*(self._args.protect or ()), str(protect)]
        self._restorer = None

    def entries(self, word: str) -> dict[str, Any]:
        """What lexicons say of a word, as `despin lexicon show --json` prints it."""
        from despin.lexicon.lookup import as_dict, show

        return as_dict(show(word, self.restorer().lexicon))

    def targets(self) -> list[Path]:
        """The lexicons that an entry can be written to: that of this folder, those in play, and those of a checkout."""
        from despin.lexicon.load import PERSONAL_FILE, shipped_folder, shipped_lexicons

        found = [Path(PERSONAL_FILE), *options.personal(self._args).lexicons]
        if shipped_folder().parent.name != "data":
            found += [path for path in shipped_lexicons() if os.access(path, os.W_OK)]
        return list({os.path.realpath(path): path for path in reversed(found)}.values())[::-1]

    def protected(self) -> Path:
        """The file that protected words are written to."""
        from despin.lexicon.load import PROTECT_FILE

        return Path(self._args.protect[0] if self._args.protect else PROTECT_FILE)

    def _read(self, path: str, restorer: Restorer) -> tuple[TextFile, Restoration]:
        from dataclasses import replace

        from despin.cli import restore
        from despin.text import wdiff

        file = options.read(path, self._args.encoding)
        if path.endswith(".wdiff"):
            file = replace(file, text=wdiff.read(file.text, path).spun)
        elif restore.is_page(self._args, file):
            return restore.restore_page(file, restorer, False)
        return file, restorer.explain(file.text)


def _open_browser(address: str) -> None:
    """Open the address, or say how it can be opened."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        terminal.say("despin: there is no display here; open the address in a browser on this machine")
        return
    import webbrowser

    try:
        opened = webbrowser.open(address)
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        terminal.say("despin: no browser could be opened; open the address in one")
