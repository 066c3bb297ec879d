"""The inner loops in Cython. What the classes take and give stands in the `.pyi` beside each source, and in the source what that means.

Importing anything of this package raises `NotCompiledError` where the compiled modules are missing.
"""

from importlib import import_module

from despin.errors import NotCompiledError

try:
    import_module("despin.kernel.native.lattice")
except ImportError as error:
    raise NotCompiledError(
        f"the compiled modules of despin cannot be loaded ({error}); install despin again with `pip install "
        "--force-reinstall`, or run `python hatch_build.py` in its sources"
    ) from None
