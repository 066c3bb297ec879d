"""Where a name was seen on a page, and whether it behaves there as one that a site glued on."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Sightings:
    """Where one name (without what sites append to names) was seen. The lists hold the forms it took.

    `signed` counts the lines that name it as the owner of the site, `site` those of them that are no source lines (an
    article may be about its source) or give its domain, `cuts` the items that end in its beginning, `mentions` the lines outside the
    article that hold it, `inside` the items that have it in their middle, and `tailed` says that it came with what sites append to names (官网, app). `closes_title` says that it stands behind a title, `opens_title` before one.
    """

    titles: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    tails: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    signed: int = 0
    keywords: int = 0
    cuts: int = 0
    site: int = 0
    mentions: int = 0
    inside: int = 0
    tailed: bool = False
    opens_title: bool = False
    closes_title: bool = False

    @property
    def listed(self) -> int:
        """At how many ends of list items the name hangs."""
        return len(self.tails) + len(self.heads) + self.cuts

    @property
    def score(self) -> float:
        return (
            3.0 * bool(self.titles)
            + 2.0 * bool(self.owners)
            + bool(self.alone)
            + 0.5 * min(1, self.keywords)
            + min(4, self.listed)
        )

    @property
    def signs_page(self) -> bool:
        """Whether the site itself goes by the name: it signs with it, or cut it off at the length of its lines."""
        return bool(self.owners or self.cuts)

    @property
    def recurs(self) -> bool:
        """Whether it is glued to several items and stands in the middle of hardly any, as a word that is meant does."""
        return self.listed >= 2 and 2 * self.inside < self.listed

    @property
    def everywhere(self) -> bool:
        """Whether the name is glued to the items of lists as only an injected one is."""
        return self.listed >= 2 and bool(self.owners or self.cuts or (self.heads and self.tails))

    @property
    def convincing(self) -> bool:
        """Whether the name is glued to things that have nothing else in common."""
        if self.titles and (self.closes_title or not self.opens_title):
            return self.signs_page or bool(self.alone) or self.listed >= 2
        if self.titles:  # A word before a colon may be the series: it must stand for the site as well.
            return self.signs_page or bool(self.tails and self.heads)
        if self.owners:
            return (self.signed >= 2 and self.site >= 1) or bool(self.alone or self.keywords) or self.listed >= 2
        return self.listed >= 3 and bool(self.cuts)

    @property
    def likely(self) -> bool:
        """Whether it recurs as a name does: not enough to believe in one unless other lines show that this is a page."""
        if self.titles and self.closes_title and (self.mentions >= 2 or self.listed >= 1):
            return True
        return self.recurs and bool(self.alone or (self.titles and self.tailed))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that behaves like a brand: its full form and its short one."""

    name: str
    core: str
    sightings: Sightings
