"""A model behind an address that speaks OpenAI's `/completions` with log probabilities, such as a server of vLLM.

The prompt is echoed with the log probability of every token: `{"prompt": [...], "echo": true, "logprobs": 1,
"max_tokens": 1}`. Texts are sent to the address that the user names and to no other: redirections are refused, and
proxies of the environment are not asked.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from despin.errors import ScorerError, UsageError

#: The environment variable with the key that is sent as `Authorization: Bearer`, where there is one.
KEY = "DESPIN_SCORER_KEY"


class Completions:
    """The model of an address, `http://HOST:PORT/v1#MODEL`; without `#MODEL` the server chooses. Raises `UsageError`
    for an address that is none or holds a password."""

    timeout = 60.0  # seconds that an answer may take

    def __init__(self, address: str) -> None:
        self.name = address
        base, _, self._model = address.partition("#")
        try:
            parts = urlsplit(base)
            known = bool(parts.hostname) and parts.port != 0
        except ValueError as error:
            raise UsageError(f"{address}: is no address ({error})") from None
        if not known or parts.query:
            raise UsageError(f"{address}: is no address; give one such as http://127.0.0.1:8080/v1#MODEL")
        if parts.username is not None:
            raise UsageError(f"the address of the scorer holds a name or a password; put the key into {KEY}")
        self._one_by_one = False
        self._address = base.rstrip("/") + "/completions"

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        """The log probability of each text. A server that refuses several texts at once is asked for one after the
        other from then on. Raises `ScorerError`."""
        if not self._one_by_one:
            try:
                return self._asked(texts)
            except _RefusedError:
                if len(texts) == 1:
                    raise
                self._one_by_one = True
        return [value for text in texts for value in self._asked([text])]

    def _asked(self, texts: Sequence[str]) -> list[float]:
        """The log probability of each text, asked for at once."""
        asked = {"prompt": list(texts), "max_tokens": 1, "temperature": 0, "echo": True, "logprobs": 1}
        if self._model:
            asked["model"] = self._model
        try:
            answer = json.loads(self._answer(json.dumps(asked).encode()))
            choices = sorted(answer["choices"], key=lambda one: int(one.get("index", 0)))
            made = int((answer.get("usage") or {}).get("completion_tokens", len(texts)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ScorerError("the server answered with what are no completions") from None
        if len(choices) != len(texts):
            raise ScorerError(f"{len(choices)} completions for {len(texts)} texts")
        return [log_probability(text, choice, made // len(texts)) for text, choice in zip(texts, choices, strict=True)]

    def _answer(self, data: bytes) -> bytes:
        """What the server answers. Raises `ScorerError` where it does not, or takes too long."""
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY):
            headers["Authorization"] = f"Bearer {key}"
        # A proxy of the environment would be another address.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirections)
        try:
            with opener.open(urllib.request.Request(self._address, data, headers), timeout=self.timeout) as answer:
                return bytes(answer.read(64 << 20))
        except urllib.error.HTTPError as error:
            with error:
                said = " ".join(error.read(200).decode("utf-8", "replace").split())
            raise _RefusedError(f"the server answered with status {error.code}{said and f': {said}'}") from None
        except TimeoutError:
            raise ScorerError(f"no answer within {self.timeout:g} seconds") from None
        except (OSError, HTTPException) as error:
            raise ScorerError(f"the server cannot be reached ({getattr(error, 'reason', error)})") from None


class _RefusedError(ScorerError):
    """The server answered, and refused."""


class _NoRedirections(urllib.request.HTTPRedirectHandler):
    """Texts go nowhere but to the address that was named."""

    def redirect_request(self, *args: Any, **rest: Any) -> None:
        return None


def log_probability(prompt: str, choice: Mapping[str, Any], made: int = 1) -> float:
    """The log probability of a prompt that a completion echoes, of which so many tokens were made by the model. Raises
    `ScorerError` where there is none."""
    try:
        if not str(choice["text"]).startswith(prompt):
            raise ScorerError("the server does not echo the prompt with its log probabilities, as it has to")
        values = choice["logprobs"]["token_logprobs"]
        # The first token has nothing before it, and no probability.
        own = [float(one) for number, one in enumerate(values[: len(values) - made]) if number or one is not None]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ScorerError("the server answered with what are no log probabilities") from None
    if not own:
        raise ScorerError("the server gives no log probabilities of the prompt")
    return sum(own)
