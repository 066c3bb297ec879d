"""Compiles the kernel and packs the lexicons while a wheel is built. A build that cannot compile fails and says why.

Where there is no C compiler, the build asks for one from the package index (`ziglang`, which holds Clang). What was compiled is kept in
`build`: a second installation from the same folder, with nothing changed, takes it from there. An editable install compiles in place;
so does `python hatch_build.py`: do it again after every change of a compiled module (`--clean` removes what was compiled).
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
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
    "kernel/native/program.pyx",
    "kernel/native/network.pyx",
    "kernel/em.py",
    "kernel/ratios.py",
    "kernel/picking.py",
    "kernel/marks.py",
    "kernel/constraints.py",
)
#: Where the shipped lexicons lie in the wheel as a text takes from them.
CATALOGUE = "despin/data/catalogue.bin"
#: What is indexed by numbers from elsewhere is looked at; nothing is indexed from the end.
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": True,
    "wraparound": False,
    "cdivision": True,
    "initializedcheck": False,
    "annotation_typing": False,
    # Functions as C has them, and classes that say themselves how they are pickled: a tenth less code.
    "binding": False,
    "auto_pickle": False,
}
#: Options that compilers are asked for one by one, and that those are spared that do not know them. No debugging symbols, no tables for
#: unwinding, nothing that is not reached, nothing filled up to even addresses: the wheel is a quarter of a megabyte smaller for it, and
#: as quick. Sums and products are rounded one by one: every compiler and processor then gives the same figures.
OPTIONS = [
    *("-O2", "-g0", "-fno-asynchronous-unwind-tables", "-ffunction-sections", "-fdata-sections", "-ffp-contract=off"),
    *("-fno-align-functions", "-fno-align-loops", "-fno-align-jumps", "-fno-align-labels"),
    # What GCC 14 and Clang 16 refuse, no older compiler lets pass.
    *("-Werror=incompatible-pointer-types", "-Werror=int-conversion", "-Werror=implicit-function-declaration"),
]
#: Modules that few texts ask much of are made small.
SMALL = ("kernel/constraints.py", "kernel/marks.py")
LINKING = ["-Wl,-s", "-Wl,--gc-sections"]
#: Written beside modules that are compiled in place: the digest of what they were made of (`despin.kernel.checkout` reads it).
STAMP = ROOT / "despin" / "kernel" / f"compiled-{sys.implementation.cache_tag}"

#: The compiler that is asked for where there is none. Later versions may take other options.
ZIG = "ziglang>=0.16,<0.18"
#: Code for no processor in particular, and no checks that only Zig adds.
ZIG_OPTIONS = ["-mcpu=baseline", "-fno-sanitize=undefined"]

#: What helps, by kind of failure.
CURES = {
    "compiler": (
        "Install a C compiler that works (Debian, Ubuntu: apt-get install gcc libc6-dev; Fedora: dnf install gcc; Alpine: apk add gcc "
        "musl-dev; macOS: xcode-select --install; Windows: the C++ build tools of Visual Studio), or name one in the variable CC; "
        "then run the same command again."
    ),
    "headers": (
        "Install them (Debian, Ubuntu: apt-get install python{}.{}-dev; Fedora: dnf install python3-devel; Alpine: apk add "
        "python3-dev), then run the same command again."
    ).format(*sys.version_info[:2]),
    "module": "If another compiler is at hand, name it in the variable CC (CC=clang). Please report what is said above.",
    "folder": "Make the folder writable, or install without -e.",
    "machine": "Other machines are not supported.",
}


class BuildError(Exception):
    """What a user is told instead of a traceback: what failed, what was said meanwhile, and a key of `CURES`."""

    def __init__(self, what: str, cure: str, output: str = "") -> None:
        said = "".join(f"\n    {line}" for line in output.strip().splitlines()[-40:])
        super().__init__(f"despin cannot be built: {what}{said}\n{CURES[cure]}")


class Compile(BuildHookInterface):  # type: ignore[misc]
    """The build hook."""

    def dependencies(self) -> list[str]:
        """What a build needs here besides what pyproject.toml names: a compiler, where there is none."""
        return [ZIG] if needs_zig() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add compiled modules, packed lexicons and the list of parts to a wheel; compile in place for an editable one."""
        try:
            if version == "editable":
                compile_in_place()
                return
            self._folder = tempfile.TemporaryDirectory()
            folder = Path(self._folder.name)
            built = compiled_once(folder)
            catalogue = make_catalogue(folder / "catalogue", built)
        except BuildError as error:
            # The exit code is 1, and nobody is shown where in this file it came from.
            raise SystemExit(f"\n{error}") from None
        for file, inside in built.items():
            build_data["force_include"][str(file)] = inside
        build_data["force_include"][str(catalogue)] = CATALOGUE
        parts = folder / "despin.cdx.json"
        parts.write_text(runpy.run_path(str(ROOT / "tools" / "sbom.py"))["sbom"](ROOT), "utf-8")
        build_data["sbom_files"].append(str(parts))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was compiled."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def find_compiler() -> list[str] | None:
    """The command of the C compiler: what CC names, else what this Python was compiled with, else one that is often there; None where
    there is none. On Windows an empty command stands for Visual Studio, which setuptools finds."""
    if named := os.environ.get("CC", "").strip():
        return [named] if shutil.which(named) else shlex.split(named)
    if sys.platform == "win32":
        return [] if _has_visual_studio() else None
    if sys.platform == "darwin" and subprocess.run(["xcode-select", "-p"], capture_output=True, check=False).returncode:
        return None  # what lies in /usr/bin only says that there is no compiler
    for command in (sysconfig.get_config_var("CC") or "", "cc", "gcc", "clang"):
        words = shlex.split(command)
        if words and shutil.which(words[0]):
            return words
    return None


