# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, initializedcheck=False
"""Tables of possible edits made without a Python object an arc.

`Shortlists` are the originals of a spun form that are worth decoding, `Catalogue` numbers them and all words, so that
tables are made without comparing strings. `SegmentCache` hold stretches that were read before, of whatever text, so
that none is decoded twice: a text is read again once some of it is restored, and a crawl has the same sentences on page
after page. `ArcTables` fills tables.
"""

cimport cython
from cpython cimport array
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_READ_CHAR
from libc.math cimport log, log10, pow
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcmp, memcpy, memset

from despin.kernel.native.lattice cimport Condenser, Edit, LatticeBuilder, State, Trigrams, prefetch
from despin.kernel.native.vectors cimport Vector, add_integer, append, copied, grow, look_at_starts, reserve

import array

from despin.kernel.types import Source

cdef class Columns:
    def __cinit__(self, columns, list patterns not None):
        self.patterns, self.words, self.names = patterns, columns.words, columns.names
        # Nobody can change the length of an array while a view of it is held.
        self.first, self.word, self.family = columns.firsts, columns.originals, columns.families
        self.weight, self.entry = columns.weights, columns.entries
        self.traits, self.name = columns.traits, columns.named
        self.families, self.entries = columns.known, <int32_t>len(self.traits)
        if not len(self.word) == len(self.family) == len(self.weight) == len(self.entry):
            raise ValueError("columns of candidates that differ in length")
        if len(self.first) != len(patterns) + 1:
            raise ValueError("candidates of other patterns")
        if len(self.name) != self.entries or max(self.name, default=0) >= max(1, len(self.names)):
            raise ValueError("entries of families without a name")

    cdef bint sound(self, int32_t pattern) noexcept:
        """Whether all numbers of a pattern lead somewhere."""
        cdef int32_t place, low = self.first[pattern], high = self.first[pattern + 1]
        cdef int32_t patterns = <int32_t>len(self.patterns), words = <int32_t>(patterns + len(self.words))
        if not 0 <= low <= high <= <int32_t>len(self.word) or high - low > _MOST:
            return False
        for place in range(low, high):
            if not (0 <= self.word[place] < words and 0 <= self.family[place] < self.families):
                return False
            if not (0 <= self.entry[place] < self.entries and self.weight[place] > 0.0):
                return False
        return True

    cdef str original(self, int32_t place):
        """The original of a candidate."""
        cdef int32_t word = self.word[place], patterns = <int32_t>len(self.patterns)
        return self.patterns[word] if word < patterns else self.words[word - patterns]


cdef class Shortlists:
    """The shortlists of `candidates` (a `despin.channel.lexicon.Candidates`): at most `longest` originals, none of them
    less likely than the best by more than `width` (log10)."""

    def __cinit__(self, candidates, Trigrams model not None, int longest, double width):
        self.candidates = candidates
        self.patterns = candidates.patterns
        self.ready = candidates.weighed
        columns = candidates.columns if self.ready else None
        if columns is not None:
            self.columns = Columns(columns, self.patterns)
        if not self.ready:
            self.entries, self.totals, self.number = candidates.entries, candidates.totals, candidates.number
            self.background = candidates.background
            self.backed = {spun for spun, _ in self.background}
        self.model, self.longest, self.width = model, longest, width
        self.chosen.size = self.kept.size = sizeof(int32_t)
        self.ranking.size = sizeof(Ranked)

    def __dealloc__(self):
        free(self.chosen.data)
        free(self.kept.data)
        free(self.ranking.data)

    def shortlist(self, int pattern):
        """The candidates of a pattern worth decoding, those whose weight and commonness come near the best one's, as
        plain tuples: all of them in their order where they are two at most, else the likeliest first."""
        if not 0 <= pattern < len(self.patterns):
            raise IndexError("a pattern that is not there")
        if not self.choose(pattern):
            return self.of(pattern)
        first = self.columns.first[pattern]
        offered = self.candidates[pattern]
        return [tuple(offered[(<int32_t*>self.chosen.data)[index] - first]) for index in range(self.chosen.count)]

    def odds(self, int pattern, double temper):
        """By family, how much likelier a form is from a spinner that always replaces than from ordinary Chinese, whose
        log-probabilities are multiplied by `temper`."""
        cdef dict found = {}
        cdef list offered
        cdef Columns columns = self.columns
        cdef int32_t index, place
        if not 0 <= pattern < len(self.patterns):
            raise IndexError("a pattern that is not there")
        if self.choose(pattern):
            offered = []
            for index in range(self.chosen.count):
                place = (<int32_t*>self.chosen.data)[index]
                offered.append((columns.original(place), columns.family[place], columns.weight[place]))
        else:
            offered = self.of(pattern)
        plain = self.model.out_of_context(self.patterns[pattern])
        for one in offered:
            gain = <double>self.model.out_of_context(one[0]) - <double>plain
            found[one[1]] = found.get(one[1], 0.0) + one[2] * pow(10.0, temper * <double>gain)
        return tuple(found.items())

    cdef bint choose(self, int32_t pattern) except -1:
        """Put the places of the shortlist of a pattern into `chosen`, where columns hold
        its candidates; whether they do."""
        cdef Columns columns = self.columns
        cdef int32_t place, low, high, index, other, distinct
        cdef Ranked* ranking
        cdef Ranked own
        cdef double floor
        if columns is None or not columns.sound(pattern):
            return False
        low, high = columns.first[pattern], columns.first[pattern + 1]
        self.chosen.count = self.ranking.count = self.kept.count = 0
        if high - low <= 2:
            for place in range(low, high):
                append(&self.chosen, place)
            return True
        reserve(&self.ranking, high - low)
        ranking = <Ranked*>self.ranking.data
        for place in range(low, high):
            own.score = log10(columns.weight[place]) + self.commonness(columns.original(place))
            own.place, own.word = place, columns.word[place]
            index = place - low
            # The best first, of equals the later one.
            while index and ranking[index - 1].score <= own.score:
                ranking[index] = ranking[index - 1]
                index -= 1
            ranking[index] = own
        floor = ranking[0].score - self.width
        for index in range(high - low):
            own = ranking[index]
            # Originals are counted, not offers: what many families share must not push out what one of them says.
            distinct = self.kept.count
            for other in range(distinct):
                if (<int32_t*>self.kept.data)[other] == own.word:
                    break
            else:
                if distinct == self.longest:
                    continue
                append(&self.kept, own.word)
            if own.score >= floor:
                append(&self.chosen, own.place)
        return True

    cdef double commonness(self, str word) except? 1.0:
        """log10 P of a word out of context."""
        cdef State after
        cdef uint32_t number = self.model.word_of(word)
        if not number:
            return self.model.best_split(word)[0]
        return self.model.first(number, &after)

    cdef list of(self, int pattern):
        """The same as objects."""
        cdef list offered = self.weighed(pattern)
        return self.ranked(offered) if len(offered) > 2 else offered

    cdef list weighed(self, int pattern):
        """All candidates of a pattern: (original, family, weight, entry)."""
        if self.ready:
            return list(self.candidates[pattern])
        cdef str spun = self.patterns[pattern]
        cdef list found = []
        cdef double weight, evidence
        cdef object family, offset
        cdef bint backed = spun in self.backed
        for entry in self.entries.get(spun, ()):
            family = self.number.get(entry.family)
            if family is None:
                found.extend(self.candidates.hosted(entry))
                continue
            for original in entry.originals:
                text, evidence = original.text, original.weight
                weight = evidence / <double>self.totals[family, text]
                if backed and evidence <= 1.0:
                    offset = self.background.get((spun, text))
                    if offset is not None:
                        weight *= pow(10.0, <double>offset)
                found.append((text, family, weight, entry))
        return found

    cdef list ranked(self, list offered):
        """The candidates worth decoding, best first."""
        cdef list scored = [], found = []
        cdef set kept = set()
        cdef double score, floor
        cdef int index
        cdef str original
        for index in range(len(offered)):
            original, _, weight, _ = offered[index]
            scored.append((log10(<double>weight) + <double>(self.model.best_split(original)[0]), index))
        scored.sort(reverse=True)
        floor = <double>scored[0][0] - self.width
        for score, index in scored:
            # Originals are counted, not offers: what many families share must not push out what one of them says.
            original = offered[index][0]
            if original not in kept:
                if len(kept) == self.longest:
                    continue
                kept.add(original)
            if score >= floor:
                found.append(offered[index])
        return found


