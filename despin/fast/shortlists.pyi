from despin.channel import Candidates
from despin.fast.trigrams import Trigrams
from despin.lexicon.entry import Entry

class Shortlists:
    def __init__(self, candidates: Candidates, model: Trigrams, longest: int, width: float) -> None: ...
    def shortlist(self, pattern: int) -> list[tuple[str, int, float, Entry]]: ...
