"""Whether modules that were compiled in place are those of the sources beside them. Looked at in a checkout only: a
wheel holds neither this file nor sources."""

from __future__ import annotations

import hashlib
import sys
import sysconfig
from pathlib import Path

KERNEL = Path(__file__).parent
#: Python sources that are compiled; all others are Cython.
COMPILED = ("em.py", "ratios.py", "picking.py", "marks.py", "constraints.py")
#: What `hatch_build.py` writes: the digest of what it compiled.
STAMP = KERNEL / f"compiled-{sys.implementation.cache_tag}"


def digest() -> str:
    """The SHA-256 of all that is compiled, names included."""
    found = hashlib.sha256()
    sources = [*KERNEL.rglob("*.pyx"), *KERNEL.rglob("*.px[di]"), *(KERNEL / name for name in COMPILED)]
    for path in sorted(sources):
        found.update(path.relative_to(KERNEL).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def fault() -> str:
    """What is wrong, with the command that mends it, where a module is not compiled for this Python, or
    of other sources; else nothing."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    modules = [*KERNEL.rglob("*.pyx"), *(KERNEL / name for name in COMPILED)]
    cure = f"run `python hatch_build.py` in {KERNEL.parents[1]} (it needs cython and setuptools), or `pip install -e .`"
    for source in modules:
        if not source.with_name(f"{source.stem}{suffix}").is_file():
            return f"{source} is not compiled for this Python: {cure}"
    if not STAMP.is_file() or STAMP.read_text("utf-8") != digest():
        return f"{KERNEL} was compiled of other sources than those that stand there now: {cure}"
    return ""
