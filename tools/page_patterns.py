"""`python -m tools.page_patterns [FILE]`: check a file of page patterns, the shipped one by default: whether every example
is read as it says, and whether no pattern is slow."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from despin.errors import DespinError, LexiconError
from despin.lexicon.problems import FilePlace, Problem, Report
from despin.page.lines import plain_form
from despin.page.pattern_file import shipped_path
from despin.page.patterns import Boilerplate, Pattern, build
from despin.tuning import Articles
from tools.pattern_check import read_patterns

#: Seconds of processor time that one pattern may take on the worst of the lines below.
TOO_SLOW = 0.05


def check_patterns(path: Path) -> list[Problem]:
    """Every problem of a file of patterns, in the order of the file; none for one that can be shipped."""
    report = Report(str(path))
    data = read_patterns(path, report)
    if data is None or report.errors:
        return report.sorted()
    lines = path.read_text("utf-8-sig").split("\n")
    boilerplate = build(data)
    for pattern in boilerplate.patterns:
        if pattern.sure and "sure_at" in data["lines"][pattern.name]:
            continue  # The same pattern once more, with more words.
        place = FilePlace(next(n for n, line in enumerate(lines, 1) if line.startswith(f"  {pattern.name}:")), 3)
        _check_examples(pattern, data["lines"][pattern.name], boilerplate, place, report)
        _check_speed(pattern, place, report)
    return report.sorted()


def _check_examples(
    pattern: Pattern, fields: dict[str, Any], boilerplate: Boilerplate, place: FilePlace, report: Report
) -> None:
    for example in fields["examples"]:
        plain = plain_form(example, boilerplate.same)
        if not pattern.match(plain):
            report.error(place, f"the example '{example}' does not match", "mend the pattern or the example")
            continue
        found = boilerplate.find(plain)
        if found is not None and found is not pattern and found.kind != pattern.kind:
            report.warn(place, f"the example '{example}' is read as '{found.name}'", "sharpen one of the two patterns")
    if not fields["examples"]:
        report.error(place, f"'{pattern.name}' has no example", "give one line that it is meant for")
    if not fields.get("counterexamples"):
        report.error(place, f"'{pattern.name}' has no counterexample", "give one line that it must leave alone")
    for example in fields.get("counterexamples", ()):
        if pattern.match(plain_form(example, boilerplate.same)):
            report.error(place, f"the counterexample '{example}' matches", "sharpen the pattern")


def _check_speed(pattern: Pattern, place: FilePlace, report: Report) -> None:
    """Reports a pattern that backtracks on lines of its own words or on monotonous ones, made longer step by step."""
    regexes = filter(None, (pattern.whole, pattern.parts, pattern.covers, pattern.not_only))
    own = "".join(c for regex in regexes for c in regex.text if c.isalnum())
    words = [
        own,
        *own[:40],
        *(own[i : i + 2] for i in range(0, min(len(own), 80), 2)),
        "1",
        "a:1 ",
        "首页>",
        "电话:1 ",
        "a,",
    ]
    for word in words:
        size = 8
        while size < min(pattern.longest, Articles.longest_pattern):
            line = (word * (size // len(word) + 1))[:size] + "。"
            start = time.process_time()
            pattern.match(line)
            if time.process_time() - start > TOO_SLOW:
                report.error(place, f"'{pattern.name}' is slow on '{line[:20]}…'", "avoid nested repetition")
                return
            size += 1 + size // 8


def main(arguments: list[str]) -> int:
    """Print every problem and return 0 when there is no error, else the exit code of a broken lexicon."""
    try:
        problems = check_patterns(Path(arguments[0]) if arguments else shipped_path())
    except DespinError as error:
        print(f"despin: {error}", file=sys.stderr)
        return error.exit_code
    for problem in problems:
        print(problem)
    return LexiconError.exit_code if any(problem.severity == "error" for problem in problems) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
