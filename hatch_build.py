"""Compiles the kernel and packs the lexicons while a wheel is built; without a compiler the wheel holds the same code as plain Python.
What was compiled is kept in `build`: a second installation from the same folder, with nothing changed, takes it from there.

`python hatch_build.py` compiles in place, for work on the code: do it again after every change of a compiled module, or
remove the results (`python hatch_build.py --clean`) and work on plain Python, as an editable install does.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand
    BuildHookInterface = object

ROOT = Path(__file__).parent
#: Modules of the package that are compiled: plain Python with a .pxd of types beside it, and Cython.
MODULES = (
    "kernel/native/lattice.pyx",
    "kernel/native/arcs.pyx",
    "kernel/native/matcher.pyx",
    "kernel/native/loglinear.pyx",
    "kernel/native/program.pyx",
    "kernel/em.py",
    "kernel/marks.py",
    "kernel/constraints.py",
)
#: Where the shipped lexicons lie in the wheel as a text takes from them.
CATALOGUE = "despin/data/catalogue.bin"
#: The compiled modules index their own arrays only, and never from the end.
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "cdivision": True,
    "initializedcheck": False,
    "annotation_typing": False,
    # Functions as C has them, and classes that say themselves how they are pickled: a tenth less code.
    "binding": False,
    "auto_pickle": False,
}
#: No debugging symbols, no tables for unwinding, nothing that is not reached, nothing filled up to even addresses: the wheel is a quarter
#: of a megabyte smaller for it, and as quick.
OPTIONS = [
    *("-O2", "-g0", "-fno-asynchronous-unwind-tables", "-ffunction-sections", "-fdata-sections"),
    *("-fno-align-functions", "-fno-align-loops", "-fno-align-jumps", "-fno-align-labels"),
]
#: Modules that few texts ask much of are made small.
SMALL = ("kernel/native/loglinear.pyx", "kernel/constraints.py", "kernel/marks.py")
LINKING = ["-Wl,-s", "-Wl,--gc-sections"]


#: What is said, once, where nothing can be compiled.
PLAIN = "despin is installed as plain Python, which does the same more slowly: nothing could be compiled"
CURE = (
    "For the fast one install a C compiler and Python's headers (Debian: gcc and python3-dev; macOS: xcode-select "
    "--install; Windows: the C++ build tools of Visual Studio), then install despin again with --force-reinstall."
)


class CompilerError(Exception):
    """No C compiler that works, or no headers of Python."""


class Compile(BuildHookInterface):  # type: ignore[misc]
    """The build hook. `DESPIN_PURE=1` compiles nothing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add packed lexicons and compiled modules to the wheel, if they can be made."""
        if version == "editable":
            return
        self._folder = tempfile.TemporaryDirectory()
        catalogue = make_catalogue(Path(self._folder.name, "cache"))
        if catalogue is not None:
            build_data["force_include"][str(catalogue)] = CATALOGUE
        if os.environ.get("DESPIN_PURE"):
            return
        kept = ROOT / "build" / f"compiled-{signature()}"
        try:
            built = compiled_before(kept)
            if not built:
                built = compile_modules(Path(self._folder.name))
                keep(built, kept)
        except (Exception, SystemExit) as error:
            cause = str(error) if isinstance(error, CompilerError) else f"{type(error).__name__}: {error}"
            self.app.display_warning(f"{PLAIN} ({cause}). {CURE}")
            return
        for file, inside in built.items():
            build_data["force_include"][str(file)] = inside
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was compiled."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def make_catalogue(folder: Path) -> Path | None:
    """The shipped lexicons as `despin.channel.catalogue` keeps them, made within `folder`; None where that cannot be: then every cache
    folder gets its own."""
    # What the build asked for may lie on this path.
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    variables = {**os.environ, "DESPIN_CACHE": str(folder), "DESPIN_PURE": "1", "PYTHONPATH": path}
    command = [sys.executable, "-c", "from despin.channel.catalogue import shipped; shipped()"]
    subprocess.run(command, cwd=ROOT, env=variables, check=False, capture_output=True)
    return next(folder.glob("catalogue-*.bin"), None)


def signature() -> str:
    """A digest of what compiled modules depend on: sources, Python, compiler and its options."""
    asked: list[str | None] = [os.environ.get(name) for name in ("CC", "CFLAGS", "CPPFLAGS", "LDFLAGS", "ARCHFLAGS")]
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        asked += [importlib.metadata.version(name) for name in ("cython", "setuptools")]
    digest = hashlib.sha256(repr([sys.version, sysconfig.get_platform(), platform.libc_ver(), *asked]).encode())
    for path in sorted((ROOT / "despin" / "kernel").rglob("*.p*")):
        if path.suffix in {".py", ".pyx", ".pxd", ".pxi"}:
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:16]


def compiled_before(kept: Path) -> dict[Path, str]:
    """The files that `keep` put into a folder, with their places in the package; none where one is missing."""
    found = {path: path.relative_to(kept).as_posix() for path in kept.rglob("*.*") if path.is_file()}
    return found if len(found) == len(MODULES) else {}


def keep(built: dict[Path, str], kept: Path) -> None:
    """Put compiled modules where the next installation from this folder finds them; those of other sources go."""
    with contextlib.suppress(OSError):
        for old in kept.parent.glob("compiled-*"):
            shutil.rmtree(old, ignore_errors=True)
        for file, inside in built.items():
            (kept / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, kept / f"{inside}.part")
        for inside in built.values():
            os.replace(kept / f"{inside}.part", kept / inside)


def compile_modules(folder: Path) -> dict[Path, str]:
    """Compile the modules within `folder`, side by side on the cores there are; the files made, with their places in the
    package. Raises `CompilerError` where there is none, else what compilers raise."""
    check_compiler(folder / "check")
    from Cython.Build import cythonize
    from Cython.Compiler import Options
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    # Nobody asks compiled code what its functions do.
    Options.docstrings = False

    class Told(build_ext):  # type: ignore[misc]
        """Says which module is compiled: seen with `pip install -v`."""

        def build_extension(self, ext: Any) -> None:
            print(f"compiling {ext.name}", flush=True)
            super().build_extension(ext)

    options = [] if sys.platform == "win32" else OPTIONS
    linking = LINKING if sys.platform.startswith("linux") else []
    cores = count_cores()
    extensions = [
        Extension(
            "despin." + module.rsplit(".", 1)[0].replace("/", "."),
            [f"despin/{module}"],
            extra_compile_args=[*options, "-Os"] if options and module in SMALL else options,
            extra_link_args=linking,
        )
        for module in MODULES
    ]
    with contextlib.chdir(ROOT) if sys.version_info >= (3, 11) else _inside(ROOT):
        modules = cythonize(
            extensions,
            build_dir=str(folder / "c"),
            compiler_directives=DIRECTIVES,
            nthreads=cores if cores > 1 else 0,
            language_level=3,
        )
        command = Told(Distribution({"name": "despin", "ext_modules": modules}))
        command.build_lib, command.build_temp = str(folder / "lib"), str(folder / "temp")
        command.parallel = cores
        command.ensure_finalized()
        command.run()
    return {Path(file): Path(file).relative_to(folder / "lib").as_posix() for file in command.get_outputs()}


def check_compiler(folder: Path) -> None:
    """Compile two modules of a line within `folder`, without and with Python's headers. Raises `CompilerError`."""
    line = "void *PyInit_{}(void) {{ return 0; }}\n"
    if not _compiles("without", line, folder):
        raise CompilerError("there is no C compiler that works")
    if not _compiles("with", "#include <Python.h>\nPyMODINIT_FUNC PyInit_{}(void) {{ return 0; }}\n", folder):
        raise CompilerError("Python's headers (Python.h) are missing")


