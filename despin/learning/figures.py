"""How often a scorer chooses right at the places of held-out examples, by kind of text and kind of channel. Needs
numpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from despin.lm.scorer import PROGRAM, TABLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from despin.kernel.native.network import Network
    from despin.learning.features import Batch, Chunk

#: Kinds of channels, as figures call them.
CHANNELS = {PROGRAM: "program", TABLE: "table"}
#: What is counted of places: all, right ones, changed ones, right ones of these, and the loss.
_COUNTS = 5


class Counts:
    """What was counted, by kind of text and kind of channel."""

    def __init__(self, sources: Sequence[str]) -> None:
        import numpy as np

        self.sources = sources
        self._found: NDArray[Any] = np.zeros((len(sources), len(CHANNELS), _COUNTS))

    def add(self, sources: Any, kinds: Any, labels: Any, chosen: Any, losses: Any) -> None:
        """Count places: arrays with one number a place."""
        import numpy as np

        right, changed = chosen == labels, labels > 0
        for number, values in enumerate((np.ones(len(labels)), right, changed, right & changed, losses)):
            np.add.at(self._found[..., number], (sources, kinds), values)

    def all(self) -> dict[str, dict[str, float]]:
        """Figures by kind of channel, of all texts."""
        return _by_channel(self._found.sum(0))

    def by_source(self) -> dict[str, dict[str, dict[str, float]]]:
        """Figures by kind of text and kind of channel; those alone of which there are places."""
        return {name: _by_channel(found) for name, found in zip(self.sources, self._found, strict=True) if found.any()}


def _by_channel(found: Any) -> dict[str, dict[str, float]]:
    """Figures by kind of channel: places, the share that is right of all and of those that were changed, loss (nats a
    place)."""
    figures = {}
    for kind, name in CHANNELS.items():
        places, right, changed, right_of_changed, loss = map(float, found[kind])
        if places:
            figures[name] = {
                "places": int(places), "right": round(right / places, 4), "changed": int(changed),
                "right of changed": round(right_of_changed / max(1.0, changed), 4), "loss": round(loss / places, 4),
            }  # fmt: skip
    return figures


def by_file(
    network: Network, batches: Sequence[Sequence[Chunk]], sources: Sequence[str], common: Callable[[str], float],
    add: Callable[[int], None] = lambda count: None,
) -> Counts:  # fmt: skip
    """The figures of a file's network, asked as the decoder asks it; `add` is told of chunks that are done."""
    import numpy as np

    counts = Counts(sources)
    for chunk in (chunk for batch in batches for chunk in batch):
        asked = [
            (
                place.start,
                place.end,
                common(chunk.text[place.start : place.end]),
                [(one, common(one)) for one in place.originals],
            )
            for place in chunk.places
        ]
        found = network.scores(chunk.text, asked, chunk.kind)
        labels = [place.label for place in chunk.places]
        counts.add(
            np.full(len(found), chunk.source),
            np.full(len(found), chunk.kind),
            np.array(labels),
            np.array([max(range(len(own)), key=own.__getitem__) for own in found]),
            # What is lost on the candidate that is right, nats.
            np.array([np.logaddexp.reduce(own) - own[label] for own, label in zip(found, labels, strict=True)]),
        )
        add(1)
    return counts


def by_batches(scores: Callable[[Batch], Any], batches: Sequence[Batch], sources: Sequence[str]) -> Counts:
    """The figures of a network that is asked for the scores of a batch, as an array."""
    import numpy as np

    counts = Counts(sources)
    for batch in batches:
        found = scores(batch)
        losses = np.logaddexp.reduce(found, axis=1) - found[np.arange(len(found)), batch.labels]
        counts.add(batch.sources, batch.kinds, batch.labels, found.argmax(1), losses)
    return counts


def rows(figures: Mapping[str, Mapping[str, Mapping[str, float]]]) -> list[str]:
    """Figures as lines of a table."""
    width = max(map(len, figures), default=0)
    lines = [f"{'':{width}}  channel    places   right  of changed   loss"]
    for name, channels in figures.items():
        for channel, one in channels.items():
            lines.append(
                f"{name:{width}}  {channel:7}  {one['places']:8,}  {one['right']:.4f}      "
                f"{one['right of changed']:.4f} {one['loss']:6.4f}"
            )
    return lines
