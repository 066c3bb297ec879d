# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What a lexicon offers for every spun form, and numbers for all words, so that tables are made without comparing strings.
Twin of `despin.decode.candidates.Offers.of`, and of the numbering in `despin.decode.candidates.Pieces`."""

cimport cython
from cpython cimport array
from cpython.unicode cimport PyUnicode_READ_CHAR
from libc.stdint cimport int32_t, uint32_t
from libc.stdlib cimport free
from libc.string cimport memset

from despin.kernel.native.columns cimport add_integer
from despin.kernel.native.shortlists cimport Shortlists
from despin.kernel.native.vectors cimport Vector, append, grow, reserve

import array

from despin.channel.lexicon import SHORTLIST, SHORTLIST_WIDTH
from despin.lexicon.model import NO_CONTEXTS
from despin.kernel.types import Source


cdef class Numbers:
    def __cinit__(self, making):
        self.form_words, self.original_words = making.form_words, making.original_words
        self.key_families, self.pair_forms = making.key_families, making.pair_forms
        self.pair_originals = making.pair_originals
        self.keys.size = self.pairs.size = self.forms.size = self.words.size = sizeof(int32_t)

    def __dealloc__(self):
        free(self.keys.data)
        free(self.pairs.data)
        free(self.forms.data)
        free(self.words.data)


cdef int32_t* known(Vector* vector, int32_t number) except NULL:
    """Where it stands what a number is called."""
    cdef int32_t count = vector.count
    if number >= count:
        reserve(vector, number + 1 - count)
        vector.count = vector.room
        memset(<int32_t*>vector.data + count, 0xFF, (vector.count - count) * sizeof(int32_t))
    return <int32_t*>vector.data + number


cdef class Catalogue:
    """What `offers` (a `despin.decode.candidates.Offers`) holds for so many `patterns`, learned when it is first asked for; `flip` is what
    the weight of an edit that turns a statement round is multiplied by."""

    def __cinit__(self, offers, int patterns, double flip):
        cdef int32_t index
        self.offers, self.patterns, self.flip = offers, offers.channel.patterns, flip
        self.shortlists = Shortlists(
            offers.channel.candidates, offers.model.builder.model, SHORTLIST, SHORTLIST_WIDTH
        )
        self.words, self.entries, self.sources = [], [], offers.sources
        self.word_numbers, self.key_numbers, self.pair_numbers = {}, {}, {}
        self.exposed_first, self.exposed = offers.channel.exposures
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

    cdef int learn(self, int32_t pattern) except -1:
        """What is offered for a pattern, as `despin.decode.candidates.Offers.of` says."""
        cdef Offer* new
        cdef Py_UCS4 character
        cdef str original, spun = self.patterns[pattern]
        cdef int32_t first = self.every.count
        cdef double weight
        cdef tuple exposed = self.offers.channel.exposed[pattern]
        cdef bint packed = not self.offers.channel.is_site[pattern]
        for candidate in self.shortlists.of(pattern):
            original = (<tuple>candidate)[0]
            family, weight, entry = (<tuple>candidate)[1], (<tuple>candidate)[2], (<tuple>candidate)[3]
            grow(&self.every)
            new = <Offer*>self.every.data + (self.every.count - 1)
            _share_ends(spun, original, new)
            new.core = self.word(original[new.low : len(original) - new.high])
            new.family = family
            new.both_ways = family in exposed
            new.weight = weight * self.flip if entry.flips else weight
            new.guarded = not (entry.keep is NO_CONTEXTS and entry.only is NO_CONTEXTS) and bool(entry.keep or entry.only)
            if new.guarded:
                self.see(entry, pattern)
            new.number = self.add(family, new.weight, new.both_ways, entry, packed)
            new.first = self.pool.count
            new.length = len(original)
            for character in original:
                append(&self.pool, character)
            new.word = self.word(original)
            new.key = self.couple(new.family, new.word, self.key_numbers, &self.keys)
            new.pair = self.couple(pattern, new.word, self.pair_numbers, &self.pairs)
            new.beside = -1
            self.entries.append(entry)
        (<int32_t*>self.counts.data)[pattern] = self.every.count - first
        (<int32_t*>self.firsts.data)[pattern] = first
        return 0

    cdef int32_t add(self, family, double weight, bint both_ways, entry, bint packed) except -1:
        """Twin of `Offers.add`."""
        cdef bint imported = entry.source == "imported"
        self.sources.append(tuple.__new__(Source, (family, weight, both_ways, entry)))
        add_integer(self.offers.imported, imported)
        add_integer(self.offers.drawn, imported and self.offers.channel.drawn[family])
        add_integer(self.offers.packed, packed)
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
        cdef int32_t found = self.word_numbers.setdefault(word, len(self.words))
        if found == <int32_t>len(self.words):
            self.words.append(word)
        return found

    cdef int32_t couple(self, int32_t first, int32_t word, dict numbers, Vector* couples) except -1:
        """The number of a couple."""
        cdef int32_t found = numbers.setdefault(<long long>first << 32 | word, couples.count)
        cdef Couple* new
        if found == couples.count:
            grow(couples)
            new = <Couple*>couples.data + found
            new.first, new.word = first, word
        return found

    def count_standing(self, making, array.array patterns, array.array counts, double[::1] standing):
        """Twin of the plain part of `Pieces.count_standing`."""
        cdef Numbers numbers = making.numbers
        cdef list found = []
        cdef int32_t index, place, pattern, key, original
        cdef int32_t* words = <int32_t*>self.pattern_words.data
        cdef int32_t* keys = <int32_t*>self.exposed_keys.data
        for index in range(len(patterns)):
            pattern = patterns.data.as_ints[index]
            if words[pattern] < 0:
                words[pattern] = self.word(self.patterns[pattern])
            original = known(&numbers.words, words[pattern])[0]
            if original < 0:
                continue
            found.append((original, counts.data.as_ints[index]))
            for place in range(self.exposed_first.data.as_ints[pattern], self.exposed_first.data.as_ints[pattern + 1]):
                if keys[place] < 0:
                    keys[place] = self.couple(
                        self.exposed.data.as_ints[place], words[pattern], self.key_numbers, &self.keys
                    )
                key = known(&numbers.keys, keys[place])[0]
                if key >= 0:
                    standing[key] = counts.data.as_ints[index]
        return found

    cdef int32_t key(self, int32_t number, Numbers numbers) except -1:
        """What `Pieces.key` calls a (family, original)."""
        cdef int32_t* called = known(&numbers.keys, number)
        if called[0] < 0:
            called[0] = len(numbers.key_families)
            add_integer(numbers.key_families, (<Couple*>self.keys.data)[number].first)
        return called[0]

    cdef int32_t couple_beside(self, int32_t offer, int32_t beside) except -1:
        """The number of (family of `offer`, original of `beside`)."""
        cdef Offer* own = <Offer*>self.every.data + offer
        if own.beside != beside:
            own.beside_key = self.couple(
                own.family, (<Offer*>self.every.data)[beside].word, self.key_numbers, &self.keys
            )
            own.beside = beside
        return own.beside_key

    cdef int32_t pair(self, int32_t number, Numbers numbers) except -1:
        """What `Pieces.pair` calls a (spun, original)."""
        cdef int32_t* called = known(&numbers.pairs, number)
        cdef int32_t* part
        cdef Couple couple
        if called[0] < 0:
            couple = (<Couple*>self.pairs.data)[number]
            called[0] = len(numbers.pair_forms)
            part = known(&numbers.forms, couple.first)
            if part[0] < 0:
                part[0] = len(numbers.form_words)
                numbers.form_words.append(self.patterns[couple.first])
            add_integer(numbers.pair_forms, part[0])
            part = known(&numbers.words, couple.word)
            if part[0] < 0:
                part[0] = len(numbers.original_words)
                numbers.original_words.append(self.words[couple.word])
            add_integer(numbers.pair_originals, part[0])
        return called[0]


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
