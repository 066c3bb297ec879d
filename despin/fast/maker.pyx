# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Tables made without a Python object an arc. Twin of the plain part of `despin.pieces.Pieces`."""

cimport cython
from cpython cimport array
from cpython.unicode cimport PyUnicode_READ_CHAR
from libc.math cimport log, log10
from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport int32_t, uint32_t
from libc.stdlib cimport free
from libc.string cimport memcpy, memset

from despin.fast.builder cimport Builder, Edit, Scratch, Vector, append, grow, reserve
from despin.fast.condenser cimport Condenser
from despin.fast.trigrams cimport State

import array

cdef array.array _INTEGERS = array.array("i")
cdef array.array _FLOATS = array.array("d")


#: As `despin.pieces.Offer`; the original is in the maker's pool.
cdef struct Offer:
    int32_t low
    int32_t high
    int32_t core
    int32_t family
    int32_t both_ways
    int32_t guarded
    int32_t first
    int32_t length
    int32_t number
    #: The maker's numbers of (family, original) and (spun, original), and of (family, original of the offer `beside`), the
    #: last asked for.
    int32_t key
    int32_t pair
    int32_t beside
    int32_t beside_key
    double weight


#: A possible edit; `start` and `end` in the document, `core_start` and `core_end` what it changes of it. Its sources are a chain.
cdef struct Arc:
    int32_t start
    int32_t end
    int32_t core_start
    int32_t core_end
    int32_t core
    int32_t offer
    int32_t first
    int32_t last
    double weight


cdef struct Reason:
    int32_t offer
    int32_t following


cdef enum:
    #: So many lattices are built side by side.
    _SIDE_BY_SIDE = 6


@cython.final
cdef class Numbers:
    """What a `Pieces` calls the (family, original) and (spun, original) that the maker has numbers for; -1 where nothing."""

    cdef Vector keys, pairs

    def __cinit__(self):
        self.keys.size = self.pairs.size = sizeof(int32_t)

    def __dealloc__(self):
        free(self.keys.data)
        free(self.pairs.data)


cdef inline int32_t* known(Vector* vector, int32_t number) except NULL:
    """Where it stands what a number is called."""
    cdef int32_t count = vector.count
    if number >= count:
        reserve(vector, number + 1 - count)
        vector.count = vector.room
        memset(<int32_t*>vector.data + count, 0xFF, (vector.count - count) * sizeof(int32_t))
    return <int32_t*>vector.data + number


