cimport cython
from libc cimport math


@cython.locals(
    hypotheses=cython.int, here=cython.int, step=cython.int,
    best=cython.double, score=cython.double, unedited=cython.double, weight=cython.double,
    forward=cython.double[::1], kept=cython.double[::1],
)
cpdef tuple tempered(
    const int[::1] first, const int[::1] previous, const double[::1] fluency, const int[::1] entered, double scale,
    double[::1] weights
)


@cython.locals(here=cython.int, step=cython.int, total=cython.double, flow=cython.double)
cdef inline double _forward(
    int low, int high, const int[::1] first, const int[::1] previous, const double[::1] weights, const int[::1] entered,
    const double[::1] factors, double[::1] flows, double[::1] alpha
) noexcept


@cython.locals(here=cython.int, step=cython.int, after=cython.double, flow=cython.double)
cdef inline void _backward(
    int low, int high, const int[::1] first, const int[::1] previous, const int[::1] entered, const double[::1] flows,
    const double[::1] alpha, double[::1] beta, double[::1] taken
) noexcept


@cython.locals(index=cython.int, place=cython.int, value=cython.double)
cdef inline void _enter(
    int arc, int arc_end, int joint, int joint_end, const int[::1] joint_first, const int[::1] joint_arcs,
    const double[::1] odds, double[::1] factors, double[::1] taken
) noexcept


@cython.locals(
    piece=cython.int, low=cython.int, high=cython.int, arc=cython.int, end=cython.int, joint=cython.int,
    joint_end=cython.int, index=cython.int, place=cython.int, mass=cython.double, value=cython.double,
)
cdef void _weigh(
    const int[::1] arc_first, const int[::1] hypothesis_first, const int[::1] first, const int[::1] previous,
    const double[::1] weights, const int[::1] entered, const int[::1] joint_of, const int[::1] joint_first,
    const int[::1] joint_arcs, const int[::1] active, const double[::1] odds, double[::1] found, double[::1] whole,
    double[::1] factors, double[::1] taken, double[::1] flows, double[::1] alpha, double[::1] beta
) noexcept


@cython.locals(high=cython.int, arcs=cython.int, joints=cython.int, mass=cython.double)
cpdef double posteriors(
    const int[::1] first, const int[::1] previous, const double[::1] weights, const int[::1] entered,
    const int[::1] joint_first, const int[::1] joint_arcs, const double[::1] odds, double[::1] found
) except -1.0


cdef class Columns:
    cdef int[::1] arc_first, source_first, families, both_ways, keys, hypothesis_first, step_first, previous, entered
    cdef int[::1] joint_of, joint_first, joint_arcs, places, place_first, place_forms, sets, starts, ends, pairs, offers
    cdef int[::1] active
    cdef double[::1] odds, found, gains, masses, step_weights, other_odds, other_found, factors, taken, alpha, beta
    cdef double[::1] flows
    cdef double[::1] weights, whole

    cdef void _divide(
        self, double[::1] room, Py_ssize_t arcs, Py_ssize_t pieces, Py_ssize_t entries, Py_ssize_t hypotheses
    ) except *
    cpdef void take(self, double[::1] weights) except *


cdef class Estimate:
    cdef Columns columns
    cdef double[::1] rates, full, unspun, standing, spun, context, room
    cdef int[::1] key_families
    cdef double stiffness, replacing, phantom

    cpdef void follow(self, double[::1] context) except *


cdef Columns _columns_of(Estimate estimate)


@cython.locals(index=cython.Py_ssize_t)
cpdef void clear(double[::1] values) except *


@cython.locals(
    arc_first=cython.int[::1], source_first=cython.int[::1], families=cython.int[::1], weights=cython.double[::1],
    both_ways=cython.int[::1], keys=cython.int[::1], odds=cython.double[::1], found=cython.double[::1],
    active=cython.int[::1], known=cython.bint, piece=cython.int, arc=cython.int, source=cython.int, family=cython.int,
    total=cython.double, elsewhere=cython.double, left=cython.double, own=cython.double,
)
cdef void _fill_odds(
    Columns columns, const double[::1] rates, const double[::1] raised, const double[::1] spun,
    const double[::1] standing, const double[::1] context, double stiffness
) noexcept


@cython.locals(piece=cython.int)
cdef void _expect(Columns columns) noexcept


@cython.locals(columns=Columns, family=cython.int)
cpdef void e_step(Estimate estimate) except *


@cython.locals(columns=Columns, factors=cython.double[::1], family=cython.int)
cpdef void first_step(
    object table, const double[::1] rates, const double[::1] full, double replacing, Py_ssize_t keys
) except *


@cython.locals(
    columns=Columns, rates=cython.double[::1], full=cython.double[::1], spun=cython.double[::1],
    room=cython.double[::1], source_first=cython.int[::1], families=cython.int[::1], keys=cython.int[::1],
    found=cython.double[::1], weights=cython.double[::1], key_families=cython.int[::1], count=cython.int,
    family=cython.int, key=cython.int, arc=cython.int, source=cython.int, total=cython.double, scale=cython.double,
    share=cython.double, phantom=cython.double, rate=cython.double,
)
cpdef void m_step(Estimate estimate) except *


