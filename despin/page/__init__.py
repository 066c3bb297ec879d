"""What a site adds around an article: found, told apart from the article, and left out."""

from __future__ import annotations

from despin.page.reading import read_page
from despin.page.result import Dropped, Line, Page, Span

__all__ = ["Dropped", "Line", "Page", "Span", "read_page"]
