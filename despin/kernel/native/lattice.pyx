# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, initializedcheck=False
"""Trigrams (`trigrams.pxi`), and the lattices of readings that trigrams weigh, without a Python
object a hypothesis. All scores are log10 probabilities.

A stretch is a short piece of a page around some matches. Its characters form a chain; every edit (a spun substring and
one original) adds a side chain with the original's characters. Words run along these chains and may cross from one
into the other, so a substitution that cut through a word is found like any other. Hypotheses are kept by
language-model state, so many of them a place.

`LatticeBuilder` builds a lattice: a graph of characters with the edits beside it, its words, and hypotheses node by
node. `Condenser` makes of it what the passes over a table read again and again: with all that does not depend on the
odds done once. Weights are tempered as in `despin.kernel.em.tempered`. Hypotheses from which no reading comes to the
end are left out, and so are those that have a single way in, or on, in which no arc is taken: what came to them is
handed on. That leaves a third of the steps and the same posteriors, but for the last bits.
"""

from cpython cimport array
from libc.math cimport exp
from libc.stdint cimport int32_t, uint32_t, uint64_t
from libc.stdlib cimport free
from libc.string cimport memset

from despin.kernel.native.vectors cimport Vector, append, grow, reserve

import array

cdef array.array _INTEGERS = array.array("i")
cdef array.array _FLOATS = array.array("d")

include "trigrams.pxi"


cdef double _NEVER = float("-inf")


cdef bint _is_new(const Hypothesis* every, const int32_t* ranked, int32_t place) noexcept nogil:
    """Whether a hypothesis ends in another word than those ranked before it."""
    cdef const State* own = &every[ranked[place]].state
    cdef const State* other
    cdef int32_t index
    for index in range(place):
        other = &every[ranked[index]].state
        if own.length and other.length:
            if own.words[0] == other.words[0]:
                return False
        elif own.length == other.length:
            return False
    return True


