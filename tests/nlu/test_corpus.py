"""Anybody's NLU YAML is read; what is not NLU YAML is refused with the file's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlu.corpus import CorpusError, read_corpus

OURS = """
version: "3.1"
nlu:
- intent: faq/pension
  metadata: {variety: fr, writer: fr-retraite}
  examples: |
    - ma retraite [française](country)
    - où est [Lille]{"entity": "city", "value": "lille"}
"""
THEIRS = """
nlu:
- intent: greet
  examples: |
    - hello
    - hello
    - hi
      there
- intent: bye
  examples:
  - text: |
      - see you
    metadata: {variety: en}
  - so long
- synonym: x
  examples: |
    - y
- lookup: town
  examples: |
    - agadir
"""


def test_varieties_writers_and_annotations(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(OURS, encoding="utf-8")
    first, second = read_corpus(tmp_path)
    assert (first.text, first.intent) == ("ma retraite française", "faq/pension")
    assert (first.variety, first.writer) == ("fr", "fr-retraite")
    assert second.text == "où est Lille"


def test_data_without_metadata_and_with_other_blocks(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.yaml").write_text(THEIRS, encoding="utf-8")
    (tmp_path / "words.yml").write_text("concepts: {a: b}", encoding="utf-8")
    read = [(one.text, one.intent, one.variety) for one in read_corpus(tmp_path)]
    expected = [("hello", "greet", ""), ("hi there", "greet", ""), ("see you", "bye", "en"), ("so long", "bye", "")]
    assert read == expected


@pytest.mark.parametrize("broken", ["nlu: [", "nlu:\n- intent: a\n", "nlu: []", "- a"])
def test_what_cannot_be_read_is_refused(tmp_path: Path, broken: str) -> None:
    (tmp_path / "c.yml").write_text(broken, encoding="utf-8")
    with pytest.raises(CorpusError, match=str(tmp_path)):
        read_corpus(tmp_path)
