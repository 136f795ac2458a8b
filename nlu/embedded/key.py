"""Where training reads from, and the key of a model: the same key, the same model (needs no scikit-learn)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from nlu.corpus import files_of, fingerprint

_HERE: Final = Path(__file__).resolve().parents[1]
CONCEPTS: Final = _HERE / "data" / "concepts"
LANGUAGES: Final = _HERE / "data" / "language"
ANSWERS: Final = _HERE.parent / "content" / "entries"


def key_of(data: Path, answers: Path = ANSWERS) -> str:
    """Hash of the data and of the code that trains: a model with this key need not be trained again."""
    code = sorted([*_HERE.glob("*.py"), *(_HERE / "embedded").glob("*.py"), *(_HERE / "safety").glob("*.py")])
    patterns = files_of(_HERE / "safety" / "patterns")
    read = [files_of(data), code, patterns, files_of(CONCEPTS), files_of(LANGUAGES), sorted(answers.glob("*/*.md"))]
    return hashlib.sha256("".join(map(fingerprint, read)).encode()).hexdigest()[:16]
