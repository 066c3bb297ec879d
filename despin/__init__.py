"""despin gives a machine-spun Chinese article its words back.

    >>> import despin
    >>> despin.restore("数据经由过程旌旗灯号线传送。")
    '数据通过信号线传送。'

`restore`, `explain` and `detect` share one `Restorer()`, made at the first call. They read no lexicon and no settings
of the folder they are called in; `Restorer.discovered()` does, as the command line.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from despin.errors import DespinError
from despin.results import Edit, Restoration, Verdict

if TYPE_CHECKING:
    from despin.restorer import Restorer

__version__ = "0.2.0rc1"
__all__ = ["DespinError", "Edit", "Restoration", "Restorer", "Verdict", "__version__", "detect", "explain", "restore"]


def restore(text: str) -> str:
    """`text` with its original wording; text that nobody spun comes back as it is."""
    return _default().restore(text)


def explain(text: str) -> Restoration:
    """What was done to `text` and why: edits with offsets in code points of `text`, and the document's verdict."""
    return _default().explain(text)


def detect(text: str) -> Verdict:
    """Whether `text` is spun, by which family, and what gave it away."""
    return _default().detect(text)


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> object:
    if name == "Restorer":
        from despin.restorer import Restorer

        return Restorer
    raise AttributeError(f"module 'despin' has no attribute {name!r}")


@functools.cache
def _default() -> Restorer:
    from despin.restorer import Restorer

    return Restorer()
