"""Restores an article and prints what was changed, the least certain edits first."""

import sys
from pathlib import Path

import despin

article = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("classic-list.txt")).read_text("utf-8")
restoration = despin.explain(article)
verdict = restoration.verdict
print(f"spun with probability {verdict.score:.2f}, family {verdict.family}, rate {verdict.rate:.2f}")
for edit in sorted(restoration.edits, key=lambda edit: edit.confidence):
    print(
        f"{edit.confidence:.2f}  {edit.spun} -> {edit.original}{f'  (changes the {edit.changes})' if edit.changes else ''}"
    )