cdef int32_t* entry(Map* map, int64_t label) except NULL:
    """Where the number of a label stands, which is -1 for a new one."""
    cdef int64_t slot, old
    cdef Map larger
    cdef int32_t* found
    if 2 * map.count >= map.mask:
        memset(&larger, 0, sizeof(Map))
        larger.mask = 2 * map.mask + 1 if map.mask else 1023
        larger.labels = <int64_t*>malloc((larger.mask + 1) * sizeof(int64_t))
        larger.numbers = <int32_t*>malloc((larger.mask + 1) * sizeof(int32_t))
        if larger.labels == NULL or larger.numbers == NULL:
            free(larger.labels)
            free(larger.numbers)
            raise MemoryError
        memset(larger.labels, 0xFF, (larger.mask + 1) * sizeof(int64_t))
        if map.labels != NULL:
            for old in range(map.mask + 1):
                if map.labels[old] >= 0:
                    found = entry(&larger, map.labels[old])
                    found[0] = map.numbers[old]
            free(map.labels)
            free(map.numbers)
        map[0] = larger
    slot = <int64_t>(<uint64_t>label * <uint64_t>0x9E3779B97F4A7C15 >> 32) & map.mask
    while map.labels[slot] >= 0:
        if map.labels[slot] == label:
            return map.numbers + slot
        slot = (slot + 1) & map.mask
    map.labels[slot] = label
    map.numbers[slot] = -1
    map.count += 1
    return map.numbers + slot


cdef class Names:
    def __cinit__(self):
        self.make(_FEW_NAMES)

    def __dealloc__(self):
        free(self.slots)

    cdef int make(self, uint32_t size) except -1:
        """Room for half as many names as this power of 2, none of which is given."""
        self.slots = <Named*>malloc(size * sizeof(Named))
        if self.slots == NULL:
            raise MemoryError
        memset(self.slots, 0xFF, size * sizeof(Named))
        self.mask, self.count = size - 1, 0
        return 0

    cdef int32_t of(self, int32_t number) noexcept:
        """What a number is called, -1 where nothing."""
        cdef uint32_t slot = (<uint32_t>number * <uint32_t>0x9E3779B1 >> 15) & self.mask
        while self.slots[slot].number >= 0:
            if self.slots[slot].number == number:
                return self.slots[slot].name
            slot = (slot + 1) & self.mask
        return -1

    cdef int give(self, int32_t number, int32_t name) except -1:
        """Call a number, which has no name yet, so."""
        cdef uint32_t slot, old, size = self.mask + 1
        cdef Named* before = self.slots
        if 2 * self.count >= size:
            self.make(2 * size)
            for old in range(size):
                if before[old].number >= 0:
                    self.give(before[old].number, before[old].name)
            free(before)
        slot = (<uint32_t>number * <uint32_t>0x9E3779B1 >> 15) & self.mask
        while self.slots[slot].number >= 0:
            slot = (slot + 1) & self.mask
        self.slots[slot].number, self.slots[slot].name = number, name
        self.count += 1
        return 0

    cdef bint forget(self) noexcept:
        """Let no number have a name; False where there were so many that the room is better given back."""
        if self.mask >= _MANY_NAMES:
            return False
        memset(self.slots, 0xFF, (self.mask + 1) * sizeof(Named))
        self.count = 0
        return True


cdef array.array _integers(numbers):
    """An array, as one of whole numbers. Raises `ValueError` for any other."""
    cdef array.array found = numbers
    if found is None or found.typecode != "i":
        raise ValueError("an array of integers is needed")
    return found


cdef class Numbers:
    def __cinit__(self, ids, Catalogue catalogue not None):
        self.form_words, self.original_words = ids.form_words, ids.original_words
        self.key_families, self.pair_forms = _integers(ids.key_families), _integers(ids.pair_forms)
        self.pair_originals = _integers(ids.pair_originals)
        self.spare = catalogue.spare
        self.keys, self.pairs, self.forms, self.words = (
            self.spare.pop() if self.spare else (Names(), Names(), Names(), Names())
        )

    cdef int32_t form(self, int32_t pair) except -1:
        """The spun form of a pair."""
        if not 0 <= pair < len(self.pair_forms):
            raise IndexError("a pair that is not there")
        return self.pair_forms.data.as_ints[pair]

    def __dealloc__(self):
        if self.spare is None or len(self.spare) >= _SPARE:
            return
        if self.keys.forget() and self.pairs.forget() and self.forms.forget() and self.words.forget():
            self.spare.append((self.keys, self.pairs, self.forms, self.words))