cdef class LatticeBuilder:
    def __cinit__(self, Trigrams model not None, int crossing, dict pauses not None):
        self.model = model
        self.crossing = crossing
        self.pauses = 0
        for mark, number in pauses.items():
            if self.pauses < 64:
                self.pause_marks[self.pauses] = mark
                self.pause_words[self.pauses] = number
                self.pauses += 1
        self.edge_heads.size = self.edge_tails.size = sizeof(int32_t)
        self.heads.size = self.tails.size = self.numbered.size = self.order.size = sizeof(int32_t)
        self.ranking.size = self.joint_first.size = self.joint_arcs.size = sizeof(int32_t)
        self.characters.size = sizeof(uint32_t)
        self.edits.size = sizeof(Edit)
        self.edges.size = sizeof(Edge)
        self.hypotheses.size = sizeof(Hypothesis)
        self.steps.size = sizeof(Step)
        self.words.size = sizeof(Word)
        self.pending.size = sizeof(Pending)
        self.log_odds.size = sizeof(double)
        self.pairs.size = 3 * sizeof(int32_t)
        self.missing.size = sizeof(Missing)

    def __dealloc__(self):
        free(self.characters.data)
        free(self.edits.data)
        free(self.edges.data)
        free(self.edge_heads.data)
        free(self.edge_tails.data)
        free(self.hypotheses.data)
        free(self.heads.data)
        free(self.tails.data)
        free(self.steps.data)
        free(self.words.data)
        free(self.pending.data)
        free(self.numbered.data)
        free(self.order.data)
        free(self.ranking.data)
        free(self.log_odds.data)
        free(self.joint_first.data)
        free(self.joint_arcs.data)
        free(self.pairs.data)
        free(self.missing.data)

    cdef int begin(self, const uint32_t* pool, const State* before, int32_t beam, double width) except -1:
        """Begin the lattice of `characters` (the last of which no word contains) and `edits`. It is done once `ready`
        says that no node is left; what the model knows comes from memory between the four calls a node, so whoever has
        several lattices to build makes each call for all of them in turn."""
        cdef int32_t index
        self.size = self.characters.count
        self.arcs = self.edits.count
        self.nodes = 0
        self.edges.count = self.edge_heads.count = self.edge_tails.count = self.hypotheses.count = 0
        self.heads.count = self.tails.count = self.steps.count = self.numbered.count = self.order.count = 0
        self.log_odds.count = self.joint_first.count = self.joint_arcs.count = self.pairs.count = 0
        self.pending.count = 0
        append(&self.joint_first, 0)
        grow(&self.log_odds)
        (<double*>self.log_odds.data)[0] = 0.0
        for index in range(self.arcs):
            grow(&self.log_odds)
            (<double*>self.log_odds.data)[index + 1] = (<Edit*>self.edits.data)[index].log_odds
        self.graph(pool)
        self.at = -1
        self.beam = beam
        self.width = width
        self.reach(0, before, 0.0, 0.0)
        return 0

    cdef int node(self) except -1:
        """A new node of the character graph."""
        append(&self.edge_heads, -1)
        append(&self.edge_tails, -1)
        append(&self.heads, -1)
        append(&self.tails, -1)
        self.nodes += 1
        return self.nodes - 1

    cdef int edge(self, int32_t source, uint32_t character, int32_t target, int32_t entered) except -1:
        grow(&self.edges)
        cdef int32_t at = self.edges.count - 1
        cdef Edge* new = <Edge*>self.edges.data + at
        new.character = character
        new.target = target
        new.entered = entered
        new.following = -1
        cdef int32_t* tail = <int32_t*>self.edge_tails.data + source
        if tail[0] < 0:
            (<int32_t*>self.edge_heads.data)[source] = at
        else:
            (<Edge*>self.edges.data)[tail[0]].following = at
        tail[0] = at
        return 0

    cdef int members(self, int32_t entered) except -1 nogil:
        """Add the arcs behind a number to the joint that is being made."""
        cdef int32_t joint, at
        if entered <= self.arcs:
            return append(&self.joint_arcs, entered - 1)
        joint = entered - self.arcs - 1
        for at in range((<int32_t*>self.joint_first.data)[joint], (<int32_t*>self.joint_first.data)[joint + 1]):
            append(&self.joint_arcs, (<int32_t*>self.joint_arcs.data)[at])
        return 0

    cdef int32_t joined(self, int32_t one, int32_t other) except -1 nogil:
        """The number of the arcs of both; pairs that were joined before have theirs."""
        cdef int32_t* known
        cdef int32_t index, number
        cdef double total
        if not one:
            return other
        if not other:
            return one
        for index in range(self.pairs.count - 1, -1, -1):
            known = <int32_t*>self.pairs.data + 3 * index
            if known[0] == one and known[1] == other:
                return known[2]
        self.members(one)
        self.members(other)
        append(&self.joint_first, self.joint_arcs.count)
        number = self.arcs + self.joint_first.count - 1
        grow(&self.pairs)
        known = <int32_t*>self.pairs.data + 3 * (self.pairs.count - 1)
        known[0] = one
        known[1] = other
        known[2] = number
        total = 0.0
        for index in range((<int32_t*>self.joint_first.data)[self.joint_first.count - 2], self.joint_arcs.count):
            total += (<double*>self.log_odds.data)[1 + (<int32_t*>self.joint_arcs.data)[index]]
        grow(&self.log_odds)
        (<double*>self.log_odds.data)[number] = total
        return number

    cdef int graph(self, const uint32_t* pool) except -1:
        """The characters of the text as a chain, and a side chain for every arc; then
        the nodes in topological order."""
        cdef int32_t place, node, entered, index, at, other, deletions = 0
        cdef int32_t* chain
        cdef Edge copied
        cdef Edit edit
        for place in range(self.size + 1):
            self.node()
        self.prefetch_words(pool)
        for place in range(self.size):
            self.edge(place, (<uint32_t*>self.characters.data)[place], place + 1, 0)
        # Until the order is made, `ranking` holds the first node of every arc's side chain.
        self.ranking.count = 0
        for index in range(self.arcs):
            edit = (<Edit*>self.edits.data)[index]
            append(&self.ranking, self.nodes)
            if not edit.length:
                deletions += 1
                continue
            node = edit.start
            entered = index + 1
            for at in range(edit.length - 1):
                other = self.node()
                self.edge(node, pool[edit.first + at], other, entered)
                node = other
                entered = 0
            self.edge(node, pool[edit.first + edit.length - 1], edit.end, entered)
        if deletions:
            for place in range(self.size - 1, -1, -1):
                for index in range(self.arcs):
                    edit = (<Edit*>self.edits.data)[index]
                    if edit.length or edit.start != place:
                        continue
                    at = (<int32_t*>self.edge_heads.data)[edit.end]
                    while at >= 0:
                        copied = (<Edge*>self.edges.data)[at]
                        self.edge(place, copied.character, copied.target, self.joined(index + 1, copied.entered))
                        at = copied.following
        # Arcs by start, of those with one start the earlier first: a counting sort over places.
        for place in range(self.size + 1):
            append(&self.order, place)
            if place == self.size:
                break
            at = (<int32_t*>self.edge_heads.data)[place]
            while at >= 0:
                copied = (<Edge*>self.edges.data)[at]
                at = copied.following
                if copied.target > self.size and copied.entered and copied.entered <= self.arcs:
                    index = copied.entered - 1
                    edit = (<Edit*>self.edits.data)[index]
                    # A chain that a deletion leads into belongs to the place where it begins.
                    if edit.length and edit.start == place and copied.target == (<int32_t*>self.ranking.data)[index]:
                        for other in range(edit.length - 1):
                            append(&self.order, copied.target + other)
        return 0

    cdef int prefetch_words(self, const uint32_t* pool) except -1:
        """Have what the model knows of the pairs of characters of text and edits on its way from memory."""
        cdef uint32_t* characters = <uint32_t*>self.characters.data
        cdef int32_t place, index
        cdef Edit* edit
        for place in range(1, self.size):
            self.model.prefetch_pair(characters[place - 1], characters[place])
        for place in range(self.arcs):
            edit = <Edit*>self.edits.data + place
            if edit.length:
                self.model.prefetch_pair(pool[edit.first + edit.length - 1], characters[edit.end])
            for index in range(edit.first + 1, edit.first + edit.length):
                self.model.prefetch_pair(pool[index - 1], pool[index])
        return 0

    cdef int word(self, int32_t number, int32_t target, int32_t entered) except -1 nogil:
        grow(&self.words)
        cdef Word* new = <Word*>self.words.data + (self.words.count - 1)
        new.number = number
        new.target = target
        new.entered = entered
        return 0

    cdef int later(self, uint32_t node, int32_t place, int32_t entered, int32_t length) except -1 nogil:
        grow(&self.pending)
        cdef Pending* new = <Pending*>self.pending.data + (self.pending.count - 1)
        new.node = node
        new.place = place
        new.entered = entered
        new.length = length
        return 0

    cdef int find_words(self, int32_t node) except -1 nogil:
        """The words that start at `node`; number -1 stands for a character the model forgets everything at."""
        cdef int32_t at, number, entered, place, end
        cdef uint32_t child
        cdef Pending one
        cdef Edge edge
        self.words.count = 0
        at = (<int32_t*>self.edge_heads.data)[node]
        while at >= 0:
            edge = (<Edge*>self.edges.data)[at]
            at = edge.following
            child = self.model.step(self.model.size, edge.character)
            number = child if self.model.is_word(child) else -1
            if number < 0:
                for place in range(self.pauses):
                    if self.pause_marks[place] == edge.character:
                        number = self.pause_words[place]
                self.word(number, edge.target, edge.entered)
                continue
            self.word(number, edge.target, edge.entered)
            self.later(child, edge.target, edge.entered, 1)
            while self.pending.count:
                self.pending.count -= 1
                one = (<Pending*>self.pending.data)[self.pending.count]
                place = (<int32_t*>self.edge_heads.data)[one.place]
                while place >= 0:
                    edge = (<Edge*>self.edges.data)[place]
                    place = edge.following
                    child = self.model.step(one.node, edge.character)
                    if not child:
                        continue
                    entered = self.joined(one.entered, edge.entered)
                    if self.model.is_word(child):
                        self.word(child, edge.target, entered)
                    if one.length + 1 < self.crossing:
                        self.later(child, edge.target, entered, one.length + 1)
        if node < self.size:
            # Longer words only where nothing in them is edited.
            child = self.model.step(self.model.size, (<uint32_t*>self.characters.data)[node])
            if child:
                for end in range(node + 1, self.size):
                    child = self.model.step(child, (<uint32_t*>self.characters.data)[end])
                    if not child:
                        break
                    if end - node >= self.crossing and self.model.is_word(child):
                        self.word(child, end + 1, 0)
        return 0

    cdef bint ready(self) except -1 nogil:
        """Go to the next node that has hypotheses: find its words and rank the hypotheses; have what the model knows of
        all words after the `kept` best ones on its way from memory. False where no node is left."""
        cdef int32_t node, first
        while True:
            self.at += 1
            if self.at == self.order.count:
                # The end of the stretch has one hypothesis, that of the state which remembers nothing.
                append(&self.numbered, (<int32_t*>self.heads.data)[self.size])
                return False
            node = (<int32_t*>self.order.data)[self.at]
            first = (<int32_t*>self.heads.data)[node]
            if first >= 0 and node != self.size:
                break
        self.find_words(node)
        self.rank(first)
        self.prefetch_1()
        return True

    cdef int rank(self, int32_t at) except -1 nogil:
        """Put the hypotheses from `at` on, in their chain, in order: the `kept` first are worth expanding."""
        cdef Hypothesis* every = <Hypothesis*>self.hypotheses.data
        cdef int32_t* ranked
        cdef int32_t place, kept = 0, plain = at
        cdef double floor
        # Best first; of equals the earlier one.
        self.ranking.count = 0
        while at >= 0:
            grow(&self.ranking)
            ranked = <int32_t*>self.ranking.data
            place = self.ranking.count - 1
            while place > 0 and every[ranked[place - 1]].best < every[at].best:
                ranked[place] = ranked[place - 1]
                place -= 1
            ranked[place] = at
            if every[at].unedited > every[plain].unedited:
                plain = at
            at = every[at].following
        ranked = <int32_t*>self.ranking.data
        floor = every[ranked[0]].best - self.width
        while kept < self.ranking.count and kept < self.beam and every[ranked[kept]].best >= floor:
            if ranked[kept] == plain:
                plain = -1
            kept += 1
        if plain >= 0 and every[plain].unedited > _NEVER:
            ranked[kept] = plain
            kept += 1
        self.kept = kept
        return 0

    cdef int prefetch_1(self) except -1 nogil:
        """Have the first of what `take` reads on its way: one after the other its answers would be waited for."""
        cdef int32_t place, at
        cdef Hypothesis* every = <Hypothesis*>self.hypotheses.data
        cdef int32_t* ranked = <int32_t*>self.ranking.data
        cdef Word* words = <Word*>self.words.data
        for place in range(self.kept):
            if not _is_new(every, ranked, place):
                continue
            for at in range(self.words.count):
                if words[at].number >= 0:
                    self.model.prefetch_1(&every[ranked[place]].state, words[at].number)
        return 0

    cdef int prefetch_2(self) except -1 nogil:
        """The same for what is read next."""
        cdef int32_t place, at, number, missing = 0
        cdef Hypothesis* every = <Hypothesis*>self.hypotheses.data
        cdef int32_t* ranked = <int32_t*>self.ranking.data
        cdef Word* words = <Word*>self.words.data
        cdef Missing* pairs
        self.missing.count = 0
        reserve(&self.missing, self.kept * self.words.count)
        pairs = <Missing*>self.missing.data
        for place in range(self.kept):
            if not _is_new(every, ranked, place):
                continue
            for at in range(self.words.count):
                number = words[at].number
                if number >= 0 and self.model.prefetch_2(&every[ranked[place]].state, number):
                    pairs[missing].hypothesis = ranked[place]
                    pairs[missing].word = number
                    pairs[missing].before = (
                        every[ranked[place]].state.words[0] if every[ranked[place]].state.length else _NOTHING
                    )
                    missing += 1
        self.missing.count = missing
        return 0

    cdef int prefetch_3(self) except -1 nogil:
        """The same for the last of it."""
        cdef int32_t at
        cdef Missing* pairs = <Missing*>self.missing.data
        for at in range(self.missing.count):
            self.model.prefetch_3(&(<Hypothesis*>self.hypotheses.data)[pairs[at].hypothesis].state, pairs[at].word)
        return 0

    cdef int take(self) except -1 nogil:
        """Expand the hypotheses of the node by its words."""
        cdef State following
        cdef Word* words = <Word*>self.words.data
        cdef Word word
        cdef Hypothesis* one
        cdef int32_t place, at, number, hypothesis
        cdef float fluency
        cdef double total, unedited
        cdef double* log_odds = <double*>self.log_odds.data
        if self.model._own:
            _remember(self.model, <Missing*>self.missing.data, self.missing.count)
        self.missing.count = 0
        for place in range(self.kept):
            hypothesis = (<int32_t*>self.ranking.data)[place]
            append(&self.numbered, hypothesis)
            number = self.numbered.count - 1
            for at in range(self.words.count):
                word = words[at]
                one = <Hypothesis*>self.hypotheses.data + hypothesis
                if word.number >= 0:
                    fluency = self.model.extend(&one.state, word.number, &following)
                else:
                    fluency = 0.0
                    following.length = 0
                total = one.best + fluency
                if word.entered:
                    total += log_odds[word.entered]
                    unedited = _NEVER
                else:
                    unedited = one.unedited + fluency
                if word.target == self.size:
                    following.length = 0
                self.step(self.reach(word.target, &following, total, unedited), number, fluency, word.entered)
        return 0

    cdef int32_t reach(self, int32_t node, const State* state, double total, double unedited) except -1 nogil:
        """The hypothesis with `state` at `node`, made where there is none, with its best scores raised to these."""
        cdef int32_t at = (<int32_t*>self.heads.data)[node]
        cdef Hypothesis* one
        cdef uint64_t key = keyed(state)
        while at >= 0:
            one = <Hypothesis*>self.hypotheses.data + at
            if one.key == key:
                if total > one.best:
                    one.best = total
                if unedited > one.unedited:
                    one.unedited = unedited
                return at
            at = one.following
        grow(&self.hypotheses)
        at = self.hypotheses.count - 1
        one = <Hypothesis*>self.hypotheses.data + at
        one.state = state[0]
        one.key = key
        one.best = total
        one.unedited = unedited
        one.first = one.last = one.following = -1
        cdef int32_t* tail = <int32_t*>self.tails.data + node
        if tail[0] < 0:
            (<int32_t*>self.heads.data)[node] = at
        else:
            (<Hypothesis*>self.hypotheses.data)[tail[0]].following = at
        tail[0] = at
        return at

    cdef int step(self, int32_t target, int32_t number, double fluency, int32_t entered) except -1 nogil:
        grow(&self.steps)
        cdef int32_t at = self.steps.count - 1
        cdef Step* new = <Step*>self.steps.data + at
        new.previous = number
        new.fluency = fluency
        new.entered = entered
        new.following = -1
        cdef Hypothesis* one = <Hypothesis*>self.hypotheses.data + target
        if one.last < 0:
            one.first = at
        else:
            (<Step*>self.steps.data)[one.last].following = at
        one.last = at
        return 0


