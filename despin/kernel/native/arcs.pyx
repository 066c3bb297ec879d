# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Tables made without a Python object an arc. Twin of the plain part of `despin.decode.candidates.Pieces`."""

cimport cython
from cpython cimport array
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_READ_CHAR
from libc.math cimport log, log10
from libc.stdint cimport int32_t, uint32_t
from libc.stdlib cimport free
from libc.string cimport memcpy, memset

from despin.kernel.native.builder cimport Builder
from despin.kernel.native.catalogue cimport Catalogue, Numbers, Offer
from despin.kernel.native.columns cimport copied
from despin.kernel.native.condenser cimport Condenser
from despin.kernel.native.lattice cimport Edit, Scratch
from despin.kernel.native.lm cimport State
from despin.kernel.native.vectors cimport Vector, append, grow, reserve
from despin.kernel.native.windows cimport Window, Windows, put, take

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
    """Makes tables of what `offers` (a `despin.decode.candidates.Offers`) holds. `start_rate` is the rate that pruning assumes,
    `flip` what the weight of an edit that turns a statement round is multiplied by, `before` the word that precedes a
    line, `held` how many bytes of stretches are kept that were read before."""

    cdef Catalogue catalogue
    cdef double start_rate
    cdef State null, before
    #: Where lattices are built, and the stretches that were.
    cdef list works
    cdef Windows windows
    #: How many were.
    cdef readonly long long built

    def __init__(self, Builder builder, offers, int patterns, double start_rate, double flip, str before, size_t held):
        self.catalogue = Catalogue(offers, patterns, flip)
        self.start_rate = start_rate
        memset(&self.null, 0, sizeof(State))
        builder.model.extend(&self.null, builder.model.word_of(before), &self.before)
        self.works, self.windows = [builder.scratch() for _ in range(_SIDE_BY_SIDE)], Windows(held)

    def count_standing(self, making, array.array patterns, array.array counts, double[::1] standing):
        """Twin of the plain part of `Pieces.count_standing`."""
        return self.catalogue.count_standing(making, patterns, counts, standing)

    def fill(self, table, making, str text, list stretches, int beam, double width, double temper):
        """Fill a `Table` with `stretches` of `text`; `making` is the `Pieces` that numbers what is found."""
        cdef _Filling filling = _Filling(self, making, text, beam, width, log(10.0) * temper)
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
    cdef Windows windows
    #: The lattices that are not in the table yet, in order: the window that holds one already, or None for the next of `works`,
    #: of which `begun` are in use; the label to keep it by, where its stretch starts, and its first arc.
    cdef list waiting
    cdef int32_t begun
    cdef str text
    cdef int32_t beam
    cdef double width
    cdef Condenser lattices
    cdef Numbers numbers
    #: By source its place among all offers and the number of its key there, by arc that of its pair.
    cdef Vector made_of, key_couples, pair_couples
    cdef Vector arcs, reasons, label, place_starts, place_ends
    cdef Vector arc_first, source_first, place_first, joint_of, joint_first, joint_arcs, hypothesis_first
    cdef Vector starts, ends, pairs, places, families, both_ways, keys, offers, weights, masses
    cdef Vector place_forms, family_sets

    def __cinit__(self, Maker maker, making, str text, int beam, double width, double scale):
        self.maker, self.catalogue = maker, maker.catalogue
        self.works, self.windows, self.waiting, self.begun = maker.works, maker.windows, [], 0
        if making.numbers is None:
            making.numbers = Numbers(making)
        self.numbers = making.numbers
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
        self.family_sets.size = self.made_of.size = self.key_couples.size = self.pair_couples.size = sizeof(int32_t)
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
        free(self.made_of.data)
        free(self.key_couples.data)
        free(self.pair_couples.data)

    cdef int add(self, stretch) except -1:
        """A stretch: (start, end, sites, whether it begins a line)."""
        cdef int32_t start = stretch[0], end = stretch[1], place
        cdef list sites = stretch[2]
        cdef int32_t first, last, pattern, offer, index
        cdef Maker maker = self.maker
        cdef Catalogue catalogue = self.catalogue
        cdef Scratch work
        cdef bytes label = self.labelled(start, end, sites, stretch[3])
        cdef Window known = self.windows.find(label)
        if known is not None:
            self.waiting.append((known, None, 0, self.starts.count))
            return self.copy_arcs(known, start)
        self.arcs.count = self.reasons.count = 0
        for site in sites:
            first, last, pattern = (<tuple>site)[0], (<tuple>site)[1], (<tuple>site)[2]
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
        self.waiting.append((None, label, start, index))
        self.begun += 1
        if self.begun == _SIDE_BY_SIDE:
            self.finish()
        return 0

    cdef int finish(self) except -1:
        """Build the lattices that were begun, side by side, and put all that wait into the table."""
        cdef int32_t index, going = self.begun, place, start, first
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
        for known, label, start, first in self.waiting:
            if known is None:
                self.store_lattice(<Scratch>self.works[index], first)
                self.keep(label, start)
                self.maker.built += 1
                index += 1
            else:
                self.copy_lattice(known, first)
        self.waiting = []
        self.begun = 0
        return 0

    cdef bytes labelled(self, int32_t start, int32_t end, list sites, bint fresh):
        """All that the table of a stretch depends on: what it is made of, and around it what guarded entries look at."""
        cdef Catalogue catalogue = self.catalogue
        cdef int32_t pattern, first, last, place, low = start, high = end
        cdef int32_t size = len(self.text)
        self.label.count = 0
        append(&self.label, fresh)
        append(&self.label, end - start)
        for site in sites:
            # Named tuples are tuples, which the compiler would not take for granted.
            pattern = (<tuple>site)[2]
            if (<int32_t*>catalogue.firsts.data)[pattern] < 0:
                catalogue.learn(pattern)
            first, last = (<tuple>site)[0], (<tuple>site)[1]
            low = min(low, first - (<int32_t*>catalogue.behind.data)[pattern])
            high = max(high, last + (<int32_t*>catalogue.ahead.data)[pattern])
            append(&self.label, first - start)
            append(&self.label, last - start)
            append(&self.label, pattern)
        append(&self.label, -1)
        # No entry looks at line ends, so nothing beyond one matters to any.
        place = start
        while place > max(0, low) and PyUnicode_READ_CHAR(self.text, place - 1) != u"\n":
            place -= 1
        append(&self.label, start - place)
        for place in range(place, min(size, high)):
            if place >= end and PyUnicode_READ_CHAR(self.text, place - 1) == u"\n":
                break
            append(&self.label, PyUnicode_READ_CHAR(self.text, place))
        return PyBytes_FromStringAndSize(self.label.data, self.label.count * sizeof(int32_t))

    cdef int keep(self, bytes label, int32_t base) except -1:
        """Remember the piece that came into the table last, of a stretch that starts at `base`."""
        cdef Condenser lattices = self.lattices
        cdef Window window = Window()
        cdef char* at
        cdef int32_t piece = self.masses.count - 1
        cdef int32_t arc = (<int32_t*>self.arc_first.data)[piece], last = (<int32_t*>self.arc_first.data)[piece + 1]
        cdef int32_t source = (<int32_t*>self.source_first.data)[arc]
        cdef int32_t end = (<int32_t*>self.source_first.data)[last]
        cdef int32_t node = (<int32_t*>self.hypothesis_first.data)[piece], nodes = lattices.first.count - 1
        cdef int32_t step = (<int32_t*>lattices.first.data)[node], steps = lattices.previous.count
        cdef int32_t joint = (<int32_t*>self.joint_of.data)[piece], joints = self.joint_first.count - 1
        cdef int32_t member = (<int32_t*>self.joint_first.data)[joint], members = self.joint_arcs.count
        window.arcs, window.sources, window.nodes = last - arc, end - source, nodes - node
        window.steps, window.joints, window.members = steps - step, joints - joint, members - member
        window.mass = (<double*>self.masses.data)[piece]
        window.family_set = (<int32_t*>self.family_sets.data)[piece]
        window.hold()
        memcpy(window.data, <double*>lattices.weights.data + step, window.steps * sizeof(double))
        at = put(window.arcs_at(), &self.made_of, source, end, 0)
        at = put(at, &self.key_couples, source, end, 0)
        at = put(at, &self.source_first, arc + 1, last + 1, source)
        at = put(at, &self.starts, arc, last, base)
        at = put(at, &self.ends, arc, last, base)
        at = put(at, &self.pair_couples, arc, last, 0)
        at = put(at, &self.places, arc, last, (<int32_t*>self.place_first.data)[piece])
        at = put(at, &lattices.first, node + 1, nodes + 1, step)
        at = put(at, &lattices.previous, step, steps, node)
        at = put(at, &lattices.entered, step, steps, 0)
        at = put(at, &self.joint_first, joint + 1, joints + 1, member)
        put(at, &self.joint_arcs, member, members, arc)
        return self.windows.keep(label, window)

    cdef int copy_arcs(self, Window window, int32_t base) except -1:
        """Put the arcs of a stretch that was read before into the table; it starts at `base` here."""
        cdef Catalogue catalogue = self.catalogue
        cdef Offer* offer
        cdef int32_t index, pair, first = self.families.count, arc = self.starts.count, place = self.place_forms.count
        cdef const char* at = take(window.arcs_at(), &self.made_of, window.sources, 0)
        at = take(at, &self.key_couples, window.sources, 0)
        for index in range(first, first + window.sources):
            offer = <Offer*>catalogue.every.data + (<int32_t*>self.made_of.data)[index]
            append(&self.families, offer.family)
            append(&self.both_ways, offer.both_ways)
            append(&self.offers, offer.number)
            append(&self.keys, catalogue.key((<int32_t*>self.key_couples.data)[index], self.numbers))
            grow(&self.weights)
            (<double*>self.weights.data)[index] = offer.weight
        at = take(at, &self.source_first, window.arcs, first)
        at = take(at, &self.starts, window.arcs, base)
        at = take(at, &self.ends, window.arcs, base)
        at = take(at, &self.pair_couples, window.arcs, 0)
        take(at, &self.places, window.arcs, place)
        for index in range(arc, arc + window.arcs):
            pair = catalogue.pair((<int32_t*>self.pair_couples.data)[index], self.numbers)
            append(&self.pairs, pair)
            if (<int32_t*>self.places.data)[index] == self.place_forms.count:
                append(&self.place_forms, self.numbers.pair_forms.data.as_ints[pair])
        append(&self.arc_first, self.starts.count)
        append(&self.place_first, self.place_forms.count)
        append(&self.family_sets, window.family_set)
        return 0

    cdef int copy_lattice(self, Window window, int32_t arc) except -1:
        """Put the lattice of a stretch that was read before into the table; its first arc is `arc` here."""
        cdef Condenser lattices = self.lattices
        cdef int32_t step = lattices.previous.count, node = lattices.first.count - 1
        cdef const char* at = take(window.lattice_at(), &lattices.first, window.nodes, step)
        at = take(at, &lattices.previous, window.steps, node)
        at = take(at, &lattices.entered, window.steps, 0)
        reserve(&lattices.weights, window.steps)
        memcpy(<double*>lattices.weights.data + step, window.data, window.steps * sizeof(double))
        lattices.weights.count += window.steps
        append(&self.hypothesis_first, lattices.first.count - 1)
        grow(&self.masses)
        (<double*>self.masses.data)[self.masses.count - 1] = window.mass
        at = take(at, &self.joint_first, window.joints, self.joint_arcs.count)
        take(at, &self.joint_arcs, window.members, arc)
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
        cdef int32_t index, reason, place, number, couple, pair, families = 0
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
                couple = offer.key if number == arc.offer else catalogue.couple_beside(number, arc.offer)
                append(&self.made_of, number)
                append(&self.key_couples, couple)
                append(&self.keys, catalogue.key(couple, numbers))
                append(&self.offers, offer.number)
                families |= 1 << (offer.family % 30)
                reason = (<Reason*>self.reasons.data)[reason].following
            append(&self.source_first, self.families.count)
            append(&self.starts, arc.start)
            append(&self.ends, arc.end)
            append(&self.pair_couples, (every + arc.offer).pair)
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
