cimport cython
from libc cimport math


@cython.locals(
    pairs=cython.int[::1], found=cython.double[::1], known=cython.bint, places=cython.int[::1], size=cython.int,
    count=cython.int, arc=cython.int, place=cython.int, number=cython.int[::1], first=cython.int[::1], members=cython.int[::1],
)
cpdef tuple likely_words(
    object table, const int[::1] pair_originals, const int[::1] drawn, double least, int originals
)


@cython.locals(
    found=cython.double[::1], places=cython.int[::1], starts=cython.int[::1], ends=cython.int[::1],
    chances=cython.double[::1], sure=cython.double[::1], arc=cython.int, place=cython.int,
)
cpdef object taken_places(object table, double least, int length)


@cython.locals(
    restored=cython.double[::1], wanted=cython.int[::1], index=cython.Py_ssize_t, number=cython.int, original=str,
    length=cython.Py_ssize_t, place=cython.Py_ssize_t, at=cython.Py_ssize_t, most=cython.double, first=cython.int[::1],
    number=cython.int, places=list, chances=list, known=cython.int[::1], given=cython.int[::1],
)
cpdef tuple standing_words(str text, list names, object numbers, object offered, object taken)


@cython.locals(
    starts=cython.int[::1], found=cython.double[::1], first=cython.int[::1], arcs=cython.int[::1],
    stand_first=cython.int[::1], stand_places=cython.int[::1], alone=cython.double, everywhere=cython.double,
    word=cython.int, low=cython.int, high=cython.int, chance=cython.double, at=cython.int, place=cython.int,
    behind=cython.bint, before=cython.bint,
)
cpdef tuple first_places(object table, tuple words, tuple stands, double least)


@cython.locals(
    starts=cython.int[::1], found=cython.double[::1], first=cython.int[::1], arcs=cython.int[::1],
    stand_first=cython.int[::1], mixed=cython.int, whole=cython.int, word=cython.int, place=cython.int,
    several=cython.bint, at=cython.int,
)
cpdef tuple mixed_words(object table, tuple words, tuple stands, double least)


@cython.locals(
    pairs=cython.int[::1], found=cython.double[::1], place_forms=cython.int[::1], chosen=cython.double[::1],
    left=cython.double[::1], known=cython.bint, place=cython.int, arc=cython.int, speaking=cython.double, against=cython.double,
)
cpdef void say_forms(
    object table, const int[::1] pair_forms, const int[::1] drawn, double least, double weight, double[::1] said
) except *


@cython.locals(
    pairs=cython.int[::1], starts=cython.int[::1], found=cython.double[::1], first=cython.int[::1], arcs=cython.int[::1],
    own=cython.double[::1], rivals=cython.double[::1], word=cython.int, several=cython.bint, at=cython.int,
    arc=cython.int, best=cython.double, index=cython.int, other=cython.int,
)
cpdef void say_targets(
    object table, tuple words, int pairs_known, double weight, double[::1] said
) except *


@cython.locals(
    starts=cython.int[::1], found=cython.double[::1], first=cython.int[::1], arcs=cython.int[::1],
    stand_first=cython.int[::1], stand_places=cython.int[::1], chances=cython.double[::1], lost=cython.double,
    gained=cython.double, some=cython.double, word=cython.int, low=cython.int, high=cython.int, total=cython.double,
    index=cython.int, at=cython.int, earlier=cython.double, restored=cython.double,
)
cpdef void say_standing(
    object table, tuple words, tuple stands, bint once, tuple weights, double[::1] said
) except *


@cython.locals(arc=cython.int)
cpdef void raise_factors(double[::1] factors, const double[::1] said) except *
