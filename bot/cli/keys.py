"""Keys."""

import typer

from bot.storage.crypto import new_key

app = typer.Typer(help="Encryption keys.", no_args_is_help=True)


@app.callback()
def _keys() -> None:
    """Encryption keys."""


@app.command()
def new() -> None:
    """Print a fresh key, for DALIL_ENCRYPTION_KEYS or DALIL_LOOKUP_KEY."""
    print(new_key())