cdef class Catalogue:
    """What `offers` (a `despin.decode.candidates.CandidateIndex`) holds for so many `patterns`, learned when it is
    first asked for; `flip` is what the weight of an edit that turns a statement round is multiplied by."""

    def __cinit__(
        self, Trigrams lm, offers, int patterns, int shortlist, double shortlist_width, nowhere
    ):
        cdef int32_t index
        self.offers, self.patterns, self.nowhere = offers, offers.channel.patterns, nowhere
        self.shortlists = Shortlists(
            offers.channel.candidates, lm, shortlist, shortlist_width
        )
        self.words, self.entries, self.sources, self.spare = [], [], offers.sources.known, []
        self.word_numbers = {}
        first, exposed = offers.channel.exposures
        self.exposed_first, self.exposed = _integers(first), _integers(exposed)
        look_at_starts(self.exposed_first, patterns, <int32_t>len(self.exposed))
        self.packed = _integers(offers.packed)
        self.is_site = offers.channel.is_site
        self.firsts.size = self.counts.size = self.behind.size = self.ahead.size = sizeof(int32_t)
        self.pattern_words.size = self.exposed_keys.size = sizeof(int32_t)
        self.pool.size = sizeof(uint32_t)
        self.every.size = sizeof(Offer)
        self.keys.size = self.pairs.size = sizeof(Couple)
        for index in range(patterns):
            append(&self.firsts, -1)
            append(&self.counts, 0)
            append(&self.behind, 0)
            append(&self.ahead, 0)
            append(&self.pattern_words, -1)
        if self.shortlists.columns is not None:
            for index in range(<int32_t>len(self.shortlists.columns.words)):
                append(&self.pattern_words, -1)
        for index in range(<int32_t>len(self.exposed)):
            append(&self.exposed_keys, -1)

    def __dealloc__(self):
        free(self.firsts.data)
        free(self.counts.data)
        free(self.behind.data)
        free(self.ahead.data)
        free(self.pattern_words.data)
        free(self.exposed_keys.data)
        free(self.every.data)
        free(self.pool.data)
        free(self.keys.data)
        free(self.pairs.data)
        free(self.key_numbers.labels)
        free(self.key_numbers.numbers)
        free(self.pair_numbers.labels)
        free(self.pair_numbers.numbers)

    cdef int learn(self, int32_t pattern) except -1:
        """What is offered for a pattern, as `CandidateIndex.of` says."""
        cdef Offer* new
        cdef str original
        cdef int32_t first = self.every.count
        cdef bint packed = not self.is_site[pattern]
        if self.shortlists.choose(pattern):
            self.learn_columns(pattern)
        else:
            for candidate in self.shortlists.of(pattern):
                original, family, weight, entry = candidate
                new = self.offered(
                    pattern, family, weight, original, self.word(original)
                )
                new.guarded = (
                    not (entry.keep is self.nowhere and entry.only is self.nowhere) and bool(entry.keep or entry.only)
                )
                if new.guarded:
                    self.see(entry, pattern)
                new.number = self.add(family, new.weight, new.both_ways, entry, packed)
                self.entries.append(entry)
        (<int32_t*>self.counts.data)[pattern] = self.every.count - first
        (<int32_t*>self.firsts.data)[pattern] = first
        return 0

    cdef int learn_columns(self, int32_t pattern) except -1:
        """The same of a pattern whose shortlist was chosen from columns. Sources are made when they are asked for."""
        cdef Shortlists shortlists = self.shortlists
        cdef Columns columns = shortlists.columns
        cdef Offer* new
        cdef int32_t index, place, word
        cdef unsigned char traits
        cdef double weight
        cdef bint packed = not self.is_site[pattern]
        cdef str original
        for index in range(shortlists.chosen.count):
            place = (<int32_t*>shortlists.chosen.data)[index]
            word, original, weight = columns.word[place], columns.original(place), columns.weight[place]
            traits = columns.traits[columns.entry[place]]
            new = self.offered(
                pattern, columns.family[place], weight, original,
                self.pattern_word(word)
            )
            new.place, new.number = place, <int32_t>len(self.sources)
            new.guarded = traits & _GUARDED > 0
            entry = None
            if new.guarded:
                entry = self.offers.channel.candidates.entry(place)
                self.see(entry, pattern)
            self.entries.append(entry)
            self.sources.append(None)
            add_integer(self.packed, packed)
        return 0

    cdef Offer* offered(self, int32_t pattern, int32_t family, double weight, str original, int32_t word) except NULL:
        """A new offer, without its number and what it is guarded by."""
        cdef Offer* new
        cdef Py_UCS4 character
        cdef int32_t index
        grow(&self.every)
        new = <Offer*>self.every.data + (self.every.count - 1)
        _share_ends(self.patterns[pattern], original, new)
        new.family, new.weight = family, weight
        new.both_ways = new.guarded = False
        for index in range(self.exposed_first.data.as_ints[pattern], self.exposed_first.data.as_ints[pattern + 1]):
            if self.exposed.data.as_ints[index] == family:
                new.both_ways = True
        new.first, new.length = self.pool.count, <int32_t>len(original)
        for character in original:
            append(&self.pool, character)
        new.word = word
        new.key = self.couple(family, word, &self.key_numbers, &self.keys)
        new.pair = self.couple(pattern, word, &self.pair_numbers, &self.pairs)
        new.place = new.beside = -1
        return new

    cdef Offer* late(self, int32_t number) except NULL:
        """The offer with a number, whose source was not made yet. Raises `LookupError` where there is none."""
        cdef int32_t low = 0, high = self.every.count, middle
        cdef Offer* offer
        while low < high:
            middle = (low + high) // 2
            if (<Offer*>self.every.data)[middle].number < number:
                low = middle + 1
            else:
                high = middle
        offer = <Offer*>self.every.data + low
        if low == self.every.count or offer.number != number or offer.place < 0:
            raise LookupError("no source")
        return offer

    def source(self, int32_t number):
        """A source that was not made yet. Raises `LookupError` where there is none."""
        cdef Offer* offer = self.late(number)
        entry = self.offers.channel.candidates.entry(offer.place)
        return tuple.__new__(Source, (offer.family, offer.weight, bool(offer.both_ways), entry))

    def name(self, int32_t number):
        """What `despin.decode.candidates.Sources.name` says of one."""
        cdef Offer* offer = self.late(number)
        cdef Columns columns = self.shortlists.columns
        cdef int32_t entry = columns.entry[offer.place]
        spun = self.patterns[(<Couple*>self.pairs.data)[offer.pair].first]
        return bool(columns.traits[entry] & _FLIPS), f"{columns.names[columns.name[entry]]}:{spun}"

    cdef int32_t pattern_word(self, int32_t pattern) except -1:
        """The number of a pattern as a word; those of the other words of columns are behind all patterns."""
        cdef int32_t* found = <int32_t*>self.pattern_words.data + pattern
        cdef int32_t patterns = self.firsts.count
        if found[0] < 0:
            text = self.patterns[pattern] if pattern < patterns else self.shortlists.columns.words[pattern - patterns]
            if self.shortlists.columns is None:
                found[0] = self.word(text)
            else:
                found[0] = <int32_t>len(self.words)
                self.words.append(text)
        return found[0]

    cdef int32_t add(self, family, double weight, bint both_ways, entry, bint packed) except -1:
        """Take in a source; its number."""
        self.sources.append(tuple.__new__(Source, (family, weight, both_ways, entry)))
        add_integer(self.packed, packed)
        return <int32_t>len(self.sources) - 1

    cdef int see(self, entry, int32_t pattern) except -1:
        """Remember how far a guarded entry looks."""
        cdef int32_t* behind = <int32_t*>self.behind.data + pattern
        cdef int32_t* ahead = <int32_t*>self.ahead.data + pattern
        for contexts in (entry.keep, entry.only):
            for string in contexts.before:
                behind[0] = max(behind[0], <int32_t>len(string))
            for string in contexts.after:
                ahead[0] = max(ahead[0], <int32_t>len(string))
        return 0

    cdef int32_t word(self, str word) except -1:
        """The number of a word."""
        cdef object known
        cdef int32_t found
        cdef Columns columns = self.shortlists.columns
        if columns is not None:  # only of a pattern whose numbers lead nowhere
            known = self.offers.channel.number.get(word)
            if known is None and word in columns.words:
                known = len(self.patterns) + columns.words.index(word)
            if known is not None:
                return self.pattern_word(known)
        known = self.word_numbers.get(word)
        if known is not None:
            return known
        found = len(self.words)
        self.word_numbers[word] = found
        self.words.append(word)
        return found

    cdef int32_t couple(self, int32_t first, int32_t word, Map* numbers, Vector* couples) except -1:
        """The number of a couple."""
        cdef int32_t* known = entry(numbers, <int64_t>first << 32 | word)
        cdef Couple* new
        if known[0] < 0:
            known[0] = couples.count
            grow(couples)
            new = <Couple*>couples.data + known[0]
            new.first, new.word = first, word
        return known[0]

    def count_unreplaced(
        self, ids, array.array patterns not None, array.array counts not None, array.array standing not None
    ):
        """What `ArcTables.count_unreplaced` gives."""
        cdef Numbers numbers = self.numbers_of(ids)
        cdef array.array numbered = array.clone(_INTEGERS, len(patterns), False)
        cdef array.array often = array.clone(_INTEGERS, len(patterns), False)
        cdef int32_t index, place, pattern, key, original, size = 0
        cdef int32_t* words = <int32_t*>self.pattern_words.data
        cdef int32_t* keys = <int32_t*>self.exposed_keys.data
        if (
            patterns.typecode != "i" or counts.typecode != "i" or standing.typecode != "d"
            or len(counts) != len(patterns)
        ):
            raise ValueError("a count for every pattern is needed")
        for index in range(len(patterns)):
            pattern = patterns.data.as_ints[index]
            if not 0 <= pattern < self.firsts.count:
                raise IndexError("a pattern that is not there")
            original = numbers.words.of(self.pattern_word(pattern))
            if original < 0:
                continue
            numbered.data.as_ints[size], often.data.as_ints[size] = original, counts.data.as_ints[index]
            size += 1
            for place in range(self.exposed_first.data.as_ints[pattern], self.exposed_first.data.as_ints[pattern + 1]):
                if keys[place] < 0:
                    keys[place] = self.couple(
                        self.exposed.data.as_ints[place], words[pattern], &self.key_numbers, &self.keys
                    )
                key = numbers.keys.of(keys[place])
                if key >= 0:
                    if key >= len(standing):
                        raise IndexError("a key that is not there")
                    standing.data.as_doubles[key] = counts.data.as_ints[index]
        array.resize(numbered, size)
        array.resize(often, size)
        return numbered, often

    cdef Numbers numbers_of(self, ids):
        """What the numbers of a text are called."""
        if ids.numbers is None:
            ids.numbers = Numbers(ids, self)
        return ids.numbers

    cdef int32_t key(self, int32_t number, Numbers numbers) except -1:
        """What `Ids.key` calls a (family, original)."""
        cdef int32_t called = numbers.keys.of(number)
        if called < 0:
            called = len(numbers.key_families)
            numbers.keys.give(number, called)
            add_integer(numbers.key_families, (<Couple*>self.keys.data)[number].first)
        return called

    cdef int32_t couple_beside(self, int32_t offer, int32_t beside) except -1:
        """The number of (family of `offer`, original of `beside`)."""
        cdef Offer* own = <Offer*>self.every.data + offer
        if own.beside != beside:
            own.beside_key = self.couple(
                own.family, (<Offer*>self.every.data)[beside].word, &self.key_numbers, &self.keys
            )
            own.beside = beside
        return own.beside_key

    cdef int prefetch_pairs(self, const int32_t* numbered, int32_t count, Numbers numbers) noexcept:
        """Have what `pair` reads for those of so many numbers that have no name yet on its way from memory."""
        cdef int32_t index
        for index in range(count):
            if numbers.pairs.of(numbered[index]) < 0:
                prefetch(<Couple*>self.pairs.data + numbered[index])
        return 0

    cdef int32_t pair(self, int32_t number, Numbers numbers) except -1:
        """What `Ids.pair` calls a (spun, original)."""
        cdef int32_t called = numbers.pairs.of(number), part
        cdef Couple couple
        if called < 0:
            couple = (<Couple*>self.pairs.data)[number]
            called = len(numbers.pair_forms)
            numbers.pairs.give(number, called)
            part = numbers.forms.of(couple.first)
            if part < 0:
                part = len(numbers.form_words)
                numbers.forms.give(couple.first, part)
                numbers.form_words.append(self.patterns[couple.first])
            add_integer(numbers.pair_forms, part)
            part = numbers.words.of(couple.word)
            if part < 0:
                part = len(numbers.original_words)
                numbers.words.give(couple.word, part)
                numbers.original_words.append(self.words[couple.word])
            add_integer(numbers.pair_originals, part)
        return called


