"""`despin serve`: a page to paste texts into, and their restorations as JSON for programs."""

from __future__ import annotations

import argparse

from despin.cli import options, review

EPILOG = """\
Prints the address of a page: paste a text or drop a file (.txt, .md, .html, .docx), go through its edits
as in `despin review`, copy or save the result. Programs send JSON to /restore and /detect at the same port, see
docs/serve.md; /health says whether it is ready, /schema what is sent and answered. Other addresses than 127.0.0.1 want
a token: that of the variable DESPIN_TOKEN, or one that is printed. Ctrl-C ends it.

examples:
  despin serve
  despin serve --port 8000 -o pasted/
  curl -s http://127.0.0.1:8000/restore -H 'Content-Type: application/json' -d '{"text": "..."}'
"""
ABOUT = "Serve a page to paste texts into, and restorations and verdicts as JSON for programs, on this machine alone."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    review.add_server(parser, "keep pasted texts, and what is decided of them, in this folder (default: not at all)")
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS",
        help="listen at this address of this machine, with a token")  # fmt: skip
    options.add_encoding(parser)
    options.add_engine_options(parser, thresholds=True)
    parser.set_defaults(paths=[], no_browser=True, page=False, no_page=False)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    return review.run(args)