def _has_visual_studio() -> bool:
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    command = build_ext(Distribution({"ext_modules": []}))
    command.ensure_finalized()
    # Its folder of modules named distutils is not everywhere on the path.
    from distutils.ccompiler import new_compiler

    try:
        new_compiler().initialize()
    except Exception:
        return False
    return True


def needs_zig() -> bool:
    """Whether the compiler has to come from the package index. Only on Linux: on macOS it cannot make modules of Python, on Windows
    setuptools does not know it."""
    return sys.platform.startswith("linux") and find_compiler() is None and has_headers()


def has_headers() -> bool:
    """Whether Python's headers lie where this Python says."""
    return Path(sysconfig.get_path("include"), "Python.h").is_file()


class Compiler:
    """The compiler as setuptools is to call it: `chosen()` holds it in the environment meanwhile. Raises `BuildError` where there is
    none."""

    def __init__(self) -> None:
        found = find_compiler()
        self.zig = found is None and importlib.util.find_spec("ziglang") is not None
        if found is None and not self.zig:
            if sys.platform.startswith("linux") and not has_headers():
                raise BuildError(f"Python's headers are missing ({_headers()} is not there).", "headers")
            zig = (
                ", and the package ziglang, which holds one, is not here either"
                if sys.platform.startswith("linux")
                else ""
            )
            raise BuildError(f"there is no C compiler{zig}.", "compiler")
        self.command = [sys.executable, "-m", "ziglang", "cc", *ZIG_OPTIONS] if found is None else found

    def version(self) -> str:
        """What the compiler calls itself; empty where it does not say."""
        with contextlib.suppress(OSError):
            return subprocess.run([*self.command, "--version"], capture_output=True, check=False).stdout.decode(
                errors="replace"
            )
        return ""

    @contextlib.contextmanager
    def chosen(self, folder: Path) -> Iterator[None]:
        """setuptools takes this compiler meanwhile; what it keeps for itself is kept within `folder`."""
        before = dict(os.environ)
        if self.command:
            name = " ".join(f'"{word}"' if " " in word else word for word in self.command)
            os.environ["CC"] = name
            linker = shlex.split(sysconfig.get_config_var("LDSHARED") or "cc -shared")[1:]
            if self.zig:  # it refuses some of what Python was linked with
                linker = ["-shared"]
                os.environ.update(ZIG_GLOBAL_CACHE_DIR=str(folder / "zig"), ZIG_LOCAL_CACHE_DIR=str(folder / "zig"))
            os.environ.setdefault("LDSHARED", " ".join([name, *linker]))
        os.environ["LC_ALL"] = "C.UTF-8"  # what it says is read below
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _headers() -> Path:
    return Path(sysconfig.get_path("include"), "Python.h")


def check_machine() -> None:
    """Raises `BuildError` where despin cannot run."""
    if sys.implementation.name != "cpython":
        raise BuildError(f"it needs CPython, and this is {platform.python_implementation()}.", "machine")
    if sys.maxsize < 2**32:
        raise BuildError("it needs a Python of 64 bits, and this one has 32.", "machine")
    if sys.byteorder != "little":
        raise BuildError("its models are for processors that put the low byte first, and this one does not.", "machine")


