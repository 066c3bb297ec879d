"""The one family of exceptions: every mistake a user can make is a `DespinError` with a
message that says how to mend it."""

from __future__ import annotations


class DespinError(Exception):
    """Base of all errors despin raises on purpose. `exit_code` is what the command line returns for it; the codes are
    listed in `docs/reference.md`."""

    exit_code = 1


class UsageError(DespinError):
    """An option or argument cannot be used as given."""

    exit_code = 2


class TextTypeError(UsageError, TypeError):
    """What was given as a text is none."""


class InputError(DespinError):
    """A text, file or folder cannot be read, or is not what was asked for."""

    exit_code = 3


class LexiconError(DespinError):
    """A lexicon is missing or broken; the message carries `file:line:column`."""

    exit_code = 4


class OutputError(DespinError):
    """A result cannot be written; whatever stood there before is untouched."""

    exit_code = 5


class ModelError(DespinError):
    """The language model, the data of a spinner program or the table of characters are missing or damaged."""

    exit_code = 6


class JiebaError(ModelError):
    """jieba, whose dictionary programs cut texts by, is missing or not whole."""


class ScorerError(ModelError):
    """A language model of the user's own failed, did not answer in time, or answered with no log probabilities. Who
    restores texts does without it, with a warning."""


class NotCompiledError(DespinError, ImportError):
    """The compiled modules of despin are missing, or were made for another Python or of other sources."""

    exit_code = 7


class DespinWarning(UserWarning):
    """Something that users should know, and that does not keep despin from going on."""
