"""What a site adds around an article: found, told apart from the article, and left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from despin.page.extract import read_page
    from despin.page.model import Dropped, Line, Page, Span

__all__ = ["Dropped", "Line", "Page", "Span", "read_page"]


def __getattr__(name: str) -> object:
    """What `__all__` lists, imported when it is first asked for: whoever takes one module of
    this package need not load all."""
    if name == "read_page":
        from despin.page import extract

        return extract.read_page
    if name in __all__:
        from despin.page import model

        return getattr(model, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
