"""Keys."""

import asyncio
import sys

import typer

from bot.people import rewrapping
from bot.settings import Settings
from bot.storage.crypto import KEY_FILE, Vault, add_to_key_file, keep_newest_in_key_file, new_key, open_vault
from bot.storage.database import open_database

app = typer.Typer(help="Encryption keys.", no_args_is_help=True)


@app.callback()
def _keys() -> None:
    """Encryption keys."""


@app.command()
def new() -> None:
    """Print a fresh key, for DALIL_ENCRYPTION_KEYS or DALIL_LOOKUP_KEY."""
    print(new_key())


@app.command()
def rotate() -> None:
    """Wrap every person's key with the first of DALIL_ENCRYPTION_KEYS; the house may go on running if it knows that key.

    With keys of your own: put a new key before the old one, restart, run this, then take the old one out. With a key file (on
    the loopback) the new key is made here."""
    settings = Settings()
    file = settings.data_dir / KEY_FILE
    own = bool(settings.encryption_keys and settings.lookup_key)
    if not own:
        open_vault(settings)  # makes the file where there is none
        add_to_key_file(file)
    count = asyncio.run(_rewrap(settings, open_vault(settings)))
    if not own:
        keep_newest_in_key_file(file)
    print(count)
    done = "the old key may now leave DALIL_ENCRYPTION_KEYS" if own else "start the service again: it has the old key in memory"
    print(f"{done}. Older backups open with the old key alone: keep it apart as long as they live.", file=sys.stderr)


async def _rewrap(settings: Settings, vault: Vault) -> int:
    database, after, total = open_database(settings.database), 0, 0
    try:
        while True:
            last, changed = await database.write(lambda db, after=after: rewrapping.run(db, vault, after))  # type: ignore[misc]
            total += changed
            if last == after:
                break
            after = last
        await database.tidy()
        return total
    finally:
        await database.close()
