"""despin as a step of other engines' pipelines; each module needs the library it is named for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from despin.errors import UsageError


def need(module: str, extra: str) -> Any:
    """The module. Raises `UsageError`, with the extra to install, when it is not there."""
    try:
        return import_module(module)
    except ImportError as error:
        raise UsageError(f"{module} cannot be imported ({error}): pip install 'despin[{extra}]'") from None
