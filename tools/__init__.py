"""Commands for those who work on despin, run from the checkout: `python -m tools.NAME`. They take the despin that is
installed, and the checkout's own, which may not be compiled, only where none is."""

from tools import installed

installed.prefer()
