"""Texts and names at rest: one key a person, wrapped by the operator's keys."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings
from bot.storage import crypto
from bot.storage.crypto import Box, KeyProblem, Vault, open_vault
from tests.conftest import quiet_settings

OLD, NEW, LOOKUP = b"o" * 32, b"n" * 32, b"l" * 32


@given(st.text())
def test_what_is_sealed_opens_again(text: str) -> None:
    box = Box(b"k" * 32)
    sealed = box.seal(text)
    assert box.open(sealed) == text
    assert len(text) < 4 or text.encode() not in sealed
    assert box.seal(text) != sealed  # equal texts do not look equal


def test_one_persons_texts_stay_closed_to_anothers_key() -> None:
    vault = Vault([NEW], LOOKUP)
    mine, yours = vault.box(vault.new_data_key()), vault.box(vault.new_data_key())
    with pytest.raises(KeyProblem, match="not written with this person's key"):
        yours.open(mine.seal("bghit nmchi"))


def test_a_changed_byte_is_noticed() -> None:
    box = Box(b"k" * 32)
    sealed = bytearray(box.seal("واش خطر"))
    sealed[-1] ^= 1
    with pytest.raises(KeyProblem):
        box.open(bytes(sealed))


def test_an_older_key_opens_and_the_newest_wraps() -> None:
    wrapped = Vault([OLD], LOOKUP).new_data_key()
    both = Vault([NEW, OLD], LOOKUP)
    sealed = both.box(wrapped).seal("salam")
    assert both.box(wrapped).open(sealed) == "salam"
    with pytest.raises(KeyProblem, match="not in DALIL_ENCRYPTION_KEYS"):
        Vault([NEW], LOOKUP).box(wrapped)
    made = both.new_data_key()
    assert Vault([NEW], LOOKUP).box(made).open(both.box(made).seal("x")) == "x"


def test_the_lookup_value_does_not_hang_on_the_encryption_keys() -> None:
    assert Vault([OLD], LOOKUP).lookup("telegram", "42") == Vault([NEW], LOOKUP).lookup("telegram", "42")
    assert Vault([OLD], LOOKUP).lookup("telegram", "42") != Vault([OLD], LOOKUP).lookup("telegra", "m42")


@pytest.mark.parametrize("keys", ["short", "!!!", ""])
def test_keys_that_are_none_are_refused_in_one_line(keys: str, tmp_path: Path) -> None:
    settings = _settings(tmp_path, encryption_keys=keys or crypto.new_key(), lookup_key=crypto.new_key() if keys else "x")
    with pytest.raises(KeyProblem) as told:
        open_vault(settings)
    assert "\n" not in str(told.value)


def test_the_key_file_is_the_owners_alone_and_stays(tmp_path: Path) -> None:
    first = open_vault(_settings(tmp_path)).lookup("a")
    assert open_vault(_settings(tmp_path)).lookup("a") == first
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_killed_while_writing_the_keys_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _killed)
        with pytest.raises(KeyboardInterrupt):
            open_vault(_settings(tmp_path))
    assert not (tmp_path / "keys.json").exists()
    open_vault(_settings(tmp_path))


def test_many_that_start_at_once_use_the_same_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        seen = set(pool.map(lambda _: open_vault(_settings(tmp_path)).lookup("a"), range(16)))
    assert len(seen) == 1


def _killed(_: int) -> None:
    raise KeyboardInterrupt


def _settings(folder: Path, **more: str) -> Settings:
    return quiet_settings().model_copy(update={"data_dir": folder, "encryption_keys": "", "lookup_key": ""} | more)