cdef int _share_ends(str spun, str original, Offer* into) except -1:
    """How many characters at the start and then at the end are the same in both."""
    cdef Py_ssize_t size = len(spun), length = len(original), limit = min(size, length)
    cdef int32_t low = 0, high = 0
    while low < limit and PyUnicode_READ_CHAR(spun, low) == PyUnicode_READ_CHAR(original, low):
        low += 1
    while high < limit - low and (
        PyUnicode_READ_CHAR(spun, size - 1 - high) == PyUnicode_READ_CHAR(original, length - 1 - high)
    ):
        high += 1
    into.low = low
    into.high = high
    return 0


cdef enum:
    #: What Python takes for a window, its label and its place in a dictionary.
    _AROUND = 250
    #: Traits of entries, as `despin.channel.catalogue` has them.
    _FLIPS = 1
    _GUARDED = 2
    #: A pattern of more candidates than this is read as objects.
    _MOST = 1000
    #: So many tables of names are kept that no text needs any more; the room of one when it is
    #: made, and the most that is kept.
    _SPARE = 4
    _FEW_NAMES = 512
    _MANY_NAMES = 16384


cdef class CachedSegment:
    def __dealloc__(self):
        free(self.data)

    cdef int hold(self) except -1:
        """Room for as much as the counts say."""
        cdef size_t numbers = (
            2 * self.sources + 5 * self.arcs + self.nodes + 2 * self.steps + self.joints + self.members
        )
        self.size = self.steps * sizeof(double) + numbers * sizeof(int32_t)
        self.data = <char*>malloc(self.size)
        if self.data == NULL:
            raise MemoryError
        return 0

    cdef char* arcs_at(self) noexcept:
        """Where the columns of arcs and sources begin."""
        return self.data + self.steps * sizeof(double)

    cdef char* lattice_at(self) noexcept:
        """Where those of the lattice begin."""
        return self.arcs_at() + (2 * self.sources + 5 * self.arcs) * sizeof(int32_t)


