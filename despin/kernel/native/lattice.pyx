# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Where lattices are built: a graph of characters with the edits beside it, its words, and hypotheses node by node."""

from libc.stdint cimport int32_t, uint32_t, uint64_t
from libc.stdlib cimport free

from despin.kernel.native.lm cimport State, Trigrams
from despin.kernel.native.vectors cimport Vector, append, grow, reserve

cdef double _NEVER = float("-inf")


cdef class Scratch:
    def __cinit__(self, Trigrams model, int crossing, dict pauses):
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
        self.missing.size = sizeof(int32_t)

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
        """Begin the lattice of `characters` (the last of which no word contains) and `edits`. It is done once `ready` says
        that no node is left; what the model knows comes from memory between the four calls a node, so whoever has several
        lattices to build makes each call for all of them in turn."""
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

    cdef int members(self, int32_t entered) except -1:
        """Add the arcs behind a number to the joint that is being made."""
        cdef int32_t joint, at
        if entered <= self.arcs:
            return append(&self.joint_arcs, entered - 1)
        joint = entered - self.arcs - 1
        for at in range((<int32_t*>self.joint_first.data)[joint], (<int32_t*>self.joint_first.data)[joint + 1]):
            append(&self.joint_arcs, (<int32_t*>self.joint_arcs.data)[at])
        return 0

    cdef int32_t joined(self, int32_t one, int32_t other) except -1:
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
        """The characters of the text as a chain, and a side chain for every arc; then the nodes in topological order."""
        cdef int32_t place, node, entered, index, at, other, deletions = 0
        cdef int32_t* chain
        cdef Edge copied
        cdef Edit edit
        for place in range(self.size + 1):
            self.node()
        self.expect_words(pool)
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

    cdef int expect_words(self, const uint32_t* pool) except -1:
        """Have what the model knows of the pairs of characters of text and edits on its way from memory."""
        cdef uint32_t* characters = <uint32_t*>self.characters.data
        cdef int32_t place, index
        cdef Edit* edit
        for place in range(1, self.size):
            self.model.expect_pair(characters[place - 1], characters[place])
        for place in range(self.arcs):
            edit = <Edit*>self.edits.data + place
            if edit.length:
                self.model.expect_pair(pool[edit.first + edit.length - 1], characters[edit.end])
            for index in range(edit.first + 1, edit.first + edit.length):
                self.model.expect_pair(pool[index - 1], pool[index])
        return 0

    cdef int word(self, int32_t number, int32_t target, int32_t entered) except -1:
        grow(&self.words)
        cdef Word* new = <Word*>self.words.data + (self.words.count - 1)
        new.number = number
        new.target = target
        new.entered = entered
        return 0

    cdef int later(self, uint32_t node, int32_t place, int32_t entered, int32_t length) except -1:
        grow(&self.pending)
        cdef Pending* new = <Pending*>self.pending.data + (self.pending.count - 1)
        new.node = node
        new.place = place
        new.entered = entered
        new.length = length
        return 0

    cdef int find_words(self, int32_t node) except -1:
        """The words that start at `node`; number -1 stands for a character the model forgets everything at."""
        cdef int32_t at, number, entered, place, end
        cdef uint32_t child
        cdef Pending one
        cdef Edge edge
        cdef Trigrams model = self.model
        self.words.count = 0
        at = (<int32_t*>self.edge_heads.data)[node]
        while at >= 0:
            edge = (<Edge*>self.edges.data)[at]
            at = edge.following
            child = model.step(model.size, edge.character)
            number = child if model.is_word(child) else -1
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
                    child = model.step(one.node, edge.character)
                    if not child:
                        continue
                    entered = self.joined(one.entered, edge.entered)
                    if model.is_word(child):
                        self.word(child, edge.target, entered)
                    if one.length + 1 < self.crossing:
                        self.later(child, edge.target, entered, one.length + 1)
        if node < self.size:
            # Longer words only where nothing in them is edited.
            child = model.step(model.size, (<uint32_t*>self.characters.data)[node])
            if child:
                for end in range(node + 1, self.size):
                    child = model.step(child, (<uint32_t*>self.characters.data)[end])
                    if not child:
                        break
                    if end - node >= self.crossing and model.is_word(child):
                        self.word(child, end + 1, 0)
        return 0

    cdef bint ready(self) except -1:
        """Go to the next node that has hypotheses: find its words and rank the hypotheses; have what the model knows of all
        words after the `kept` best ones on its way from memory. False where no node is left."""
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
        self.expect()
        return True

    cdef int rank(self, int32_t at) except -1:
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

    cdef int expect(self) except -1:
        """Have the first of what `take` reads on its way: one after the other its answers would be waited for."""
        cdef int32_t place, at
        cdef Hypothesis* every = <Hypothesis*>self.hypotheses.data
        cdef int32_t* ranked = <int32_t*>self.ranking.data
        cdef Word* words = <Word*>self.words.data
        for place in range(self.kept):
            for at in range(self.words.count):
                if words[at].number >= 0:
                    self.model.expect(&every[ranked[place]].state, words[at].number)
        return 0

    cdef int expect_more(self) except -1:
        """The same for what is read next."""
        cdef int32_t place, at, number, missing = 0
        cdef Hypothesis* every = <Hypothesis*>self.hypotheses.data
        cdef int32_t* ranked = <int32_t*>self.ranking.data
        cdef Word* words = <Word*>self.words.data
        cdef int32_t* pairs
        self.missing.count = 0
        reserve(&self.missing, 2 * self.kept * self.words.count)
        pairs = <int32_t*>self.missing.data
        for place in range(self.kept):
            for at in range(self.words.count):
                number = words[at].number
                if number >= 0 and self.model.expect_more(&every[ranked[place]].state, number):
                    pairs[missing] = ranked[place]
                    pairs[missing + 1] = number
                    missing += 2
        self.missing.count = missing
        return 0

    cdef int expect_most(self) except -1:
        """The same for the last of it."""
        cdef int32_t at
        cdef int32_t* pairs = <int32_t*>self.missing.data
        for at in range(0, self.missing.count, 2):
            self.model.expect_most(&(<Hypothesis*>self.hypotheses.data)[pairs[at]].state, pairs[at + 1])
        return 0

    cdef int take(self) except -1:
        """Expand the hypotheses of the node by its words."""
        cdef State following
        cdef Word* words = <Word*>self.words.data
        cdef Word word
        cdef Hypothesis* one
        cdef int32_t place, at, number, hypothesis
        cdef float fluency
        cdef double total, unedited
        cdef double* log_odds = <double*>self.log_odds.data
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

    cdef int32_t reach(self, int32_t node, const State* state, double total, double unedited) except -1:
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

    cdef int step(self, int32_t target, int32_t number, double fluency, int32_t entered) except -1:
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