def _compiles(name: str, code: str, folder: Path) -> bool:
    """Whether a module is made of this C; what the compiler says of it is not shown."""
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    folder.mkdir(parents=True, exist_ok=True)
    source = folder / f"{name}_headers.c"
    source.write_text(code.format(source.stem), "utf-8")
    command = build_ext(Distribution({"name": "check", "ext_modules": [Extension(source.stem, [str(source)])]}))
    command.build_lib, command.build_temp = str(folder / "lib"), str(folder / "temp")
    with _silence():
        try:
            command.ensure_finalized()
            command.run()
        except (Exception, SystemExit):
            return False
    return all(Path(file).is_file() for file in command.get_outputs())


@contextlib.contextmanager
def _silence() -> Any:
    """Nothing is printed meanwhile, by this process or those it starts."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    before = [os.dup(1), os.dup(2)]
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        for number, old in zip((1, 2), before, strict=True):
            os.dup2(old, number)
            os.close(old)


def count_cores() -> int:
    """How many cores this process may use."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def _inside(folder: Path) -> Any:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def main(arguments: list[str]) -> None:
    """Compile in place, or remove what was compiled there."""
    with tempfile.TemporaryDirectory() as folder:
        made = {} if "--clean" in arguments else compile_modules(Path(folder))
        for old in (ROOT / "despin" / "kernel").rglob("*.*"):
            if old.suffix in {".so", ".pyd"}:
                old.unlink()
        for file, inside in made.items():
            shutil.move(file, ROOT / inside)
            print(inside)


if __name__ == "__main__":
    main(sys.argv[1:])