cdef class SegmentCache:
    """SegmentCache by all that they depend on, in so many bytes at most. When half of these are new, those that nobody
    asked for in the meantime are forgotten."""

    def __cinit__(self, size_t most):
        self.young, self.old, self.half = {}, {}, most // 2

    cdef CachedSegment find(self, bytes label):
        """The window with a label, or None."""
        cdef CachedSegment found = self.young.get(label)
        if found is None:
            found = self.old.get(label)
            if found is not None:
                self.keep(label, found)
        return found

    cdef int keep(self, bytes label, CachedSegment window) except -1:
        """Take in a window."""
        self.young[label] = window
        self.held += window.size + len(label) + _AROUND
        if self.held > self.half:
            self.old, self.young, self.held = self.young, {}, 0
        return 0


cdef int32_t* more(Vector* column, int32_t count) except NULL:
    """Room for so many more numbers at the end of a column, which counts them already."""
    reserve(column, count)
    column.count += count
    return <int32_t*>(column.data + <size_t>(column.count - count) * column.size)


cdef array.array _INTEGERS = array.array("i")
cdef array.array _FLOATS = array.array("d")


#: A possible edit; `start` and `end` in the document, `core_start` and `core_end` what it
#: changes of it. Its sources are a chain.
cdef struct Arc:
    int32_t start
    int32_t end
    int32_t core_start
    int32_t core_end
    #: What that becomes, in the pool.
    int32_t core
    int32_t core_length
    int32_t offer
    int32_t first
    int32_t last
    double weight


cdef struct Reason:
    int32_t offer
    int32_t following


cdef enum:
    #: So many lattices are built side by side.
    _SIDE_BY_SIDE = 8
    #: Room for a table is kept where its lattices had no more steps.
    _ROOM = 1 << 16


@cython.final
cdef class ArcTables:
    """Makes tables of what `offers` (a `despin.decode.candidates.CandidateIndex`) holds. `start_rate` is the rate that
    pruning assumes, `flip` what the weight of an edit that turns a statement round is multiplied by, `before` the word
    that precedes a line, `held` how many bytes of stretches are kept that were read before, `shortlist` how many
    originals of a form are looked at at most, none less likely than the best by more than `shortlist_width` (log10);
    `nowhere` is what an entry without contexts holds for them."""

    cdef Catalogue catalogue
    cdef double start_rate
    cdef State null, before
    #: Where lattices are built, and the stretches that were.
    cdef list works
    cdef SegmentCache windows
    #: How many were.
    cdef readonly long long built
    #: Whether nothing else asks the language model meanwhile: then lattices are built without the interpreter's lock.
    cdef public bint alone
    #: Room for the next table, None while it is in use.
    cdef _Filling filling

    def __cinit__(
        self, Trigrams lm not None, offers, double start_rate, str before not None, size_t held,
        int shortlist, double shortlist_width, nowhere
    ):
        cdef int patterns = <int>len(offers.channel.patterns)
        self.catalogue = Catalogue(lm, offers, patterns, shortlist, shortlist_width, nowhere)
        self.start_rate = start_rate
        memset(&self.null, 0, sizeof(State))
        lm.first(lm.word_of(before), &self.before)
        self.works, self.windows = [lm.builder() for _ in range(_SIDE_BY_SIDE)], SegmentCache(held)

    def count_unreplaced(
        self, ids, array.array patterns not None, array.array counts not None, array.array standing not None
    ):
        """(numbers of the originals, their counts) of those of `patterns` that any edit offers; fills
        `standing` by the keys of the families each is exposed to. `counts` are how often the patterns stand,
        `ids` is a `despin.decode.arcs.Ids`."""
        return self.catalogue.count_unreplaced(ids, patterns, counts, standing)

    def source(self, int32_t number):
        """A source by its number, for `despin.decode.candidates.Sources`."""
        return self.catalogue.source(number)

    def name(self, int32_t number):
        """The same for its name."""
        return self.catalogue.name(number)

    def fill(self, table, ids, str text not None, list stretches not None, int beam, double width, double temper):
        """Fill a `Table` with `stretches` of `text`: their arcs with all that speaks for them, and their lattices, of
        `beam` hypotheses a place no worse than the best by `width`, whose fluency is multiplied by `temper`; `ids` (a
        `despin.decode.arcs.Ids`) numbers what is found."""
        cdef _Filling filling = self.filling if self.filling is not None else _Filling(self)
        self.filling, filling.maker = None, self
        filling.begin(ids, text, beam, width, log(10.0) * temper)
        for stretch in stretches:
            filling.add(stretch)
        filling.finish()
        filling.store(table)
        if filling.lattices.weights.room <= _ROOM:
            # What this keeps must not keep this.
            self.filling, filling.maker = filling, None


cdef int _build_all(void** works, int32_t count) except -1 nogil:
    """Build the lattices of so many builders side by side."""
    cdef int32_t order[_SIDE_BY_SIDE]
    cdef int32_t index, place, going = count
    for index in range(going):
        order[index] = index
    while going:
        place = 0
        for index in range(going):
            if (<LatticeBuilder>works[order[index]]).ready():
                order[place] = order[index]
                place += 1
        going = place
        for index in range(going):
            (<LatticeBuilder>works[order[index]]).prefetch_2()
        for index in range(going):
            (<LatticeBuilder>works[order[index]]).prefetch_3()
        for index in range(going):
            (<LatticeBuilder>works[order[index]]).take()
    return 0


