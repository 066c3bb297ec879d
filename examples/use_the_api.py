"""Restores an article and prints what was changed, the least certain edits first."""

import sys
from pathlib import Path

import despin

article = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("classic-list.txt")).read_text("utf-8")
restoration = despin.explain(article)
print(f"spun with probability {restoration.spun_score:.2f}, family {restoration.family}, rate {restoration.rate:.2f}")
for edit in sorted(restoration.edits, key=lambda edit: edit.confidence):
    print(
        f"{edit.confidence:.2f}  {edit.spun} -> {edit.original}{'  (turns the statement round)' if edit.flips else ''}"
    )
