"""What despin says of a text: edits, restorations, verdicts, readings. All offsets are code points of their text."""

# ruff: noqa: F403
from despin.results.drafts import *
from despin.results.edits import *
from despin.results.evidence import *
from despin.results.restorations import *
from despin.results.value import *