def compiled_once(folder: Path) -> dict[Path, str]:
    """The compiled modules, made within `folder` or taken from `build`, with their places in the wheel. Raises `BuildError`."""
    check_machine()
    compiler = Compiler()
    kept = ROOT / "build" / f"compiled-{signature(compiler.version())}"
    built = compiled_before(kept, folder / "kept")
    if not built:
        built = compile_modules(folder, compiler)
        keep(built, kept)
    return built


def compile_in_place() -> None:
    """Put compiled modules beside their sources. Raises `BuildError`; then those that are there stay as they are."""
    with tempfile.TemporaryDirectory() as folder:
        digest = source_digest()
        built = compiled_once(Path(folder))
        try:
            for file, inside in built.items():
                shutil.copy(file, ROOT / f"{inside}.part")
            STAMP.unlink(missing_ok=True)
            for inside in built.values():
                os.replace(ROOT / f"{inside}.part", ROOT / inside)
            STAMP.write_text(digest, "utf-8")
        except OSError as error:
            raise BuildError(f"compiled modules cannot be put beside their sources ({error}).", "folder") from None


def clean() -> None:
    """Remove what was compiled in place for this Python."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    for old in (ROOT / "despin" / "kernel").rglob(f"*{suffix}"):
        old.unlink()


def source_digest() -> str:
    """The digest of what modules are compiled of, as `despin.kernel.checkout` works it out."""
    found: str = runpy.run_path(str(ROOT / "despin" / "kernel" / "checkout.py"))["digest"]()
    return found


def make_catalogue(folder: Path, built: dict[Path, str]) -> Path:
    """The shipped lexicons as `despin.channel.catalogue` keeps them, made within `folder` by the modules that were just compiled. Raises
    `BuildError`."""
    installed = folder / "installed"
    left_out = shutil.ignore_patterns("*.pyx", "*.pxd", "*.pxi", "*.so", "*.pyd", "__pycache__", "model", "checkout.py")
    shutil.copytree(ROOT / "despin", installed / "despin", ignore=left_out)
    shutil.copytree(ROOT / "lexicons", installed / "despin" / "data" / "lexicons")
    for file, inside in built.items():
        shutil.copy(file, installed / inside)
    # What the build was given may lie anywhere on this path.
    path = [str(installed), *(os.path.abspath(place) for place in sys.path if place)]
    variables = {**os.environ, "DESPIN_CACHE": str(folder / "cache"), "PYTHONPATH": os.pathsep.join(path)}
    command = [sys.executable, "-B", "-c", "from despin.channel.catalogue import shipped; shipped()"]
    done = subprocess.run(command, cwd=installed, env=variables, check=False, capture_output=True)
    found = next((folder / "cache").glob("catalogue-*.bin"), None)
    if found is None or done.returncode:
        said = (done.stdout + done.stderr).decode(errors="replace")
        raise BuildError("it was compiled, and the lexicons cannot be packed with it:", "module", said)
    return found


def signature(compiler: str = "") -> str:
    """A digest of what compiled modules depend on: sources, Python, compiler, what it calls itself and its options."""
    asked: list[str | None] = [
        os.environ.get(name) for name in ("CC", "CFLAGS", "CPPFLAGS", "LDFLAGS", "LDSHARED", "ARCHFLAGS")
    ]
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        asked += [importlib.metadata.version(name) for name in ("cython", "setuptools")]
    parts = [sys.version, sysconfig.get_platform(), platform.libc_ver(), compiler, *asked, source_digest()]
    return hashlib.sha256(repr(parts).encode() + Path(__file__).read_bytes()).hexdigest()[:16]


def compiled_before(kept: Path, folder: Path) -> dict[Path, str]:
    """Copies within `folder` of the files that `keep` put into another, with their places in the package; none where one is missing."""
    try:
        shutil.copytree(kept, folder)
    except OSError:  # there is none, or another build takes it away
        return {}
    found = {path: path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.*")) if path.is_file()}
    return (
        found if len(found) == len(MODULES) and not any(inside.endswith(".part") for inside in found.values()) else {}
    )


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


def compile_modules(folder: Path, compiler: Compiler) -> dict[Path, str]:
    """Compile the modules within `folder`, side by side on the cores there are; the files made, with their places in the
    package. Raises `BuildError` with what the compiler says."""
    with compiler.chosen(folder), captured(folder / "output.txt") as output:
        options = check_compiler(folder / "check", compiler, output)
        modules = make_c(folder, options)
        # Names of files, which some compilers write into what they make, are the same in every folder.
        with _inside(folder):
            for module in modules:
                module.sources = [os.path.relpath(source, folder) for source in module.sources]
            failed = run_compiler({"name": "despin", "ext_modules": modules}, Path())
    said = output.read_text("utf-8", "replace")
    if failed:
        raise BuildError(f"the C compiler failed ({failed}); it says:", "module", said)
    print(said, end="", flush=True)
    lib = folder / "lib"
    return {file: file.relative_to(lib).as_posix() for file in sorted(lib.rglob("*.*")) if file.is_file()}


def make_c(folder: Path, options: list[str]) -> list[Any]:
    """The modules as C within `folder`, which `options` are to be compiled with."""
    from Cython.Build import cythonize
    from Cython.Compiler import Options
    from setuptools import Extension

    # Nobody asks compiled code what its functions do.
    Options.docstrings = False
    cores = count_cores()
    extensions = [
        Extension(
            "despin." + module.rsplit(".", 1)[0].replace("/", "."),
            [f"despin/{module}"],
            extra_compile_args=[*options, "-Os"] if options and module in SMALL else options,
            extra_link_args=LINKING if sys.platform.startswith("linux") else [],
        )
        for module in MODULES
    ]
    with _inside(ROOT):
        modules: list[Any] = cythonize(
            extensions,
            build_dir=str(folder / "c"),
            compiler_directives=DIRECTIVES,
            nthreads=cores if cores > 1 else 0,
            language_level=3,
        )
    return modules


def run_compiler(attributes: dict[str, Any], folder: Path) -> str:
    """Compile extension modules into `lib` within `folder`; what failed, or nothing."""
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    command = build_ext(Distribution(attributes))
    command.build_lib, command.build_temp = str(folder / "lib"), str(folder / "temp")
    command.parallel = count_cores()
    try:
        command.ensure_finalized()
        command.run()
    except (Exception, SystemExit) as error:
        return str(error) or type(error).__name__
    missing = [file for file in command.get_outputs() if not Path(file).is_file()]
    return f"it made no {Path(missing[0]).name}" if missing else ""


#: A module that needs nothing but C, and one that needs Python's headers.
WITHOUT = "#include <stdlib.h>\nvoid *PyInit_{}(void) {{ return malloc(1); }}\n"
WITH = "#include <Python.h>\nPyMODINIT_FUNC PyInit_{}(void) {{ return 0; }}\n"


def check_compiler(folder: Path, compiler: Compiler, output: Path) -> list[str]:
    """Compile modules of two lines within `folder`; those of `OPTIONS` that the compiler knows. Raises `BuildError` with what stands in
    `output` then."""
    called = shlex.join(compiler.command) or "Visual Studio"

    def compiles(name: str, code: str, options: list[str]) -> str:
        from setuptools import Extension

        folder.mkdir(parents=True, exist_ok=True)
        source = folder / f"{name}.c"
        source.write_text(code.format(name), "utf-8")
        extension = Extension(name, [source.name], extra_compile_args=options)
        with _inside(folder):
            return run_compiler({"name": "check", "ext_modules": [extension]}, Path())

    if failed := compiles("without_headers", WITHOUT, []):
        said = f"{output.read_text('utf-8', 'replace')}{failed}"
        raise BuildError(f"the C compiler ({called}) does not work; it says:", "compiler", said)
    if failed := compiles("with_headers", WITH, []):
        said = f"{output.read_text('utf-8', 'replace')}{failed}"
        if not has_headers() or re.search(r"Python\.h.*(No such file|not found)", said):
            raise BuildError(f"Python's headers are missing ({_headers()}); the compiler says:", "headers", said)
        raise BuildError(f"the C compiler ({called}) makes no module of Python; it says:", "compiler", said)
    if sys.platform == "win32":
        return []
    # Warnings of options that are not known are errors here, all at once and then one by one.
    known = OPTIONS if not compiles("all_options", WITH, ["-Werror", *OPTIONS]) else [
        option for number, option in enumerate(OPTIONS) if not compiles(f"option_{number}", "int {}_;\n", ["-Werror", option])
    ]  # fmt: skip
    output.write_text("", "utf-8")
    return known


@contextlib.contextmanager
def captured(output: Path) -> Iterator[Path]:
    """What this process and those it starts print meanwhile goes into a file."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    before = [os.dup(1), os.dup(2)]
    try:
        with open(output, "ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        yield output
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        for number, old in zip((1, 2), before, strict=True):
            os.dup2(old, number)
            os.close(old)


def count_cores() -> int:
    """How many cores this process may use."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def main(arguments: list[str]) -> None:
    """Compile in place, or remove what was compiled there."""
    try:
        if "--clean" in arguments:
            STAMP.unlink(missing_ok=True)
            clean()
        else:
            compile_in_place()
    except BuildError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main(sys.argv[1:])
