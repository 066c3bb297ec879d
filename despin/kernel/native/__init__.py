"""The inner loops in Cython; each module has a plain twin, most of them of its name, in `despin.kernel.pure`."""
