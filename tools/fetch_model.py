"""Makes despin/model/zh_CN.lm again from Debian's package libime-data-language-model.

    python tools/fetch_model.py [PACKAGE.deb]

Without a file the package is fetched with `apt-get download` (Debian or a derivative). The model is taken out as it is
packaged and compared with the checksum in despin/model/README.md; nothing is written when they differ.
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
TARGET = Path(__file__).parent.parent / "despin" / "model" / MEMBER


def main(arguments: list[str]) -> int:
    """Write the model and return 0, or say what is wrong and return 1."""
    with tempfile.TemporaryDirectory() as folder:
        package = Path(arguments[0]) if arguments else _download(Path(folder))
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
    TARGET.write_bytes(data)
    print(f"{TARGET}: {len(data):,} bytes, checksum as expected")
    return 0


def _download(folder: Path) -> Path:
    subprocess.run(["apt-get", "download", PACKAGE], cwd=folder, check=True)
    return next(folder.glob("*.deb"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
