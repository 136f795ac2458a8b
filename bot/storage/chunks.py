"""A stream sealed in chunks, so that a backup of any size passes through little memory, and a cut or changed file is noticed.

The STREAM construction (https://eprint.iacr.org/2015/189): each chunk under AES-256-GCM with a counter and a mark on the last
one in its nonce. A chunk left out, repeated, moved or missing at the end does not open."""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 256 * 1024
_TAG = 16
_PREFIX = 7
_HEAD = b"DALIL-BACKUP-1\n"


class Broken(ValueError):
    """The file is cut, changed, or sealed with a key we do not have."""


class Sealing:
    """Write-only file object: seals what is written."""

    def __init__(self, out: BinaryIO, key: bytes) -> None:
        self._out, self._aead, self._prefix = out, AESGCM(key), os.urandom(_PREFIX)
        self._held, self._count = bytearray(), 0
        out.write(_HEAD + self._prefix)

    def write(self, data: bytes) -> int:
        self._held += data
        while len(self._held) > CHUNK:  # the last chunk is never sealed before it is known to be the last
            self._seal(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(data)

    def flush(self) -> None:
        """What is not a whole chunk yet waits."""

    def close(self) -> None:
        """Without it the file is cut, and will not open."""
        self._seal(bytes(self._held), last=True)

    def _seal(self, chunk: bytes, last: bool) -> None:
        self._out.write(self._aead.encrypt(_nonce(self._prefix, self._count, last), chunk, None))
        self._count += 1


def opened(source: BinaryIO, keys: list[bytes]) -> Iterator[bytes]:
    """The chunks in clear. Raises Broken, at the chunk that does not open."""
    if source.read(len(_HEAD)) != _HEAD:
        raise Broken("this is no backup of Dalil")
    prefix = source.read(_PREFIX)
    sealers, count = [AESGCM(key) for key in keys], 0
    chunk = source.read(CHUNK + _TAG)
    while chunk:
        following = source.read(CHUNK + _TAG)
        nonce = _nonce(prefix, count, last=not following)
        clear, sealers = _open(sealers, nonce, chunk)
        yield clear
        chunk, count = following, count + 1
    if count == 0:
        raise Broken("the backup is cut")


def _open(sealers: list[AESGCM], nonce: bytes, chunk: bytes) -> tuple[bytes, list[AESGCM]]:
    """The chunk, and the one key that opens this file."""
    for sealer in sealers:
        try:
            return sealer.decrypt(nonce, chunk, None), [sealer]
        except InvalidTag:
            continue
    raise Broken("the backup is cut or changed, or DALIL_ENCRYPTION_KEYS lacks the key of that day")


def _nonce(prefix: bytes, count: int, last: bool) -> bytes:
    return prefix + struct.pack(">I?", count, last)