#: What a table is filled with: the columns of whole numbers that it has under these names, at first those that begin
#: with a 0; by source its place among all offers and the number of its key there, by arc that of its pair; what is no
#: whole number.
cdef struct Filled:
    Vector arc_first, source_first, place_first, joint_of, joint_first, hypothesis_first
    Vector joint_arcs, starts, ends, pairs, places, families, both_ways, keys, offers, place_forms, family_sets
    Vector made_of, key_couples, pair_couples
    Vector weights, masses

cdef int _FILLED = sizeof(Filled) // sizeof(Vector)
#: In the order of `Filled`: those that begin with a 0, and the others of the table.
_FIRSTS = ("arc_first", "source_first", "place_first", "joint_of", "joint_first", "hypothesis_first")
_OTHERS = (
    "joint_arcs", "starts", "ends", "pairs", "places", "families", "both_ways", "keys", "offers", "place_forms",
    "family_sets",
)


@cython.final
cdef class _Filling:
    """One table in the ids."""

    cdef ArcTables maker
    cdef Catalogue catalogue
    cdef list works
    cdef SegmentCache windows
    #: The lattices that are not in the table yet, in order: the window that holds one already, or None for the next of
    #: `works`, of which `begun` are in use; the label to keep it by, where its stretch starts, and its first arc.
    cdef list waiting
    cdef int32_t begun
    cdef str text
    cdef int32_t beam
    cdef double width
    cdef Condenser lattices
    cdef Numbers numbers
    cdef Filled of
    cdef Vector arcs, reasons, label, place_starts, place_ends

    def __cinit__(self, ArcTables maker not None):
        self.maker, self.catalogue = maker, maker.catalogue
        self.works, self.windows = maker.works, maker.windows
        self.lattices = Condenser(1.0)
        self.arcs.size = sizeof(Arc)
        self.reasons.size = sizeof(Reason)
        self.label.size = self.place_starts.size = self.place_ends.size = sizeof(int32_t)
        cdef Vector* every = <Vector*>&self.of
        cdef int k
        for k in range(_FILLED):
            every[k].size = sizeof(int32_t)
        self.of.weights.size = self.of.masses.size = sizeof(double)

    def __dealloc__(self):
        cdef Vector* every = <Vector*>&self.of
        cdef int k
        for k in range(_FILLED):
            free(every[k].data)
        free(self.arcs.data)
        free(self.reasons.data)
        free(self.label.data)
        free(self.place_starts.data)
        free(self.place_ends.data)

    cdef int begin(self, ids, str text, int beam, double width, double scale) except -1:
        """An empty table of `text` in `ids`, whose lattices are read with this beam;
        fluency is multiplied by `scale`."""
        self.numbers, self.text, self.beam, self.width = self.catalogue.numbers_of(ids), text, beam, width
        self.waiting, self.begun = [], 0
        self.lattices.empty(scale)
        cdef Vector* every = <Vector*>&self.of
        cdef int k
        for k in range(_FILLED):
            every[k].count = 0
            if k < len(_FIRSTS):
                append(every + k, 0)
        return 0

    cdef int add(self, stretch) except -1:
        """A stretch: (start, end, sites, whether it begins a line)."""
        cdef int32_t start = stretch[0], end = stretch[1], place
        cdef list sites = stretch[2]
        cdef int32_t offer, index
        cdef const int32_t* site
        cdef ArcTables maker = self.maker
        cdef Catalogue catalogue = self.catalogue
        cdef LatticeBuilder work
        cdef bytes label = self.labelled(start, end, sites, stretch[3])
        cdef CachedSegment known = self.windows.find(label)
        if known is not None:
            self.waiting.append((known, None, 0, self.of.starts.count))
            return self.copy_arcs(known, start)
        self.arcs.count = self.reasons.count = 0
        # The sites as they were looked at when they were labelled.
        site = <const int32_t*><const char*>label + 2
        while site[0] >= 0:
            offer = (<int32_t*>catalogue.firsts.data)[site[2]]
            for index in range(offer, offer + (<int32_t*>catalogue.counts.data)[site[2]]):
                self.offer(start + site[0], start + site[1], index)
            site += 3
        work = <LatticeBuilder>self.works[self.begun]
        work.characters.count = 0
        for place in range(start, end):
            append(&work.characters, PyUnicode_READ_CHAR(self.text, place))
        append(&work.characters, 0)
        work.edits.count = 0
        index = self.of.starts.count
        self.store_arcs(start, work)
        work.begin(
            <const uint32_t*>catalogue.pool.data, &maker.before if stretch[3] else &maker.null, self.beam, self.width
        )
        self.waiting.append((None, label, start, index))
        self.begun += 1
        if self.begun == _SIDE_BY_SIDE:
            self.finish()
        return 0

    cdef int finish(self) except -1:
        """Build the lattices that were begun, side by side, and put all that wait into the table."""
        cdef int32_t index, start, first
        cdef void* works[_SIDE_BY_SIDE]
        for index in range(self.begun):
            works[index] = <void*>self.works[index]
        if self.maker.alone and self.begun:
            with nogil:
                _build_all(works, self.begun)
        else:
            _build_all(works, self.begun)
        index = 0
        for known, label, start, first in self.waiting:
            if known is None:
                self.store_lattice(<LatticeBuilder>self.works[index], first)
                self.keep(label, start)
                self.maker.built += 1
                index += 1
            else:
                self.copy_lattice(known, first)
        self.waiting = []
        self.begun = 0
        return 0

    cdef bytes labelled(self, int32_t start, int32_t end, list sites, bint fresh):
        """All that the table of a stretch depends on: what it is made of, and around it
        what guarded entries look at."""
        cdef Catalogue catalogue = self.catalogue
        cdef int32_t pattern, first, last, place, low = start, high = end
        cdef int32_t size = len(self.text)
        if not 0 <= start <= end <= size:
            raise IndexError("a segment that is not in the text")
        cdef int32_t* label
        cdef int32_t* behind = <int32_t*>catalogue.behind.data
        cdef int32_t* ahead = <int32_t*>catalogue.ahead.data
        self.label.count = 0
        append(&self.label, fresh)
        append(&self.label, end - start)
        for site in sites:
            first, last, pattern = site
            if not 0 <= pattern < catalogue.firsts.count:
                raise IndexError("a pattern that is not there")
            if not start <= first < last <= end:
                raise IndexError("a site that is not in its segment")
            if (<int32_t*>catalogue.firsts.data)[pattern] < 0:
                catalogue.learn(pattern)
            low = min(low, first - behind[pattern])
            high = max(high, last + ahead[pattern])
            append(&self.label, first - start)
            append(&self.label, last - start)
            append(&self.label, pattern)
        append(&self.label, -1)
        # No entry looks at line ends, so nothing beyond one matters to any.
        place = start
        while place > max(0, low) and PyUnicode_READ_CHAR(self.text, place - 1) != u"\n":
            place -= 1
        append(&self.label, start - place)
        high = min(size, high)
        reserve(&self.label, max(0, high - place))
        label = <int32_t*>self.label.data + self.label.count
        for place in range(place, high):
            if place >= end and PyUnicode_READ_CHAR(self.text, place - 1) == u"\n":
                break
            label[0] = PyUnicode_READ_CHAR(self.text, place)
            label += 1
        self.label.count = <int32_t>(label - <int32_t*>self.label.data)
        return PyBytes_FromStringAndSize(self.label.data, self.label.count * sizeof(int32_t))

    cdef int keep(self, bytes label, int32_t base) except -1:
        """Remember the piece that came into the table last, of a stretch that starts at `base`."""
        cdef Condenser lattices = self.lattices
        cdef CachedSegment window = CachedSegment()
        cdef char* at
        cdef int32_t piece = self.of.masses.count - 1
        cdef int32_t arc = (<int32_t*>self.of.arc_first.data)[piece]
        cdef int32_t last = (<int32_t*>self.of.arc_first.data)[piece + 1]
        cdef int32_t source = (<int32_t*>self.of.source_first.data)[arc]
        cdef int32_t end = (<int32_t*>self.of.source_first.data)[last]
        cdef int32_t node = (<int32_t*>self.of.hypothesis_first.data)[piece], nodes = lattices.first.count - 1
        cdef int32_t step = (<int32_t*>lattices.first.data)[node], steps = lattices.previous.count
        cdef int32_t joint = (<int32_t*>self.of.joint_of.data)[piece], joints = self.of.joint_first.count - 1
        cdef int32_t member = (<int32_t*>self.of.joint_first.data)[joint], members = self.of.joint_arcs.count
        window.arcs, window.sources, window.nodes = last - arc, end - source, nodes - node
        window.steps, window.joints, window.members = steps - step, joints - joint, members - member
        window.mass = (<double*>self.of.masses.data)[piece]
        window.family_set = (<int32_t*>self.of.family_sets.data)[piece]
        window.hold()
        memcpy(window.data, <double*>lattices.weights.data + step, window.steps * sizeof(double))
        at = put(window.arcs_at(), &self.of.made_of, source, end, 0)
        at = put(at, &self.of.key_couples, source, end, 0)
        at = put(at, &self.of.source_first, arc + 1, last + 1, source)
        at = put(at, &self.of.starts, arc, last, base)
        at = put(at, &self.of.ends, arc, last, base)
        at = put(at, &self.of.pair_couples, arc, last, 0)
        at = put(at, &self.of.places, arc, last, (<int32_t*>self.of.place_first.data)[piece])
        at = put(at, &lattices.first, node + 1, nodes + 1, step)
        at = put(at, &lattices.previous, step, steps, node)
        at = put(at, &lattices.entered, step, steps, 0)
        at = put(at, &self.of.joint_first, joint + 1, joints + 1, member)
        put(at, &self.of.joint_arcs, member, members, arc)
        return self.windows.keep(label, window)

    cdef int copy_arcs(self, CachedSegment window, int32_t base) except -1:
        """Put the arcs of a stretch that was read before into the table; it starts at `base` here."""
        cdef Catalogue catalogue = self.catalogue
        cdef Offer* offer
        cdef int32_t index, pair, first = self.of.families.count
        cdef int32_t arc = self.of.starts.count, place = self.of.place_forms.count
        cdef const char* at = take(window.arcs_at(), &self.of.made_of, window.sources, 0)
        cdef const int32_t* made_of = <int32_t*>self.of.made_of.data + first
        cdef const int32_t* couples
        cdef int32_t* families
        cdef int32_t* both_ways
        cdef int32_t* offers
        cdef int32_t* keys
        cdef double* weights
        at = take(at, &self.of.key_couples, window.sources, 0)
        couples = <int32_t*>self.of.key_couples.data + first
        families = more(&self.of.families, window.sources)
        both_ways = more(&self.of.both_ways, window.sources)
        offers = more(&self.of.offers, window.sources)
        keys = more(&self.of.keys, window.sources)
        weights = <double*>more(&self.of.weights, window.sources)
        for index in range(window.sources):
            offer = <Offer*>catalogue.every.data + made_of[index]
            families[index] = offer.family
            both_ways[index] = offer.both_ways
            offers[index] = offer.number
            weights[index] = offer.weight
            pair = self.numbers.keys.of(couples[index])
            keys[index] = pair if pair >= 0 else catalogue.key(couples[index], self.numbers)
        at = take(at, &self.of.source_first, window.arcs, first)
        at = take(at, &self.of.starts, window.arcs, base)
        at = take(at, &self.of.ends, window.arcs, base)
        at = take(at, &self.of.pair_couples, window.arcs, 0)
        take(at, &self.of.places, window.arcs, place)
        couples = <int32_t*>self.of.pair_couples.data + arc
        catalogue.prefetch_pairs(couples, window.arcs, self.numbers)
        keys = more(&self.of.pairs, window.arcs)
        for index in range(window.arcs):
            pair = self.numbers.pairs.of(couples[index])
            keys[index] = pair = pair if pair >= 0 else catalogue.pair(couples[index], self.numbers)
            if (<int32_t*>self.of.places.data)[arc + index] == self.of.place_forms.count:
                append(&self.of.place_forms, self.numbers.form(pair))
        append(&self.of.arc_first, self.of.starts.count)
        append(&self.of.place_first, self.of.place_forms.count)
        append(&self.of.family_sets, window.family_set)
        return 0

    cdef int copy_lattice(self, CachedSegment window, int32_t arc) except -1:
        """Put the lattice of a stretch that was read before into the table; its first arc is `arc` here."""
        cdef Condenser lattices = self.lattices
        cdef int32_t step = lattices.previous.count, node = lattices.first.count - 1
        cdef const char* at = take(window.lattice_at(), &lattices.first, window.nodes, step)
        at = take(at, &lattices.previous, window.steps, node)
        at = take(at, &lattices.entered, window.steps, 0)
        reserve(&lattices.weights, window.steps)
        memcpy(<double*>lattices.weights.data + step, window.data, window.steps * sizeof(double))
        lattices.weights.count += window.steps
        append(&self.of.hypothesis_first, lattices.first.count - 1)
        grow(&self.of.masses)
        (<double*>self.of.masses.data)[self.of.masses.count - 1] = window.mass
        at = take(at, &self.of.joint_first, window.joints, self.of.joint_arcs.count)
        take(at, &self.of.joint_arcs, window.members, arc)
        append(&self.of.joint_of, self.of.joint_first.count - 1)
        return 0

    cdef int offer(self, int32_t start, int32_t end, int32_t number) except -1:
        """Take an offer for text[start:end]."""
        cdef Offer* offer = <Offer*>self.catalogue.every.data + number
        cdef Arc* arc
        cdef int32_t index, found = -1, low = start + offer.low, high = end - offer.high
        cdef int32_t core = offer.first + offer.low, length = offer.length - offer.low - offer.high
        cdef const uint32_t* pool = <const uint32_t*>self.catalogue.pool.data
        if offer.guarded:
            entry = self.catalogue.entries[number]
            if entry.keep and entry.keep.holds(self.text, start, end):
                return 0
            if entry.only and not entry.only.holds(self.text, start, end):
                return 0
        for index in range(self.arcs.count - 1, -1, -1):
            arc = <Arc*>self.arcs.data + index
            if arc.core_start != low or arc.core_end != high or arc.core_length != length:
                continue
            if arc.core == core or not memcmp(pool + arc.core, pool + core, length * sizeof(uint32_t)):
                found = index
                break
        if found < 0:
            grow(&self.arcs)
            found = self.arcs.count - 1
            arc = <Arc*>self.arcs.data + found
            arc.start = start
            arc.end = end
            arc.core_start = low
            arc.core_end = high
            arc.core, arc.core_length = core, length
            arc.offer = number
            arc.first = arc.last = -1
            arc.weight = 0.0
        else:
            arc = <Arc*>self.arcs.data + found
            if end - start < arc.end - arc.start:
                arc.start = start
                arc.end = end
                arc.offer = number
        grow(&self.reasons)
        index = self.reasons.count - 1
        (<Reason*>self.reasons.data)[index].offer = number
        (<Reason*>self.reasons.data)[index].following = -1
        if arc.last < 0:
            arc.first = index
        else:
            (<Reason*>self.reasons.data)[arc.last].following = index
        arc.last = index
        arc.weight += offer.weight
        return 0

    cdef int store_arcs(self, int32_t base, LatticeBuilder work) except -1:
        """Put the arcs of a stretch into the table, and as edits before the lattice."""
        cdef int32_t index, reason, place, number, couple, pair, families = 0
        cdef Arc* arc
        cdef Catalogue catalogue = self.catalogue
        cdef Numbers numbers = self.numbers
        cdef Offer* every = <Offer*>catalogue.every.data
        cdef Offer* offer
        cdef Edit* edit
        cdef int32_t first_place = self.of.place_forms.count
        self.place_starts.count = self.place_ends.count = 0
        for index in range(self.arcs.count):
            arc = <Arc*>self.arcs.data + index
            reason = arc.first
            while reason >= 0:
                offer = every + (<Reason*>self.reasons.data)[reason].offer
                append(&self.of.families, offer.family)
                grow(&self.of.weights)
                (<double*>self.of.weights.data)[self.of.weights.count - 1] = offer.weight
                append(&self.of.both_ways, offer.both_ways)
                number = (<Reason*>self.reasons.data)[reason].offer
                couple = offer.key if number == arc.offer else catalogue.couple_beside(number, arc.offer)
                append(&self.of.made_of, number)
                append(&self.of.key_couples, couple)
                append(&self.of.keys, catalogue.key(couple, numbers))
                append(&self.of.offers, offer.number)
                families |= 1 << (offer.family % 30)
                reason = (<Reason*>self.reasons.data)[reason].following
            append(&self.of.source_first, self.of.families.count)
            append(&self.of.starts, arc.start)
            append(&self.of.ends, arc.end)
            append(&self.of.pair_couples, (every + arc.offer).pair)
            pair = catalogue.pair((every + arc.offer).pair, numbers)
            append(&self.of.pairs, pair)
            place = self.place_starts.count - 1
            while place >= 0 and (
                (<int32_t*>self.place_starts.data)[place] != arc.start
                or (<int32_t*>self.place_ends.data)[place] != arc.end
            ):
                place -= 1
            if place < 0:
                place = self.place_starts.count
                append(&self.place_starts, arc.start)
                append(&self.place_ends, arc.end)
                append(&self.of.place_forms, numbers.form(pair))
            append(&self.of.places, first_place + place)
            grow(&work.edits)
            edit = <Edit*>work.edits.data + index
            edit.start = arc.start - base
            edit.end = arc.end - base
            offer = every + arc.offer
            edit.first = offer.first
            edit.length = offer.length
            edit.log_odds = log10(self.maker.start_rate * arc.weight)
        append(&self.of.arc_first, self.of.starts.count)
        append(&self.of.place_first, self.of.place_forms.count)
        append(&self.of.family_sets, families)
        return 0

    cdef int store_lattice(self, LatticeBuilder work, int32_t arc) except -1:
        """Put the lattice of a stretch, whose first arc is `arc`, into the table."""
        cdef int32_t index, joint = self.of.joint_arcs.count
        grow(&self.of.masses)
        (<double*>self.of.masses.data)[self.of.masses.count - 1] = self.lattices.condense(work)
        append(&self.of.hypothesis_first, self.lattices.first.count - 1)
        for index in range(work.joint_arcs.count):
            append(&self.of.joint_arcs, arc + (<int32_t*>work.joint_arcs.data)[index])
        for index in range(1, work.joint_first.count):
            append(&self.of.joint_first, joint + (<int32_t*>work.joint_first.data)[index])
        append(&self.of.joint_of, self.of.joint_first.count - 1)
        return 0

    cdef int store(self, table) except -1:
        cdef Vector* every = <Vector*>&self.of
        cdef int k
        for k, name in enumerate((*_FIRSTS, *_OTHERS)):
            setattr(table, name, copied(every + k, _INTEGERS))
        table.step_first = copied(&self.lattices.first, _INTEGERS)
        table.previous = copied(&self.lattices.previous, _INTEGERS)
        table.entered = copied(&self.lattices.entered, _INTEGERS)
        table.step_weights = copied(&self.lattices.weights, _FLOATS)
        table.weights = copied(&self.of.weights, _FLOATS)
        table.masses = copied(&self.of.masses, _FLOATS)
        self.numbers = self.text = None
        return 0
