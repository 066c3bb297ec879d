"""Collects running text from git repositories for `python -m tools.train.lm`: one JSON line a text, ordinary Chinese and nothing else.

    python -m tools.train.lm.gather REPOSITORY ... [--without FOLDER] > corpus.jsonl

Takes the newest commit of each. Lines count when they are mostly Chinese characters, simplified and punctuated; code, links and
marks of Markdown and HTML are taken out, and a line that was seen before is left out. `--without` names texts that are used for
measuring: a line that shares `SHARED` characters in a row with one of them is left out too.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

#: Han characters in a row that a line may not share with a text that is used for measuring.
SHARED = 13
#: A text is cut after so many characters.
LONGEST = 20_000
#: Files of other sizes are no text, or too much of one kind.
SMALLEST, LARGEST = 300, 4_000_000
NAMES = re.compile(r"\.(?:md|markdown|mdx|txt|rst|html?|adoc|tex|org|json|jsonl|csv|tsv)$")
HAN = re.compile(r"[\u4e00-\u9fff]")
#: What makes a text no simplified one.
TRADITIONAL = frozenset("們這個國時會來對說為學過開關點現發經與實後")
CLEANING = (
    (re.compile(r"```.*?```", re.DOTALL), "\n"),
    (re.compile(r"<[^>\n]{1,300}>"), " "),
    (re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"`[^`\n]*`"), "A"),
    (re.compile(r"[*_#>|~]+"), ""),
    (re.compile(r'\\n|",\s*"|":\s*"|\t'), "\n"),
)


def running_text(text: str) -> Iterator[str]:
    """The lines of `text` that are ordinary punctuated Chinese, without markup."""
    for pattern, instead in CLEANING:
        text = pattern.sub(instead, text)
    for line in text.split("\n"):
        line = line.strip()
        characters = HAN.findall(line)
        foreign = sum(character in TRADITIONAL for character in characters)
        mostly = len(characters) >= max(12, 0.6 * len(line)) and foreign <= max(1, 0.02 * len(characters))
        if mostly and re.search("[，。！？；：,]", line):
            yield line


def pieces(text: str) -> Iterator[str]:
    """All runs of `SHARED` Han characters in `text`, whatever stands between them."""
    characters = "".join(HAN.findall(text))
    return (characters[start : start + SHARED] for start in range(len(characters) - SHARED + 1))


def files(repository: Path) -> Iterator[str]:
    """The texts of the newest commit of a repository."""
    git = ["git", "-C", str(repository)]
    listing = subprocess.run([*git, "ls-tree", "-rlz", "HEAD"], capture_output=True, check=True).stdout
    for row in listing.decode("utf-8", "replace").split("\0"):
        found = re.match(r"\d+ blob (\w+) +(\d+)\t(.*)", row)
        if found and NAMES.search(found[3]) and SMALLEST < int(found[2]) < LARGEST:
            blob = subprocess.run([*git, "cat-file", "blob", found[1]], capture_output=True, check=True).stdout
            yield blob.decode("utf-8", "ignore")


def texts(lines: Iterable[str]) -> Iterator[str]:
    """The lines joined to texts of about `LONGEST` characters."""
    joined: list[str] = []
    for line in lines:
        joined.append(line)
        if sum(map(len, joined)) > LONGEST:
            yield "\n".join(joined)
            joined = []
    if joined:
        yield "\n".join(joined)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the corpus to standard output; on standard error, how much each repository gave."""
    parser = argparse.ArgumentParser(prog="python -m tools.train.lm.gather", description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path, help="git repositories, with or without a work tree")
    parser.add_argument("--without", type=Path, help="a folder of texts that are used for measuring")
    args = parser.parse_args(arguments)
    measuring: set[str] = set()
    for path in args.without.rglob("*.*") if args.without else ():
        measuring.update(pieces(path.read_text("utf-8", "ignore")))
    seen: set[int] = set()
    for repository in args.repositories:
        kept: list[str] = []
        for text in files(repository):
            for line in running_text(text):
                if hash(line) not in seen and measuring.isdisjoint(pieces(line)):
                    seen.add(hash(line))
                    kept.append(line)
        print(f"{repository}: {sum(map(len, kept)):,} characters", file=sys.stderr)
        for text in texts(kept):
            print(json.dumps({"text": text}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
