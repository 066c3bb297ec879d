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


@cython.locals(
    hypotheses=cython.int, arcs=cython.int, joints=cython.int, arc=cython.int, joint=cython.int, place=cython.int,
    here=cython.int, step=cython.int, source=cython.int,
    total=cython.double, after=cython.double, value=cython.double, mass=cython.double,
    alpha=cython.double[::1], beta=cython.double[::1], factors=cython.double[::1], taken=cython.double[::1],
)
cpdef double posteriors(
    const int[::1] first, const int[::1] previous, const double[::1] weights, const int[::1] entered,
    const int[::1] joint_first, const int[::1] joint_arcs, const double[::1] odds, double[::1] found
) except -1.0


@cython.locals(arc=cython.int, source=cython.int, total=cython.double, some=cython.bint)
cpdef bint plain_odds(
    const int[::1] source_first, const int[::1] families, const double[::1] weights, const double[::1] rates,
    double[::1] odds
) except -1


@cython.locals(
    some=cython.bint, known=cython.bint, arc=cython.int, source=cython.int, family=cython.int,
    total=cython.double, rate=cython.double, elsewhere=cython.double, left=cython.double, own=cython.double,
)
cpdef bint document_odds(
    const int[::1] source_first, const int[::1] families, const double[::1] weights, const int[::1] both_ways,
    const int[::1] keys, const int[::1] pairs, const double[::1] rates, const double[::1] kept,
    const double[::1] spun, const double[::1] standing, const double[::1] topic, double stiffness,
    const double[::1] posteriors, double[::1] odds
) except -1


@cython.locals(
    arc=cython.int, source=cython.int, posterior=cython.double, total=cython.double, scale=cython.double,
    share=cython.double,
)
cpdef void count_spun(
    const int[::1] source_first, const int[::1] families, const double[::1] weights, const int[::1] keys,
    const double[::1] rates, const double[::1] posteriors, double[::1] by_family, double[::1] by_key
) except *


@cython.locals(
    arc=cython.int, place=cython.int, form=cython.int, share=cython.double, left=cython.double, part=cython.double,
    whole=cython.double, shares=cython.double[::1], surprise=cython.double[::1], seen=cython.int[::1],
)
cpdef void share_gain(
    const int[::1] places, const int[::1] place_forms, const int[::1] forms, const double[::1] posteriors,
    double gain, double ceiling, double[::1] sums, int[::1] counts
) except *


@cython.locals(original=cython.int, place=cython.int, kept=cython.double, total=cython.double)
cpdef double left_standing(
    const int[::1] family_first, const int[::1] families, const double[::1] roots, const double[::1] rates
) except? 1.0


@cython.locals(key=cython.int)
cpdef void count_proven(
    const int[::1] key_families, const double[::1] by_key, const double[::1] standing, double[::1] proven,
    double[::1] left
) except *


@cython.locals(arc=cython.int, place=cython.int, shares=cython.double[::1], forms=cython.int[::1])
cpdef void count_meant(
    const int[::1] pairs, const int[::1] pair_originals, const int[::1] pair_forms, const int[::1] places,
    int place_count, const double[::1] posteriors, double[::1] originals, double[::1] meant
) except *
