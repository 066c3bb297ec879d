"""What of a wheel was not written as code: models, tables, weights and lexicons, with licence and checksum, as CycloneDX (PEP 770).

`python -m tools.sbom` prints it; the build puts it into every wheel. It needs nothing but Python, and is the same for the same files.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

LGPL = "LGPL-2.1-or-later"
MODELS = "despin/model/README.md"
PROGRAMS = "despin/data/programs/README.md"
SCRIPTS = "despin/data/scripts/README.md"
LEXICONS = "lexicons/README.md"
#: Files, by a pattern: what they are, their licence, what they hold, and the document that says what they are made of.
PARTS = (
    ("despin/model/*.lm", "machine-learning-model", LGPL, "word trigram model of simplified Chinese", MODELS),
    (
        "despin/model/*.scorer",
        "machine-learning-model",
        LGPL,
        "log-bilinear model of the words around a place",
        MODELS,
    ),
    ("despin/data/programs/*.table", "data", "MIT", "nearest neighbours of words, from the package Synonyms", PROGRAMS),
    (
        "despin/data/programs/*.weights",
        "machine-learning-model",
        LGPL,
        "what weighs originals of a spinner program",
        PROGRAMS,
    ),
    ("despin/data/scripts/*.tsv", "data", "Apache-2.0", "simplified and traditional characters, from OpenCC", SCRIPTS),
    (
        "despin/data/weights/*.tsv",
        "machine-learning-model",
        LGPL,
        "weights of damage and lines of pages",
        "CONTRIBUTING.md",
    ),
    ("lexicons/**/*.yaml", "data", LGPL, "words that spinners write, and words that tell something", LEXICONS),
    ("lexicons/*.tsv", "data", LGPL, "counts of words", LEXICONS),
)


def sbom(root: Path) -> str:
    """The list of the parts below `root`, as JSON."""
    (version,) = re.findall(
        r'^__version__ = "(.*)"', (root / "despin" / "__init__.py").read_text("utf-8"), re.MULTILINE
    )
    found = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "despin",
                "name": "despin",
                "version": version,
                "purl": f"pkg:pypi/despin@{version}",
                "licenses": [{"license": {"id": LGPL}}],
            }
        },
        "components": [
            _part(root, path, kind, licence, what, document)
            for pattern, kind, licence, what, document in PARTS
            for path in sorted(root.glob(pattern))
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _part(root: Path, path: Path, kind: str, licence: str, what: str, document: str) -> dict[str, Any]:
    """One file."""
    data = path.read_bytes()
    place = path.relative_to(root).as_posix()
    return {
        "type": kind,
        "bom-ref": place,
        "name": path.name,
        "description": f"{what}; {document} says what it is made of",
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(data).hexdigest()}],
        "licenses": [{"license": {"id": licence}}],
        "properties": [
            {"name": "despin:file", "value": place.replace("lexicons/", "despin/data/lexicons/", 1)},
            {"name": "despin:bytes", "value": str(len(data))},
        ],
    }


if __name__ == "__main__":
    print(sbom(Path(__file__).parents[1]), end="")
