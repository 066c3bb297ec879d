# Objects of classes with slots, made without a call.

cdef extern from *:
    """
    #include <structmember.h>
    /* Where a class that has slots keeps one of them in its objects. */
    static Py_ssize_t slot_of(PyObject *kind, PyObject *name) {
        Py_ssize_t place = -1;
        PyObject *found = PyObject_GetAttr(kind, name);
        if (found == NULL) return -1;
        if (PyObject_TypeCheck(found, &PyMemberDescr_Type)) {
            PyMemberDef *member = ((PyMemberDescrObject *)found)->d_member;
            if (member->type == T_OBJECT_EX) place = member->offset;
        }
        Py_DECREF(found);
        if (place < 0) PyErr_Format(PyExc_TypeError, "%R is no slot of %R", name, kind);
        return place;
    }
    /* Fill a slot that is empty. */
    static inline void fill_slot(PyObject *target, Py_ssize_t place, PyObject *value) {
        Py_INCREF(value);
        *(PyObject **)((char *)target + place) = value;
    }
    /* An object of a class that has slots, all of them empty. */
    static inline PyObject *empty_of(PyObject *kind) {
        return PyType_GenericAlloc((PyTypeObject *)kind, 0);
    }
    static inline PyObject *slot_at(PyObject *target, Py_ssize_t place) {
        return *(PyObject **)((char *)target + place);
    }
    """
    Py_ssize_t slot_of(object kind, object name) except -1
    void fill_slot(object target, Py_ssize_t place, object value)
    object empty_of(object kind)
    void* slot_at(object target, Py_ssize_t place)
