"""Encryption at rest. The operator's keys wrap one data key per person; destroying a person's key erases the person.

AES-256-GCM (https://cryptography.io/en/latest/hazmat/primitives/aead/). The look-up key is apart: it never rotates, since
it turns an address into the value by which its owner is found again."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.settings import Settings

_KEY_BYTES = 32
_NONCE_BYTES = 12
_ID_BYTES = 4
KEY_FILE = "keys.json"


class KeyProblem(RuntimeError):
    """Keys are missing, malformed, or not those the data was written with. One line for the operator."""


class Box:
    """Seals and opens what belongs to one person."""

    def __init__(self, data_key: bytes) -> None:
        self._aead = AESGCM(data_key)

    def seal(self, text: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, text.encode(), None)

    def open(self, sealed: bytes) -> str:
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None).decode()
        except InvalidTag as error:
            raise KeyProblem("a stored text was not written with this person's key") from error

    def seal_json(self, value: Any) -> bytes:
        return self.seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def open_json(self, sealed: bytes) -> Any:
        return json.loads(self.open(sealed))


class Vault:
    """Makes and unwraps data keys. `keys` newest first: the first wraps, all unwrap."""

    def __init__(self, keys: list[bytes], lookup_key: bytes) -> None:
        if not keys or any(len(k) != _KEY_BYTES for k in (*keys, lookup_key)):
            raise KeyProblem("DALIL_ENCRYPTION_KEYS and DALIL_LOOKUP_KEY must be urlsafe base64 of 32 bytes each")
        self._keys = {_key_id(k): AESGCM(k) for k in keys}
        self._newest = _key_id(keys[0])
        self._lookup_key = lookup_key
        self.backup_keys = [hmac.new(k, b"dalil backup", hashlib.sha256).digest() for k in keys]
        self._cached = lru_cache(maxsize=4096)(self._unwrap)

    def new_data_key(self) -> bytes:
        """A fresh data key, wrapped: what is stored with a person."""
        return self._wrap(os.urandom(_KEY_BYTES))

    def rewrapped(self, wrapped: bytes) -> bytes | None:
        """The same data key under the newest of the operator's keys; None when it is that already. Raises KeyProblem."""
        if wrapped[:_ID_BYTES] == self._newest:
            return None
        return self._wrap(self._data_key(wrapped))

    def box(self, wrapped: bytes) -> Box:
        return self._cached(wrapped)

    def lookup(self, *parts: str) -> bytes:
        """A value by which something can be found again, and from which it cannot be read."""
        return hmac.new(self._lookup_key, "\x1f".join(parts).encode(), hashlib.sha256).digest()

    def _wrap(self, data_key: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return self._newest + nonce + self._keys[self._newest].encrypt(nonce, data_key, None)

    def _unwrap(self, wrapped: bytes) -> Box:
        return Box(self._data_key(wrapped))

    def _data_key(self, wrapped: bytes) -> bytes:
        key = self._keys.get(wrapped[:_ID_BYTES])
        nonce, sealed = wrapped[_ID_BYTES : _ID_BYTES + _NONCE_BYTES], wrapped[_ID_BYTES + _NONCE_BYTES :]
        if key is None:
            raise KeyProblem("a person's key was wrapped with a key that is not in DALIL_ENCRYPTION_KEYS")
        try:
            return key.decrypt(nonce, sealed, None)
        except InvalidTag as error:
            raise KeyProblem("a person's key cannot be unwrapped: it was damaged") from error


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"dalil key id" + key).digest()[:_ID_BYTES]


def new_key() -> str:
    """A key in the form the settings take."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()


def _decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.strip() + "=" * (-len(text.strip()) % 4))
    except ValueError as error:
        raise KeyProblem("a key is not urlsafe base64; make one with `dalil keys new`") from error


def open_vault(settings: Settings) -> Vault:
    """The vault of this deployment. On loopback a key file is made (readable by its owner only) when keys are missing;
    with an https PUBLIC_URL missing keys are refused."""
    if settings.encryption_keys and settings.lookup_key:
        keys = [_decode(k) for k in settings.encryption_keys.split(",") if k.strip()]
        return Vault(keys, _decode(settings.lookup_key))
    if not settings.on_loopback:
        raise KeyProblem("set DALIL_ENCRYPTION_KEYS and DALIL_LOOKUP_KEY (make each with `dalil keys new`) and start again")
    encryption, lookup = _key_file(settings.data_dir / KEY_FILE)
    return Vault([_decode(k) for k in encryption.split(",")], _decode(lookup))


def _write_keys(path: Path, keys: str) -> None:
    """Whole or not at all, however the process ends; of two that start at once, one makes the keys and both use them."""
    descriptor, draft = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # readable by its owner only
    with os.fdopen(descriptor, "w") as file:
        file.write(keys)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    Path(draft).unlink()


def add_to_key_file(path: Path) -> None:
    """A new key before the others. The old ones stay until everything is wrapped anew (`dalil keys rotate`)."""
    data = json.loads(path.read_text())
    _replace_keys(path, data | {"encryption": f"{new_key()},{data['encryption']}"})


def keep_newest_in_key_file(path: Path) -> None:
    data = json.loads(path.read_text())
    _replace_keys(path, data | {"encryption": data["encryption"].partition(",")[0]})


def _replace_keys(path: Path, data: dict[str, str]) -> None:
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    with draft.open("w") as file:
        json.dump(data, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _key_file(path: Path) -> tuple[str, str]:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_keys(path, json.dumps({"encryption": new_key(), "lookup": new_key()}))
    data = json.loads(path.read_text())
    return data["encryption"], data["lookup"]
