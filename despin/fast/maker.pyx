# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Tables made without a Python object an arc. Twin of the plain part of `despin.pieces.Pieces`."""

cimport cython
from cpython cimport array
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_READ_CHAR
from libc.math cimport log, log10
from libc.stdint cimport int32_t, uint32_t
from libc.stdlib cimport free
from libc.string cimport memset

from despin.fast.builder cimport Builder, Edit, Scratch, Vector, append, grow, reserve
from despin.fast.catalogue cimport Catalogue, Numbers, Offer
from despin.fast.columns cimport copied, extend, extend_floats, ints
from despin.fast.condenser cimport Condenser
from despin.fast.trigrams cimport State

import array

cdef array.array _INTEGERS = array.array("i")
cdef array.array _FLOATS = array.array("d")


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
    _SIDE_BY_SIDE = 4


@cython.final
cdef class Maker:
    """Makes tables of what `offers` (a `despin.pieces.Offers`) holds. `start_rate` is the rate that pruning assumes,
    `flip` what the weight of an edit that turns a statement round is multiplied by, `before` the word that precedes a
    line."""

    cdef Catalogue catalogue
    cdef double start_rate
    cdef State null, before
    #: Where lattices are built.
    cdef list works

    def __init__(self, Builder builder, offers, int patterns, double start_rate, double flip, str before):
        self.catalogue = Catalogue(offers, patterns, flip)
        self.start_rate = start_rate
        memset(&self.null, 0, sizeof(State))
        builder.model.extend(&self.null, builder.model.word_of(before), &self.before)
        self.works = [builder.scratch() for _ in range(_SIDE_BY_SIDE)]

    def count_standing(self, making, array.array patterns, array.array counts, double[::1] standing):
        """Twin of the plain part of `Pieces.count_standing`."""
        return self.catalogue.count_standing(making, patterns, counts, standing)

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
    cdef Catalogue catalogue
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
    cdef dict made
    cdef Vector arcs, reasons, label, place_starts, place_ends
    cdef Vector arc_first, source_first, place_first, joint_of, joint_first, joint_arcs, hypothesis_first
    cdef Vector starts, ends, pairs, places, families, both_ways, keys, offers, weights, masses
    cdef Vector place_forms, family_sets

    def __cinit__(self, Maker maker, making, str text, int beam, double width, double scale):
        self.maker, self.catalogue = maker, maker.catalogue
        self.works, self.waiting, self.begun = maker.works, [], 0
        if making.numbers is None:
            making.numbers = Numbers(making)
        self.numbers, self.made = making.numbers, making.made
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
        cdef Catalogue catalogue = self.catalogue
        cdef Scratch work
        if self.made:
            known = self.made.get(self.labelled(start, end, sites, stretch[3]))
            if known is not None:
                return self.copy((<tuple>known)[0], (<tuple>known)[1], start - <int32_t>(<tuple>known)[2])
        self.arcs.count = self.reasons.count = 0
        for site in sites:
            first, last, pattern = (<tuple>site)[0], (<tuple>site)[1], (<tuple>site)[2]
            if (<int32_t*>catalogue.firsts.data)[pattern] < 0:
                catalogue.learn(pattern)
            offer = (<int32_t*>catalogue.firsts.data)[pattern]
            for index in range(offer, offer + (<int32_t*>catalogue.counts.data)[pattern]):
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
            <const uint32_t*>catalogue.pool.data, &maker.before if stretch[3] else &maker.null, self.beam, self.width
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
        cdef Catalogue catalogue = self.catalogue
        cdef int32_t pattern, place, behind = 0, ahead = 0
        cdef int32_t size = len(self.text)
        self.label.count = 0
        append(&self.label, fresh)
        append(&self.label, end - start)
        for site in sites:
            # Named tuples are tuples, which the compiler would not take for granted.
            pattern = (<tuple>site)[2]
            if (<int32_t*>catalogue.firsts.data)[pattern] < 0:
                catalogue.learn(pattern)
            if (<int32_t*>catalogue.looking.data)[pattern]:
                behind, ahead = catalogue.behind, catalogue.ahead
            append(&self.label, <int32_t>(<tuple>site)[0] - start)
            append(&self.label, <int32_t>(<tuple>site)[1] - start)
            append(&self.label, pattern)
        append(&self.label, -1)
        for place in range(start - behind, end + ahead):
            append(&self.label, PyUnicode_READ_CHAR(self.text, place) if 0 <= place < size else -1)
        return PyBytes_FromStringAndSize(self.label.data, self.label.count * sizeof(int32_t))

    cdef int copy(self, table, int32_t piece, int32_t shift) except -1:
        """Take over a piece of another table, whose text stands `shift` characters further on here."""
        cdef int32_t* arc_first = ints(table.arc_first) + piece
        cdef int32_t* place_first = ints(table.place_first) + piece
        cdef int32_t* firsts = ints(table.source_first)
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
        cdef int32_t* joint_of = ints(table.joint_of) + piece
        cdef int32_t* hypothesis_first = ints(table.hypothesis_first) + piece
        cdef int32_t* firsts = ints(table.step_first)
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
        firsts = ints(table.joint_first)
        first, last = firsts[low], firsts[high]
        index = self.joint_arcs.count - first
        extend(&self.joint_arcs, table.joint_arcs, first, last, arc - ints(table.arc_first)[piece])
        extend(&self.joint_first, table.joint_first, low + 1, high + 1, index)
        append(&self.joint_of, self.joint_first.count - 1)
        return 0

    cdef int offer(self, int32_t start, int32_t end, int32_t number) except -1:
        """Take an offer for text[start:end]."""
        cdef Offer* offer = <Offer*>self.catalogue.every.data + number
        cdef Arc* arc
        cdef int32_t index, found = -1, low = start + offer.low, high = end - offer.high
        if offer.guarded:
            entry = self.catalogue.entries[number]
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

    cdef int store_arcs(self, int32_t base, Scratch work) except -1:
        """Put the arcs of a stretch into the table, and as edits before the lattice."""
        cdef int32_t index, reason, place, number, pair, families = 0
        cdef Arc* arc
        cdef Catalogue catalogue = self.catalogue
        cdef Numbers numbers = self.numbers
        cdef Offer* every = <Offer*>catalogue.every.data
        cdef Offer* offer
        cdef Edit* edit
        cdef int32_t first_place = self.place_forms.count
        self.place_starts.count = self.place_ends.count = 0
        for index in range(self.arcs.count):
            arc = <Arc*>self.arcs.data + index
            reason = arc.first
            while reason >= 0:
                offer = every + (<Reason*>self.reasons.data)[reason].offer
                append(&self.families, offer.family)
                grow(&self.weights)
                (<double*>self.weights.data)[self.weights.count - 1] = offer.weight
                append(&self.both_ways, offer.both_ways)
                number = (<Reason*>self.reasons.data)[reason].offer
                append(&self.keys, (
                    catalogue.key(offer.key, numbers) if number == arc.offer
                    else catalogue.key_beside(number, arc.offer, numbers)
                ))
                append(&self.offers, offer.number)
                families |= 1 << (offer.family % 30)
                reason = (<Reason*>self.reasons.data)[reason].following
            append(&self.source_first, self.families.count)
            append(&self.starts, arc.start)
            append(&self.ends, arc.end)
            pair = catalogue.pair((every + arc.offer).pair, numbers)
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
                append(&self.place_forms, numbers.pair_forms.data.as_ints[pair])
            append(&self.places, first_place + place)
            grow(&work.edits)
            edit = <Edit*>work.edits.data + index
            edit.start = arc.start - base
            edit.end = arc.end - base
            offer = every + arc.offer
            edit.first = offer.first
            edit.length = offer.length
            edit.log_odds = log10(self.maker.start_rate * arc.weight)
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
        table.arc_first = copied(&self.arc_first, _INTEGERS)
        table.source_first = copied(&self.source_first, _INTEGERS)
        table.place_first = copied(&self.place_first, _INTEGERS)
        table.joint_of = copied(&self.joint_of, _INTEGERS)
        table.joint_first = copied(&self.joint_first, _INTEGERS)
        table.joint_arcs = copied(&self.joint_arcs, _INTEGERS)
        table.hypothesis_first = copied(&self.hypothesis_first, _INTEGERS)
        table.step_first = copied(&self.lattices.first, _INTEGERS)
        table.starts = copied(&self.starts, _INTEGERS)
        table.ends = copied(&self.ends, _INTEGERS)
        table.pairs = copied(&self.pairs, _INTEGERS)
        table.places = copied(&self.places, _INTEGERS)
        table.families = copied(&self.families, _INTEGERS)
        table.both_ways = copied(&self.both_ways, _INTEGERS)
        table.keys = copied(&self.keys, _INTEGERS)
        table.offers = copied(&self.offers, _INTEGERS)
        table.place_forms = copied(&self.place_forms, _INTEGERS)
        table.family_sets = copied(&self.family_sets, _INTEGERS)
        table.previous = copied(&self.lattices.previous, _INTEGERS)
        table.entered = copied(&self.lattices.entered, _INTEGERS)
        table.weights = copied(&self.weights, _FLOATS)
        table.step_weights = copied(&self.lattices.weights, _FLOATS)
        table.masses = copied(&self.masses, _FLOATS)
        return 0