@cython.final
cdef class Maker:
    """Makes tables of what `offers` (a `despin.pieces.Offers`) holds. `start_rate` is the rate that pruning assumes,
    `flip` what the weight of an edit that turns a statement round is multiplied by, `before` the word that precedes a
    line."""

    cdef Builder _builder
    cdef object _offers
    cdef double _start_rate, _flip
    cdef State _null, _before
    cdef Vector _firsts, _counts, _looking, _every, _pool
    #: How far guarded entries look around a match.
    cdef int32_t _behind, _ahead
    cdef dict _cores
    cdef list _originals, _entries
    #: (family, original) and (spun, original), by number and the other way round.
    cdef list _keys, _pairs
    cdef dict _key_numbers, _pair_numbers
    #: By pattern that stood somewhere unspun: the numbers of (family, original) of the families it is exposed to.
    cdef dict _exposed
    #: Where lattices are built.
    cdef list _works

    def __cinit__(self):
        self._firsts.size = self._counts.size = self._looking.size = sizeof(int32_t)
        self._pool.size = sizeof(uint32_t)
        self._every.size = sizeof(Offer)

    def __init__(self, Builder builder, offers, int patterns, double start_rate, double flip, str before):
        cdef int32_t index
        self._builder = builder
        self._offers = offers
        self._start_rate = start_rate
        self._flip = flip
        memset(&self._null, 0, sizeof(State))
        builder.model.extend(&self._null, builder.model.word_of(before), &self._before)
        self._cores = {}
        self._originals, self._entries, self._keys, self._pairs = [], [], [], []
        self._key_numbers, self._pair_numbers, self._exposed = {}, {}, {}
        self._works = [builder.scratch() for index in range(_SIDE_BY_SIDE)]
        for index in range(patterns):
            append(&self._firsts, -1)
            append(&self._counts, 0)
            append(&self._looking, 0)

    def __dealloc__(self):
        free(self._firsts.data)
        free(self._counts.data)
        free(self._looking.data)
        free(self._every.data)
        free(self._pool.data)

    cdef int _learn(self, int32_t pattern) except -1:
        """What is offered for a pattern, as `despin.pieces.Offers.of` says."""
        cdef Offer* new
        cdef Py_UCS4 character
        cdef str original, spun = self._offers.channel.patterns[pattern]
        cdef int32_t first = self._every.count
        exposed = self._offers.channel.exposed[pattern]
        packed = not self._offers.channel.is_site[pattern]
        for candidate in self._offers.channel.shortlist(pattern, self._offers.model):
            original = (<tuple>candidate)[0]
            family, weight, entry = (<tuple>candidate)[1], (<tuple>candidate)[2], (<tuple>candidate)[3]
            grow(&self._every)
            new = <Offer*>self._every.data + (self._every.count - 1)
            _share_ends(spun, original, new)
            core = original[new.low : len(original) - new.high]
            new.core = self._cores.setdefault(core, len(self._cores))
            new.family = family
            new.both_ways = family in exposed
            new.weight = weight * self._flip if entry.flips else weight
            new.guarded = bool(entry.keep or entry.only)
            if new.guarded:
                (<int32_t*>self._looking.data)[pattern] = 1
                self._see(entry)
            new.number = self._offers.add(family, new.weight, new.both_ways, entry, packed)
            new.first = self._pool.count
            new.length = len(original)
            for character in original:
                append(&self._pool, character)
            new.key = self._number((family, original), self._key_numbers, self._keys)
            new.pair = self._number((spun, original), self._pair_numbers, self._pairs)
            new.beside = -1
            self._originals.append(original)
            self._entries.append(entry)
        (<int32_t*>self._counts.data)[pattern] = self._every.count - first
        (<int32_t*>self._firsts.data)[pattern] = first
        return 0

    cdef int _see(self, entry) except -1:
        """Remember how far a guarded entry looks."""
        for contexts in (entry.keep, entry.only):
            for string in contexts.before:
                self._behind = max(self._behind, <int32_t>len(string))
            for string in contexts.after:
                self._ahead = max(self._ahead, <int32_t>len(string))
        return 0

    cdef int32_t _number(self, tuple name, dict numbers, list names) except -1:
        """The number of a name."""
        cdef int32_t found = numbers.setdefault(name, len(names))
        if found == <int32_t>len(names):
            names.append(name)
        return found

    def count_standing(self, making, dict unspun, double[::1] standing):
        """Twin of the plain part of `Pieces.count_standing`."""
        cdef Numbers numbers = making.numbers
        cdef dict originals = making.originals
        cdef list patterns = self._offers.channel.patterns, found = []
        cdef array.array keys
        cdef double count
        cdef int32_t place, key
        for pattern, number in unspun.items():
            original = originals.get(patterns[pattern])
            if original is None:
                continue
            found.append((original, number))
            count = number
            keys = self._exposed.get(pattern)
            if keys is None:
                keys = self._expose(pattern)
            for place in range(len(keys)):
                key = known(&numbers.keys, keys.data.as_ints[place])[0]
                if key >= 0:
                    standing[key] = count
        return found

    cdef array.array _expose(self, pattern):
        """The numbers of (family, original) for the families that an original is exposed to."""
        cdef array.array found = array.array("i")
        channel = self._offers.channel
        for family in channel.exposed[pattern]:
            add_integer(found, self._number((family, channel.patterns[pattern]), self._key_numbers, self._keys))
        self._exposed[pattern] = found
        return found

    def fill(self, table, making, str text, list stretches, int beam, double width, double temper):
        """Fill a `Table` with `stretches` of `text`; `making` is the `Pieces` that numbers what is found."""
        cdef _Filling filling = _Filling(self, making, text, beam, width, log(10.0) * temper)
        for earlier in making.tables:
            filling.remember((<tuple>earlier)[0], (<tuple>earlier)[1], (<tuple>earlier)[2])
        making.tables = [(table, text, stretches)]
        for stretch in stretches:
            filling.add(stretch)
        filling.finish()
        filling.store(table)


