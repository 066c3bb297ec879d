"""What values have in common: how they show themselves on a line, and how they are written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

#: The version of the JSON that docs/schema describes; it grows with every key that is renamed, leaves or means another
#: thing.
SCHEMA = 1


class Value:
    """A value (a dataclass): of what it holds many of, its line says how many."""

    __slots__ = ()
    #: What attributes were called before 0.2.0, and what is asked for instead.
    _RENAMED: ClassVar[Mapping[str, str]] = {}
    #: The keys of its JSON, where these are not its fields.
    _KEYS: ClassVar[tuple[str, ...]] = ()

    def __repr__(self) -> str:
        names = [one.name for one in fields(self) if one.repr]  # type: ignore[arg-type]
        return f"{type(self).__name__}({', '.join(f'{name}={_brief(getattr(self, name))}' for name in names)})"

    def as_dict(self) -> dict[str, Any]:
        """The value as JSON-ready values; numbers are rounded to four places."""
        names = self._KEYS or [one.name for one in fields(self)]  # type: ignore[arg-type]
        return {name: _plain(getattr(self, name)) for name in names}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            raise self._missing(name)

    def _missing(self, name: str) -> AttributeError:
        """The error for an attribute that there is none of, with what it is called now where it was one once."""
        now = self._RENAMED.get(name)
        hint = f"; ask for {now}" if now else ""
        return AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{hint}", name=name, obj=self)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.as_dict() if isinstance(value, Value) else value


def _brief(value: object) -> str:
    """A value in few characters."""
    if isinstance(value, tuple):
        return f"<{len(value):,}>"
    if isinstance(value, str) and len(value) > 24:
        return repr(f"{value[:24]}…")
    return f"{value:.4g}" if isinstance(value, float) else repr(value)