cdef tuple _flat(LatticeBuilder work):
    cdef int32_t index, at, count = 0
    cdef Step* steps = <Step*>work.steps.data
    cdef Hypothesis* every = <Hypothesis*>work.hypotheses.data
    cdef int32_t* firsts = <int32_t*>work.joint_first.data
    cdef int32_t* members = <int32_t*>work.joint_arcs.data
    for index in range(work.numbered.count):
        at = every[(<int32_t*>work.numbered.data)[index]].first
        while at >= 0:
            count += 1
            at = steps[at].following
    cdef array.array first = array.clone(_INTEGERS, work.numbered.count + 1, False)
    cdef array.array previous = array.clone(_INTEGERS, count, False)
    cdef array.array fluency = array.clone(_FLOATS, count, False)
    cdef array.array entered = array.clone(_INTEGERS, count, False)
    count = 0
    for index in range(work.numbered.count):
        first.data.as_ints[index] = count
        at = every[(<int32_t*>work.numbered.data)[index]].first
        while at >= 0:
            previous.data.as_ints[count] = steps[at].previous
            fluency.data.as_doubles[count] = steps[at].fluency
            entered.data.as_ints[count] = steps[at].entered
            count += 1
            at = steps[at].following
    first.data.as_ints[work.numbered.count] = count
    several = []
    for index in range(work.joint_first.count - 1):
        several.append(tuple([members[at] for at in range(firsts[index], firsts[index + 1])]))
    return first, previous, fluency, entered, several