cpdef void passes(Estimate estimate, int turns) except *


@cython.locals(room=cython.double[::1])
cpdef void add_gains(
    object table, int wanted, const double[::1] rates, double ceiling, double[::1] sums,
    int[::1] counts
) except *


@cython.locals(
    arc_first=cython.int[::1], source_first=cython.int[::1], families=cython.int[::1], weights=cython.double[::1],
    sets=cython.int[::1], odds=cython.double[::1], active=cython.int[::1], piece=cython.int,
    arc=cython.int, source=cython.int, total=cython.double, gain=cython.double,
)
cdef void _add_gains(
    Columns columns, int wanted, const double[::1] rates, double ceiling, double[::1] sums,
    int[::1] counts, double[::1] surprise
) noexcept


@cython.locals(
    low=cython.int, high=cython.int, arc=cython.int, place=cython.int, form=cython.int, whole=cython.double,
    left=cython.double, part=cython.double,
)
cdef void _share_gain(
    Columns columns, int piece, const double[::1] found, double[::1] surprise, double gain, double ceiling,
    double[::1] sums, int[::1] counts
) noexcept


@cython.locals(
    columns=Columns, parts=cython.double[::1], numbers=cython.int[::1], room=cython.double[::1], piece=cython.int,
    pieces=cython.int, line=cython.int, form=cython.int,
)
cpdef void line_gains(
    object table, const int[::1] lines, double ceiling, Py_ssize_t forms, double[::1] found
) except *


@cython.locals(index=cython.Py_ssize_t)
cpdef bint any_marked(const int[::1] places, const unsigned char[::1] marks)


@cython.locals(index=cython.Py_ssize_t)
cpdef void scale(double[::1] values, double factor) except *


@cython.locals(form=cython.int, part=cython.double, total=cython.double)
cpdef double join_bursts(double[::1] parts, const int[::1] counts, double ceiling) except? -1.0


@cython.locals(
    count=cython.int, first=cython.int[::1], families=cython.int[::1], roots=cython.double[::1],
    ratio=cython.double[::1], left=cython.double[::1], logs=cython.double[::1], own=cython.double[::1],
    parts=cython.double[::1], numbers=cython.int[::1], family=cython.int, original=cython.int, place=cython.int,
    form=cython.int, known=cython.int, surprise=cython.double[::1], columns=Columns,
)
cpdef object beside(
    object table, const double[::1] rates, const int[::1] believed, const int[::1] tried, const int[::1] bits,
    tuple exposed, double ceiling, int forms
)


@cython.locals(offers=cython.int[::1], source=cython.int)
cpdef object without_offers(object table, const int[::1] unwanted)


@cython.locals(arc_first=cython.int[::1], piece=cython.int, arc=cython.int)
cpdef void believe(object table, const double[::1] beliefs, double[::1] found) except *


@cython.locals(index=cython.int, said=cython.double, size=cython.double)
cpdef void calibrate(double[::1] found, double even, double slope, double lift) except *


@cython.locals(
    columns=Columns, arc_first=cython.int[::1], starts=cython.int[::1], ends=cython.int[::1], piece=cython.int,
    low=cython.int, high=cython.int, arc=cython.int, other=cython.int, free=cython.bint, apart=cython.bint,
    end=cython.int, chosen=list, places=cython.int[::1], source_first=cython.int[::1], families=cython.int[::1],
    weights=cython.double[::1], offers=cython.int[::1], offer=cython.int, others=list, whole=cython.double,
)
cpdef list pick(
    object table, const double[::1] confidences, const double[::1] rates, double bar, double least, double sure=*,
    double together=*
)


cpdef list rivals(object table, const double[::1] confidences, int arc, int low, int high, double least)


@cython.locals(place=cython.int, other=cython.int, found=list)
cdef list _rivals(
    const int[::1] places, const double[::1] confidences, int arc, int low, int high, double least
)


cpdef int best_offer(object table, const double[::1] rates, int arc) except -1


@cython.locals(best=cython.int, source=cython.int, ahead=cython.double)
cdef int _best_source(
    const int[::1] source_first, const int[::1] families, const double[::1] weights, const double[::1] rates, int arc
) noexcept


@cython.locals(
    size=cython.int, place=cython.int, at=cython.int, index=cython.int,
    first=cython.int[::1], found=cython.int[::1], square=cython.double[::1],
)
cpdef tuple expose(
    const int[::1] patterns, const int[::1] counts, const int[::1] exposed_first, const int[::1] exposed,
    double[::1] unspun
)


@cython.locals(original=cython.int, place=cython.int, kept=cython.double, total=cython.double)
cpdef double left_standing(
    const int[::1] family_first, const int[::1] families, const double[::1] roots, const double[::1] rates
) except? 1.0


@cython.locals(
    line=cython.int, place=cython.int, index=cython.int, whole=cython.double, total=cython.double,
)
cpdef void kept_standing(
    const int[::1] first, const int[::1] patterns, const int[::1] counts, const int[::1] exposed_first,
    const int[::1] exposed, const double[::1] kept, double[::1] found
) except *
