"""The inner loops in Cython. What the classes take and give stands in the `.pyi` beside each source,
and in the source what that means.

Importing anything of this package raises `NotCompiledError` where the compiled modules are
missing, or are those of other sources.
"""

from importlib import import_module
from pathlib import Path

from despin.errors import NotCompiledError

if Path(__file__).parents[1].joinpath("checkout.py").is_file():  # in no wheel
    from despin.kernel.checkout import fault

    if found := fault():
        raise NotCompiledError(found)

try:
    import_module("despin.kernel.native.lattice")
except ImportError as error:
    raise NotCompiledError(
        f"the compiled modules of despin cannot be loaded ({error}); install despin again with `pip install "
        "--force-reinstall`, or run `python hatch_build.py` in its sources"
    ) from None