cdef enum:
    #: Ways that a hypothesis hands on at most: each of them is compared with all others of the next one.
    _HANDED = 12


cdef class Condenser:
    """Condenses lattices; `scale` is what fluency is multiplied by before it is raised to e."""

    def __cinit__(self, double scale):
        self.scale = scale
        self.passed.size = sizeof(Passed)
        self.ways.size = sizeof(Way)
        self.first.size = self.previous.size = self.entered.size = sizeof(int32_t)
        self.weights.size = self.kept.size = sizeof(double)
        append(&self.first, 0)

    cdef int empty(self, double scale) except -1:
        """Forget what was condensed, and go on with another `scale`."""
        self.scale = scale
        self.first.count = self.previous.count = self.entered.count = self.weights.count = 0
        return append(&self.first, 0)

    def __dealloc__(self):
        free(self.passed.data)
        free(self.ways.data)
        free(self.kept.data)
        free(self.first.data)
        free(self.previous.data)
        free(self.entered.data)
        free(self.weights.data)

    cdef double condense(self, LatticeBuilder work) except -1.0:
        """Append the lattice that was built; the mass of its unedited readings."""
        cdef int32_t base = self.first.count - 1, index, low, last = work.numbered.count - 1
        cdef Passed* one
        cdef Way* ways
        self.look_back(work)
        self.ways.count = self.kept.count = 0
        for index in range(last + 1):
            one = <Passed*>self.passed.data + index
            if not one.onward and index < last:
                continue
            low = self.ways.count
            one.best = 0.0
            if index:
                self.gather(work, index)
            ways = <Way*>self.ways.data + low
            if index and index < last:
                if self.ways.count - low == 1 and not ways.entered:
                    one.stand_in, one.share = ways.previous, ways.weight
                    self.ways.count = low
                    continue
                if one.onward == 1 and self.ways.count - low <= _HANDED:
                    one.stand_in, one.first, one.last = -1, low, self.ways.count
                    continue
            one.stand_in, one.share = self.first.count - 1 - base, 1.0
            self.keep(base, ways, self.ways.count - low)
            self.ways.count = low
        return (<double*>self.kept.data)[self.kept.count - 1]

    cdef int look_back(self, LatticeBuilder work) except -1:
        """Find out from which hypotheses the end is reached, and how."""
        cdef Step* steps = <Step*>work.steps.data
        cdef Passed* passed
        cdef int32_t index, at, count = work.numbered.count
        self.passed.count = 0
        reserve(&self.passed, count)
        passed = <Passed*>self.passed.data
        memset(passed, 0, count * sizeof(Passed))
        for index in range(count - 1, -1, -1):
            if not passed[index].onward and index < count - 1:
                continue
            at = (<Hypothesis*>work.hypotheses.data)[(<int32_t*>work.numbered.data)[index]].first
            while at >= 0:
                passed[steps[at].previous].onward += 2 if steps[at].entered else 1
                at = steps[at].following
        return 0

    cdef int gather(self, LatticeBuilder work, int32_t hypothesis) except -1:
        """Add the ways into a hypothesis, those that are alike as one; the best of them weighs
        1 but for what was handed on."""
        cdef Step* steps = <Step*>work.steps.data
        cdef Passed* passed = <Passed*>self.passed.data
        cdef Passed* source
        cdef Way way
        cdef int32_t first = (<Hypothesis*>work.hypotheses.data)[(<int32_t*>work.numbered.data)[hypothesis]].first
        cdef int32_t at = first, index, low = self.ways.count
        cdef double best = float("-inf"), score, weight
        while at >= 0:
            score = passed[steps[at].previous].best + steps[at].fluency
            if score > best:
                best = score
            at = steps[at].following
        passed[hypothesis].best = best
        at = first
        while at >= 0:
            source = passed + steps[at].previous
            score = source.best + steps[at].fluency
            weight = exp(self.scale * (score - best)) if score < best else 1.0
            if source.stand_in >= 0:
                self.add(low, source.stand_in, steps[at].entered, weight * source.share)
            else:
                for index in range(source.first, source.last):
                    way = (<Way*>self.ways.data)[index]
                    self.add(low, way.previous, way.entered, weight * way.weight)
            at = steps[at].following
        return 0

    cdef int add(self, int32_t low, int32_t previous, int32_t entered, double weight) except -1:
        """Add a way to those from `low` on."""
        cdef Way* way
        cdef int32_t index
        for index in range(low, self.ways.count):
            way = <Way*>self.ways.data + index
            if way.previous == previous and way.entered == entered:
                way.weight += weight
                return 0
        grow(&self.ways)
        way = <Way*>self.ways.data + (self.ways.count - 1)
        way.previous, way.entered, way.weight = previous, entered, weight
        return 0

    cdef int keep(self, int32_t base, const Way* ways, int32_t count) except -1:
        """Append a hypothesis of the lattice whose first one is `base`; the start has no ways."""
        cdef int32_t index, place = self.previous.count
        cdef double kept = 0.0 if count else 1.0
        reserve(&self.previous, count)
        reserve(&self.entered, count)
        reserve(&self.weights, count)
        for index in range(count):
            (<int32_t*>self.previous.data)[place + index] = base + ways[index].previous
            (<int32_t*>self.entered.data)[place + index] = ways[index].entered
            (<double*>self.weights.data)[place + index] = ways[index].weight
            if not ways[index].entered:
                kept += (<double*>self.kept.data)[ways[index].previous] * ways[index].weight
        self.previous.count = self.entered.count = self.weights.count = place + count
        append(&self.first, place + count)
        grow(&self.kept)
        (<double*>self.kept.data)[self.kept.count - 1] = kept
        return 0
