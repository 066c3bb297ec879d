"""Building: with a compiler that works, with one that does not, without any; the same bytes from every folder."""

from __future__ import annotations

import hashlib
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import sysconfig
import zipfile
import zlib
from pathlib import Path

import pytest
from places import PACKAGES, ROOT

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX scripts stand in for a compiler")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a compiler is brought on Linux only")
#: What is built from; the models are put beside what is made of it, since they are the same in every wheel.
SOURCES = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore", "despin", "lexicons", "tools")
MODELS = ("zh_CN.lm", "zh_CN.scorer")
SPUN = "数据经由过程旌旗灯号线传送。"
#: What the names of compiled modules end with.
SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")
#: Variables that change how things are compiled.
LEFT_OUT = ("CC", "CFLAGS", "LDSHARED", "PYTHONPATH")


def copied(folder: Path) -> Path:
    """The sources in a folder, without their models and without what was compiled in place."""
    folder.mkdir(parents=True)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            left_out = shutil.ignore_patterns(*MODELS, "*.so", "*.pyd", "compiled-*", "__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=left_out)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return copied(tmp_path / "checkout")


def run(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A process of Python in a checkout, and what it printed."""
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env={**environment, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )


BUILD = ("-m", "hatchling", "build", "-t", "wheel", "-d", "dist")
EDITABLE = ("-c", "from hatchling.build import build_editable; build_editable('dist')")
#: Compiles two of the nine modules, one of Cython and one of Python.
FEW = "import os, hatch_build; hatch_build.MODULES = ('kernel/constraints.py', 'kernel/marks.py'); "


def wheel_of(checkout: Path, **variables: str) -> Path:
    done = run(checkout, *BUILD, **variables)
    assert done.returncode == 0, done.stdout
    (wheel,) = (checkout / "dist").glob("*.whl")
    return wheel


#: Compilers as they may be, and what is said of each.
BROKEN = {
    "missing": (None, "does not work", "apt-get install gcc"),
    "broken": ("echo 'cc: internal error' >&2; exit 1", "cc: internal error", "apt-get install gcc"),
    "idle": ("exit 0", "it made no", "apt-get install gcc"),
    "without headers": (
        # Python's own folders are taken out of the command.
        'for one in "$@"; do case $one in -I*) ;; *) set -- "$@" "$one";; esac; shift; done; exec "$real" "$@"',
        "Python's headers are missing",
        f"python{sys.version_info[0]}.{sys.version_info[1]}-dev",
    ),
    "fails later": (
        # Small files compile, the modules do not.
        'case "$*" in *despin*) echo "cc: out of ideas" >&2; exit 3;; esac; exec "$real" "$@"',
        "cc: out of ideas",
        "CC=clang",
    ),
}


@posix
@pytest.mark.parametrize("compiler", BROKEN)
def test_a_compiler_that_fails_fails_the_build_with_one_message(checkout: Path, tmp_path: Path, compiler: str) -> None:
    script, cause, cure = BROKEN[compiler]
    cc = tmp_path / "cc"
    if script is not None:
        cc.write_text(f"#!/bin/sh\nreal={shutil.which('cc') or shutil.which('gcc')}\n{script}\n", "utf-8")
        cc.chmod(0o755)
    begun = ("-c", f"{FEW}hatch_build.main([])")
    for arguments in [begun] if compiler == "fails later" else [BUILD, EDITABLE, ("hatch_build.py",)]:
        done = run(checkout, *arguments, CC=str(cc))
        assert done.returncode == 1
        assert done.stdout.count("despin cannot be built") == 1
        assert cause in done.stdout
        assert cure in done.stdout
        assert "Traceback" not in done.stdout
    assert not list(checkout.glob("dist/*.whl"))
    assert not list((checkout / "despin").rglob("*.so*"))


@linux
@pytest.mark.parametrize(
    ("there", "cc", "headers", "asked"),
    [
        ((), None, True, True),
        (("gcc",), None, True, False),
        (("clang",), None, True, False),
        # Who names a compiler gets this one, or a message.
        ((), "false", True, False),
        # Without headers nothing is downloaded that cannot help.
        ((), None, False, False),
    ],
)
def test_a_compiler_is_asked_for_only_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], cc: str | None, headers: bool, asked: bool
) -> None:
    for name in there:
        (tmp_path / name).write_text("#!/bin/sh\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    if cc:
        monkeypatch.setenv("CC", cc)
    hook = runpy.run_path(str(ROOT / "hatch_build.py"))
    monkeypatch.setitem(hook["needs_zig"].__globals__, "has_headers", lambda: headers)
    assert hook["Compile"].dependencies(None) == ([hook["ZIG"]] if asked else [])


@linux
def test_without_any_compiler_it_says_so(checkout: Path, tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['ziglang'] = None; import runpy; runpy.run_path('hatch_build.py', run_name='__main__')"
    )
    done = run(checkout, "-c", code, PATH=str(tmp_path))
    assert done.returncode == 1
    assert "there is no C compiler" in done.stdout
    assert "apt-get install gcc" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    ("name", "value", "said"), [("maxsize", 2**31 - 1, "64 bits"), ("byteorder", "big", "low byte first")]
)
def test_a_machine_that_despin_is_not_for_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object, said: str
) -> None:
    hook = runpy.run_path(str(ROOT / "hatch_build.py"))
    hook["check_machine"]()
    monkeypatch.setattr(sys, name, value)
    with pytest.raises(hook["BuildError"], match=said):
        hook["check_machine"]()


@posix
def test_a_compiler_may_be_named_with_arguments_and_in_a_folder_with_spaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = runpy.run_path(str(ROOT / "hatch_build.py"))
    cc = tmp_path / "my tools" / "cc"
    cc.parent.mkdir()
    cc.write_text("#!/bin/sh\n", "utf-8")
    cc.chmod(0o755)
    for named, words in (("gcc -m64", ["gcc", "-m64"]), ("ccache gcc", ["ccache", "gcc"]), (str(cc), [str(cc)])):
        monkeypatch.setenv("CC", named)
        assert hook["find_compiler"]() == words


@pytest.mark.slow
def test_the_wheel_is_small_and_the_same_from_every_folder(checkout: Path, tmp_path: Path) -> None:
    """Of the modules of the despin that is tested, which was compiled of the same sources."""
    other = copied(tmp_path / "另一个 文件夹")
    (tmp_path / "临时 文件").mkdir()
    elsewhere = {"TMPDIR": str(tmp_path / "临时 文件"), "HOME": "/nowhere"}
    for folder in (checkout, other):
        signature = run(folder, "-c", f"{FEW}print(hatch_build.signature(hatch_build.Compiler().version()))").stdout
        for module in (PACKAGES / "despin").rglob("*" + SUFFIX):
            kept = folder / "build" / f"compiled-{signature.strip()}" / module.relative_to(PACKAGES)
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(module, kept)
    wheel, again = wheel_of(checkout), wheel_of(other, **elsewhere)
    assert hashlib.sha256(again.read_bytes()).hexdigest() == hashlib.sha256(wheel.read_bytes()).hexdigest()
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        compiled = [info for info in archive.infolist() if info.filename.endswith((".so", ".pyd"))]
        sboms = [json.loads(archive.read(name)) for name in names if ".dist-info/sboms/" in name]
    assert len(compiled) == 10
    assert sum(info.file_size for info in compiled) < 8_000_000
    models = sum(len(zlib.compress((ROOT / "despin" / "model" / name).read_bytes())) for name in MODELS)
    assert wheel.stat().st_size + models < 40_000_000
    assert "despin/data/lexicons/classic-list.yaml" in names
    assert "despin/data/catalogue.bin" in names
    # Nothing that could be imported in place of a compiled module.
    assert not {f"despin/kernel/{name}.py" for name in ("em", "ratios", "picking", "marks", "constraints")} & set(names)
    assert not [name for name in names if name.endswith((".c", ".pyx", ".pxd", ".pxi"))]
    assert [sbom["bomFormat"] for sbom in sboms] == ["CycloneDX"]

    # Compiled in place, it is taken from `build`; a source that changes afterwards is told.
    done = run(other, *EDITABLE)
    assert done.returncode == 0, done.stdout
    assert "Cythonizing" not in done.stdout
    for name in MODELS:
        (other / "despin" / "model" / name).symlink_to(ROOT / "despin" / "model" / name)
    restore = ("-c", f"import despin; print(despin.__file__, despin.restore({SPUN!r}))")
    done = run(other, *restore, PYTHONPATH=str(other), PYTHONUTF8="1")
    assert done.stdout.split() == [*f"{other}/despin/__init__.py".split(), "数据通过信号线传送。"]
    with (other / "despin" / "kernel" / "em.py").open("a", encoding="utf-8") as file:
        file.write("\n")
    done = run(other, *restore, PYTHONPATH=str(other), PYTHONUTF8="1")
    assert "NotCompiledError" in done.stdout
    assert "python hatch_build.py" in done.stdout
    assert done.returncode == 1


@pytest.mark.slow
def test_what_is_compiled_is_the_same_from_every_folder_and_kept(checkout: Path, tmp_path: Path) -> None:
    compiling = ("-c", f"{FEW}os.mkdir('made'); hatch_build.compiled_once(hatch_build.Path('made').absolute())")
    made = []
    for folder in (checkout, copied(tmp_path / "另一个 文件夹")):
        done = run(folder, *compiling)
        assert done.returncode == 0, done.stdout
        assert "Cythonizing" in done.stdout
        (kept,) = (folder / "build").iterdir()
        made.append([file.read_bytes() for file in sorted(kept.rglob("*" + SUFFIX))])
        shutil.rmtree(folder / "made")
    assert len(made[0]) == 2
    assert made[0] == made[1]
    # It is taken again as long as nothing changes.
    done = run(checkout, *compiling)
    assert (done.returncode, "Cythonizing" in done.stdout) == (0, False)
    assert len([*(checkout / "build").iterdir()]) == 1


def test_a_checkout_whose_modules_are_missing_or_of_other_sources_is_told(tmp_path: Path) -> None:
    kernel = tmp_path / "despin" / "kernel"
    left_out = shutil.ignore_patterns("*.so", "*.pyd", "compiled-*", "__pycache__")
    shutil.copytree(ROOT / "despin" / "kernel", kernel, ignore=left_out)
    checkout = runpy.run_path(str(kernel / "checkout.py"))
    assert re.search(r"not compiled for this Python.*python hatch_build\.py", checkout["fault"]())
    for source in [*kernel.rglob("*.pyx"), *(kernel / name for name in checkout["COMPILED"])]:
        source.with_name(f"{source.stem}{SUFFIX}").touch()
    checkout["STAMP"].write_text(checkout["digest"](), "utf-8")
    assert checkout["fault"]() == ""
    (kernel / "native" / "trigrams.pxi").write_text("", "utf-8")
    assert "of other sources" in checkout["fault"]()


def test_modules_that_are_compiled_are_those_that_a_checkout_looks_for() -> None:
    modules = {f"despin/{name}" for name in runpy.run_path(str(ROOT / "hatch_build.py"))["MODULES"]}
    checkout = runpy.run_path(str(ROOT / "despin" / "kernel" / "checkout.py"))
    sources = [*(ROOT / "despin").rglob("*.pyx"), *(ROOT / "despin" / "kernel" / name for name in checkout["COMPILED"])]
    assert modules == {path.relative_to(ROOT).as_posix() for path in sources}


def test_what_was_compiled_of_other_sources_is_not_taken(checkout: Path) -> None:
    asked = ("-c", "from hatch_build import signature; print(signature())")
    found = []
    for changed in (
        None,
        "despin/kernel/em.py",
        "despin/kernel/marks.pxd",
        "despin/kernel/native/clauses.pxi",
        "hatch_build.py",
    ):
        if changed:
            with (checkout / changed).open("a", encoding="utf-8") as file:
                file.write("\n")
        found += [run(checkout, *asked).stdout for _ in range(2)]
    found.append(run(checkout, *asked, CFLAGS="-g").stdout)
    assert len(set(found)) == 6


def test_the_list_of_parts_names_every_file_that_is_no_code_with_licence_and_checksum() -> None:
    sbom = json.loads(runpy.run_path(str(ROOT / "tools" / "sbom.py"))["sbom"](ROOT))
    parts = {part["bom-ref"]: part for part in sbom["components"]}
    folders = [ROOT / "despin" / "model", ROOT / "despin" / "data", ROOT / "lexicons"]
    files = {path.relative_to(ROOT).as_posix() for folder in folders for path in folder.rglob("*") if path.is_file()}
    assert {name for name in files if not name.endswith((".md", ".txt", ".json", ".bin", ".po"))} == set(parts)
    for name, part in parts.items():
        assert part["hashes"][0]["content"] == hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
        # The documents say the same of what others made.
        document = (ROOT / part["description"].split("; ")[1].split(" ")[0]).read_text("utf-8")
        licence = part["licenses"][0]["license"]["id"]
        if not name.startswith(("lexicons/", "despin/data/weights/")):
            assert Path(name).name in document
            assert licence.replace("Apache-2.0", "Apache License 2.0") in document