@cython.final
cdef class _Filling:
    """One table in the making."""

    cdef Maker maker
    cdef list works
    #: The lattices that are not in the table yet, in order: (table, piece) that holds one already, or None for the next of
    #: `works`, of which `begun` are in use, and the first arc.
    cdef list waiting
    cdef int32_t begun
    cdef str text
    cdef int32_t beam
    cdef double width
    cdef Condenser lattices
    cdef Numbers numbers
    cdef dict forms, originals, made
    cdef array.array key_families, pair_forms, pair_originals
    cdef Vector arcs, reasons, label, place_starts, place_ends
    cdef Vector arc_first, source_first, place_first, joint_of, joint_first, joint_arcs, hypothesis_first
    cdef Vector starts, ends, pairs, places, families, both_ways, keys, offers, weights, masses
    cdef Vector place_forms, family_sets

    def __cinit__(self, Maker maker, making, str text, int beam, double width, double scale):
        self.maker = maker
        self.works, self.waiting, self.begun = maker._works, [], 0
        if making.numbers is None:
            making.numbers = Numbers()
        self.numbers, self.made = making.numbers, making.made
        self.forms, self.originals = making.forms, making.originals
        self.key_families, self.pair_forms, self.pair_originals = (
            making.key_families, making.pair_forms, making.pair_originals
        )
        self.text = text
        self.beam = beam
        self.width = width
        self.lattices = Condenser(scale)
        self.arcs.size = sizeof(Arc)
        self.reasons.size = sizeof(Reason)
        self.label.size = sizeof(int32_t)
        self.place_starts.size = self.place_ends.size = sizeof(int32_t)
        self.weights.size = self.masses.size = sizeof(double)
        self.arc_first.size = self.source_first.size = self.place_first.size = self.joint_of.size = sizeof(int32_t)
        self.joint_first.size = self.joint_arcs.size = self.hypothesis_first.size = sizeof(int32_t)
        self.starts.size = self.ends.size = self.pairs.size = self.places.size = self.families.size = sizeof(int32_t)
        self.both_ways.size = self.keys.size = self.offers.size = self.place_forms.size = sizeof(int32_t)
        self.family_sets.size = sizeof(int32_t)
        append(&self.arc_first, 0)
        append(&self.source_first, 0)
        append(&self.place_first, 0)
        append(&self.joint_of, 0)
        append(&self.joint_first, 0)
        append(&self.hypothesis_first, 0)

    def __dealloc__(self):
        free(self.arcs.data)
        free(self.reasons.data)
        free(self.label.data)
        free(self.place_starts.data)
        free(self.place_ends.data)
        free(self.arc_first.data)
        free(self.source_first.data)
        free(self.place_first.data)
        free(self.joint_of.data)
        free(self.joint_first.data)
        free(self.joint_arcs.data)
        free(self.hypothesis_first.data)
        free(self.starts.data)
        free(self.ends.data)
        free(self.pairs.data)
        free(self.places.data)
        free(self.families.data)
        free(self.both_ways.data)
        free(self.keys.data)
        free(self.offers.data)
        free(self.weights.data)
        free(self.masses.data)
        free(self.place_forms.data)
        free(self.family_sets.data)

    cdef int add(self, stretch) except -1:
        """A stretch: (start, end, sites, whether it begins a line)."""
        cdef int32_t start = stretch[0], end = stretch[1], place
        cdef list sites = stretch[2]
        cdef int32_t first, last, pattern, offer, index
        cdef Maker maker = self.maker
        cdef Scratch work
        if self.made:
            known = self.made.get(self.labelled(start, end, sites, stretch[3]))
            if known is not None:
                return self.copy((<tuple>known)[0], (<tuple>known)[1], start - <int32_t>(<tuple>known)[2])
        self.arcs.count = self.reasons.count = 0
        for site in sites:
            first, last, pattern = (<tuple>site)[0], (<tuple>site)[1], (<tuple>site)[2]
            if (<int32_t*>maker._firsts.data)[pattern] < 0:
                maker._learn(pattern)
            offer = (<int32_t*>maker._firsts.data)[pattern]
            for index in range(offer, offer + (<int32_t*>maker._counts.data)[pattern]):
                self.offer(first, last, index)
        work = <Scratch>self.works[self.begun]
        work.characters.count = 0
        for place in range(start, end):
            append(&work.characters, PyUnicode_READ_CHAR(self.text, place))
        append(&work.characters, 0)
        work.edits.count = 0
        index = self.starts.count
        self.store_arcs(start, work)
        work.begin(
            <const uint32_t*>maker._pool.data, &maker._before if stretch[3] else &maker._null, self.beam, self.width
        )
        self.waiting.append((None, index))
        self.begun += 1
        if self.begun == _SIDE_BY_SIDE:
            self.finish()
        return 0

    cdef int finish(self) except -1:
        """Build the lattices that were begun, side by side, and put all that wait into the table."""
        cdef int32_t index, going = self.begun, place, first
        cdef int32_t order[_SIDE_BY_SIDE]
        for index in range(going):
            order[index] = index
        while going:
            place = 0
            for index in range(going):
                if (<Scratch>self.works[order[index]]).ready():
                    order[place] = order[index]
                    place += 1
            going = place
            for index in range(going):
                (<Scratch>self.works[order[index]]).expect_more()
            for index in range(going):
                (<Scratch>self.works[order[index]]).expect_most()
            for index in range(going):
                (<Scratch>self.works[order[index]]).take()
        index = 0
        for table, first in self.waiting:
            if table is None:
                self.store_lattice(<Scratch>self.works[index], first)
                index += 1
            else:
                self.copy_lattice((<tuple>table)[0], (<tuple>table)[1], first)
        self.waiting = []
        self.begun = 0
        return 0

    cdef int remember(self, table, str text, list stretches) except -1:
        """Take note of the pieces of a table that was made before, of another text."""
        cdef str mine = self.text
        cdef int32_t piece
        self.text = text
        for piece in range(len(stretches)):
            start, end, sites, fresh = stretches[piece]
            self.made.setdefault(self.labelled(start, end, sites, fresh), (table, piece, start))
        self.text = mine
        return 0

    cdef bytes labelled(self, int32_t start, int32_t end, list sites, bint fresh):
        """All that the table of a stretch depends on: what it is made of, and around it what guarded entries look at."""
        cdef Maker maker = self.maker
        cdef int32_t pattern, place, behind = 0, ahead = 0
        cdef int32_t size = len(self.text)
        self.label.count = 0
        append(&self.label, fresh)
        append(&self.label, end - start)
        for site in sites:
            # Named tuples are tuples, which the compiler would not take for granted.
            pattern = (<tuple>site)[2]
            if (<int32_t*>maker._firsts.data)[pattern] < 0:
                maker._learn(pattern)
            if (<int32_t*>maker._looking.data)[pattern]:
                behind, ahead = maker._behind, maker._ahead
            append(&self.label, <int32_t>(<tuple>site)[0] - start)
            append(&self.label, <int32_t>(<tuple>site)[1] - start)
            append(&self.label, pattern)
        append(&self.label, -1)
        for place in range(start - behind, end + ahead):
            append(&self.label, PyUnicode_READ_CHAR(self.text, place) if 0 <= place < size else -1)
        return PyBytes_FromStringAndSize(self.label.data, self.label.count * sizeof(int32_t))

    cdef int copy(self, table, int32_t piece, int32_t shift) except -1:
        """Take over a piece of another table, whose text stands `shift` characters further on here."""
        cdef int32_t* arc_first = _ints(table.arc_first) + piece
        cdef int32_t* place_first = _ints(table.place_first) + piece
        cdef int32_t* firsts = _ints(table.source_first)
        cdef int32_t low = arc_first[0], high = arc_first[1], first = firsts[low], last = firsts[high]
        self.waiting.append(((table, piece), self.starts.count))
        extend(&self.families, table.families, first, last, 0)
        extend(&self.both_ways, table.both_ways, first, last, 0)
        extend(&self.keys, table.keys, first, last, 0)
        extend(&self.offers, table.offers, first, last, 0)
        extend_floats(&self.weights, table.weights, first, last)
        extend(&self.source_first, table.source_first, low + 1, high + 1, self.families.count - last)
        extend(&self.starts, table.starts, low, high, shift)
        extend(&self.ends, table.ends, low, high, shift)
        extend(&self.pairs, table.pairs, low, high, 0)
        extend(&self.places, table.places, low, high, self.place_forms.count - place_first[0])
        extend(&self.place_forms, table.place_forms, place_first[0], place_first[1], 0)
        append(&self.arc_first, self.starts.count)
        append(&self.place_first, self.place_forms.count)
        append(&self.family_sets, (<array.array>table.family_sets).data.as_ints[piece])
        return 0

    cdef int copy_lattice(self, table, int32_t piece, int32_t arc) except -1:
        """Take over the lattice of a piece of another table; its first arc is `arc` here."""
        cdef int32_t* joint_of = _ints(table.joint_of) + piece
        cdef int32_t* hypothesis_first = _ints(table.hypothesis_first) + piece
        cdef int32_t* firsts = _ints(table.step_first)
        cdef int32_t low = hypothesis_first[0], high = hypothesis_first[1], first = firsts[low], last = firsts[high]
        cdef Condenser lattices = self.lattices
        cdef int32_t index, step = lattices.previous.count
        extend(&lattices.previous, table.previous, first, last, lattices.first.count - 1 - low)
        extend(&lattices.entered, table.entered, first, last, 0)
        extend_floats(&lattices.weights, table.step_weights, first, last)
        extend(&lattices.first, table.step_first, low + 1, high + 1, step - first)
        append(&self.hypothesis_first, lattices.first.count - 1)
        grow(&self.masses)
        (<double*>self.masses.data)[self.masses.count - 1] = (<array.array>table.masses).data.as_doubles[piece]
        low, high = joint_of[0], joint_of[1]
        firsts = _ints(table.joint_first)
        first, last = firsts[low], firsts[high]
        index = self.joint_arcs.count - first
        extend(&self.joint_arcs, table.joint_arcs, first, last, arc - _ints(table.arc_first)[piece])
        extend(&self.joint_first, table.joint_first, low + 1, high + 1, index)
        append(&self.joint_of, self.joint_first.count - 1)
        return 0

    cdef int offer(self, int32_t start, int32_t end, int32_t number) except -1:
        """Take an offer for text[start:end]."""
        cdef Offer* offer = <Offer*>self.maker._every.data + number
        cdef Arc* arc
        cdef int32_t index, found = -1, low = start + offer.low, high = end - offer.high
        if offer.guarded:
            entry = self.maker._entries[number]
            if entry.keep and entry.keep.holds(self.text, start, end):
                return 0
            if entry.only and not entry.only.holds(self.text, start, end):
                return 0
        for index in range(self.arcs.count - 1, -1, -1):
            arc = <Arc*>self.arcs.data + index
            if arc.core == offer.core and arc.core_start == low and arc.core_end == high:
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
            arc.core = offer.core
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

    cdef int32_t key(self, int32_t number) except -1:
        """What `Pieces.key` calls a (family, original)."""
        cdef int32_t* called = known(&self.numbers.keys, number)
        cdef tuple name
        if called[0] < 0:
            name = <tuple>self.maker._keys[number]
            called[0] = len(self.key_families)
            add_integer(self.key_families, name[0])
        return called[0]

    cdef int32_t key_beside(self, int32_t offer, int32_t beside) except -1:
        """The same of (family of `offer`, original of `beside`)."""
        cdef Offer* own = <Offer*>self.maker._every.data + offer
        cdef tuple name
        if own.beside != beside:
            name = ((<tuple>self.maker._keys[own.key])[0], self.maker._originals[beside])
            own.beside_key = self.maker._number(name, self.maker._key_numbers, self.maker._keys)
            own.beside = beside
        return self.key(own.beside_key)

    cdef int32_t pair(self, int32_t number) except -1:
        """What `Pieces.pair` calls a (spun, original)."""
        cdef int32_t* called = known(&self.numbers.pairs, number)
        cdef tuple name
        if called[0] < 0:
            name = <tuple>self.maker._pairs[number]
            called[0] = len(self.pair_forms)
            add_integer(self.pair_forms, self.forms.setdefault(name[0], len(self.forms)))
            add_integer(self.pair_originals, self.originals.setdefault(name[1], len(self.originals)))
        return called[0]

    cdef int store_arcs(self, int32_t base, Scratch work) except -1:
        """Put the arcs of a stretch into the table, and as edits before the lattice."""
        cdef int32_t index, reason, place, number, pair, families = 0
        cdef Arc* arc
        cdef Offer* offer
        cdef Edit* edit
        cdef int32_t first_place = self.place_forms.count
        self.place_starts.count = self.place_ends.count = 0
        for index in range(self.arcs.count):
            arc = <Arc*>self.arcs.data + index
            reason = arc.first
            while reason >= 0:
                offer = <Offer*>self.maker._every.data + (<Reason*>self.reasons.data)[reason].offer
                append(&self.families, offer.family)
                grow(&self.weights)
                (<double*>self.weights.data)[self.weights.count - 1] = offer.weight
                append(&self.both_ways, offer.both_ways)
                number = (<Reason*>self.reasons.data)[reason].offer
                append(&self.keys, self.key(offer.key) if number == arc.offer else self.key_beside(number, arc.offer))
                append(&self.offers, offer.number)
                families |= 1 << (offer.family % 30)
                reason = (<Reason*>self.reasons.data)[reason].following
            append(&self.source_first, self.families.count)
            append(&self.starts, arc.start)
            append(&self.ends, arc.end)
            pair = self.pair((<Offer*>self.maker._every.data + arc.offer).pair)
            append(&self.pairs, pair)
            place = self.place_starts.count - 1
            while place >= 0 and (
                (<int32_t*>self.place_starts.data)[place] != arc.start or (<int32_t*>self.place_ends.data)[place] != arc.end
            ):
                place -= 1
            if place < 0:
                place = self.place_starts.count
                append(&self.place_starts, arc.start)
                append(&self.place_ends, arc.end)
                append(&self.place_forms, self.pair_forms.data.as_ints[pair])
            append(&self.places, first_place + place)
            grow(&work.edits)
            edit = <Edit*>work.edits.data + index
            edit.start = arc.start - base
            edit.end = arc.end - base
            offer = <Offer*>self.maker._every.data + arc.offer
            edit.first = offer.first
            edit.length = offer.length
            edit.log_odds = log10(self.maker._start_rate * arc.weight)
        append(&self.arc_first, self.starts.count)
        append(&self.place_first, self.place_forms.count)
        append(&self.family_sets, families)
        return 0

    cdef int store_lattice(self, Scratch work, int32_t arc) except -1:
        """Put the lattice of a stretch, whose first arc is `arc`, into the table."""
        cdef int32_t index, joint = self.joint_arcs.count
        grow(&self.masses)
        (<double*>self.masses.data)[self.masses.count - 1] = self.lattices.condense(work)
        append(&self.hypothesis_first, self.lattices.first.count - 1)
        for index in range(work.joint_arcs.count):
            append(&self.joint_arcs, arc + (<int32_t*>work.joint_arcs.data)[index])
        for index in range(1, work.joint_first.count):
            append(&self.joint_first, joint + (<int32_t*>work.joint_first.data)[index])
        append(&self.joint_of, self.joint_first.count - 1)
        return 0

    cdef int store(self, table) except -1:
        table.arc_first = _integers(&self.arc_first)
        table.source_first = _integers(&self.source_first)
        table.place_first = _integers(&self.place_first)
        table.joint_of = _integers(&self.joint_of)
        table.joint_first = _integers(&self.joint_first)
        table.joint_arcs = _integers(&self.joint_arcs)
        table.hypothesis_first = _integers(&self.hypothesis_first)
        table.step_first = _integers(&self.lattices.first)
        table.starts = _integers(&self.starts)
        table.ends = _integers(&self.ends)
        table.pairs = _integers(&self.pairs)
        table.places = _integers(&self.places)
        table.families = _integers(&self.families)
        table.both_ways = _integers(&self.both_ways)
        table.keys = _integers(&self.keys)
        table.offers = _integers(&self.offers)
        table.place_forms = _integers(&self.place_forms)
        table.family_sets = _integers(&self.family_sets)
        table.previous = _integers(&self.lattices.previous)
        table.entered = _integers(&self.lattices.entered)
        table.weights = _floats(&self.weights)
        table.step_weights = _floats(&self.lattices.weights)
        table.masses = _floats(&self.masses)
        return 0


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


