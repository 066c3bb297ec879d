"""A model behind an address that speaks OpenAI's `/completions` with log probabilities, such as the server of vLLM or
that of llama-cpp-python.

The prompt is echoed with the log probability of every token: `{"prompt": [...], "echo": true, "logprobs": 1,
"max_tokens": 1}`. Texts are sent to the address that the user names and to no other: redirections are refused, and proxies
of the environment are not asked.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from despin.errors import ScorerError, UsageError

#: The environment variable with the key that is sent as `Authorization: Bearer`, where there is one.
KEY = "DESPIN_SCORER_KEY"
#: Seconds that an answer may take, and the most bytes of it.
TIMEOUT, LONGEST = 60.0, 64 << 20


class Completions:
    """The model of an address, `http://HOST:PORT/v1#MODEL`; without `#MODEL` the server chooses. Raises `UsageError`
    for an address that is none or holds a password."""

    timeout = TIMEOUT

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
        self._address = base.rstrip("/") + "/completions"

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        """The log probability of each text. Raises `ScorerError`."""
        asked = {"prompt": list(texts), "max_tokens": 1, "temperature": 0, "echo": True, "logprobs": 1}
        if self._model:
            asked["model"] = self._model
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY):
            headers["Authorization"] = f"Bearer {key}"
        request = urllib.request.Request(self._address, json.dumps(asked).encode(), headers)
        try:
            # A proxy of the environment would be another address.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirections)
            with opener.open(request, timeout=self.timeout) as answer:
                data = answer.read(LONGEST)
        except urllib.error.HTTPError as error:
            error.close()
            raise ScorerError(f"the server answered with status {error.code}") from None
        except TimeoutError:
            raise ScorerError(f"no answer within {self.timeout:g} seconds") from None
        except OSError as error:
            raise ScorerError(f"the server cannot be reached ({getattr(error, 'reason', error)})") from None
        try:
            choices = sorted(json.loads(data)["choices"], key=lambda one: int(one.get("index", 0)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ScorerError("the server answered with what are no completions") from None
        if len(choices) != len(texts):
            raise ScorerError(f"{len(choices)} completions for {len(texts)} texts")
        return [log_probability(text, choice) for text, choice in zip(texts, choices, strict=True)]


class _NoRedirections(urllib.request.HTTPRedirectHandler):
    """Texts go nowhere but to the address that was named."""

    def redirect_request(self, *args: Any, **rest: Any) -> None:
        return None


def log_probability(prompt: str, choice: Mapping[str, Any]) -> float:
    """The log probability of a prompt that a completion of one token echoes. Raises `ScorerError` where it does not."""
    try:
        if not str(choice["text"]).startswith(prompt):
            raise ScorerError("the server does not echo the prompt with its log probabilities, as it has to")
        values = choice["logprobs"]["token_logprobs"]
        # The first token has nothing before it, and no probability; the last one is no longer of the prompt.
        own = [float(one) for number, one in enumerate(values[:-1]) if number or one is not None]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ScorerError("the server answered with what are no log probabilities") from None
    if not own:
        raise ScorerError("the server gives no log probabilities of the prompt")
    return sum(own)
