"""Takes the model that despin's is based on out of Debian's package libime-data-language-model, for `python -m tools.train.lm`.

    python tools/train/lm/fetch.py BASE.lm [PACKAGE.deb]

Without a package it is fetched with `apt-get download` (Debian or a derivative). The model is compared with the checksum
below; nothing is written when they differ.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = "libime-data-language-model"
MEMBER = "zh_CN.lm"
SHA256 = "6befd99fc39dc4eb8ba4410d24109fe73b94ee4655fa252ba739cbc308e349a7"


def main(arguments: list[str]) -> int:
    """Write the model and return 0, or say what is wrong and return 1."""
    if not 1 <= len(arguments) <= 2:
        print("usage: python tools/train/lm/fetch.py BASE.lm [PACKAGE.deb]", file=sys.stderr)
        return 1
    target = Path(arguments[0])
    with tempfile.TemporaryDirectory() as folder:
        package = Path(arguments[1]) if len(arguments) > 1 else _download(Path(folder))
        subprocess.run(["dpkg-deb", "--extract", str(package), folder], check=True)
        found = next(Path(folder).rglob(MEMBER), None)
        if found is None:
            print(f"{package}: holds no {MEMBER}", file=sys.stderr)
            return 1
        data = found.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != SHA256:
        print(
            f"{package}: {MEMBER} has SHA-256 {digest}, not {SHA256}: a newer release of the package; "
            "measure it with `despin eval` before taking it over",
            file=sys.stderr,
        )
        return 1
    target.write_bytes(data)
    print(f"{target}: {len(data):,} bytes, checksum as expected")
    return 0


def _download(folder: Path) -> Path:
    subprocess.run(["apt-get", "download", PACKAGE], cwd=folder, check=True)
    return next(folder.glob("*.deb"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
