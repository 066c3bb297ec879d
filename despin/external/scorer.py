"""What a user's language model has to be able to do, and the models that can be named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

#: What a named model begins with.
TRANSFORMERS, LLAMA, ADDRESSES = "transformers:", "llama:", ("http://", "https://")
#: How a model is named, for messages.
FORMS = "transformers:FOLDER, llama:FILE.gguf or the address of a server, such as http://127.0.0.1:8080/v1#MODEL"


class TextScorer(Protocol):
    """A language model: texts in, the natural logarithm of the probability of each out, in order.

    Texts of one call are mostly readings of one clause with the same words around it. Only differences within a call
    and between calls of one text matter, so a constant may be left out. Whatever is raised, a number that is not finite
    and a list of another length count as a failure: the text is restored without the model. Two attributes are looked
    at where they are there: `name`, by which signatures call the model, and `timeout`, the seconds that a call may
    take (`despin.external.asking.TIMEOUT`).
    """

    def log_probabilities(self, texts: Sequence[str], /) -> Sequence[float]: ...


def is_named(value: str) -> bool:
    """Whether a text names a model, as far as can be seen without looking for it."""
    return value.startswith((TRANSFORMERS, LLAMA, *ADDRESSES))


def named(value: str) -> TextScorer:
    """The model of a name (`is_named`). Nothing is loaded and nobody is asked before the first text. Raises
    `UsageError` for an address that is none and a missing package, `ModelError` for a model that is not there."""
    if value.startswith(TRANSFORMERS):
        from despin.external.transformers import Transformers

        return Transformers(value.removeprefix(TRANSFORMERS))
    if value.startswith(LLAMA):
        from despin.external.llama import Llama

        return Llama(value.removeprefix(LLAMA))
    from despin.external.completions import Completions

    return Completions(value)