cdef int32_t* _ints(source) except NULL:
    """The numbers of an array that its owner keeps."""
    cdef array.array held = source
    return <int32_t*>held.data.as_ints


cdef int add_integer(array.array target, int32_t value) except -1:
    """Append to an array."""
    cdef Py_ssize_t count = len(target)
    array.resize_smart(target, count + 1)
    target.data.as_ints[count] = value
    return 0


cdef int extend(Vector* vector, array.array source, int32_t low, int32_t high, int32_t change) except -1:
    """Append source[low:high], each `change` more."""
    cdef int32_t index, count = vector.count
    cdef int32_t* target
    reserve(vector, high - low)
    target = <int32_t*>vector.data + count
    for index in range(high - low):
        target[index] = source.data.as_ints[low + index] + change
    vector.count = count + high - low
    return 0


cdef int extend_floats(Vector* vector, array.array source, int32_t low, int32_t high) except -1:
    """Append source[low:high]."""
    reserve(vector, high - low)
    memcpy(<double*>vector.data + vector.count, source.data.as_doubles + low, (high - low) * sizeof(double))
    vector.count += high - low
    return 0


cdef array.array _integers(Vector* vector):
    cdef array.array found = array.clone(_INTEGERS, vector.count, False)
    if vector.count:
        memcpy(found.data.as_ints, vector.data, vector.count * sizeof(int32_t))
    return found


cdef array.array _floats(Vector* vector):
    cdef array.array found = array.clone(_FLOATS, vector.count, False)
    if vector.count:
        memcpy(found.data.as_doubles, vector.data, vector.count * sizeof(double))
    return found
