from despin.channel.lexicon import Candidates
from despin.kernel.native.lm import Trigrams
from despin.lexicon.model import Entry

class Shortlists:
    def __init__(self, candidates: Candidates, model: Trigrams, longest: int, width: float) -> None: ...
    def shortlist(self, pattern: int) -> list[tuple[str, int, float, Entry]]: ...
