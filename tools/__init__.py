"""Commands for those who work on despin, run from the checkout: `python -m tools.NAME`."""
