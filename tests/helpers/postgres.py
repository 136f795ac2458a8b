"""A throw-away PostgreSQL for the suite: an address given in the environment, else the machine's own binaries, else the wheel.

Never a silent skip: when none can be had the tests that need it fail."""

import contextlib
import glob
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg

GIVEN = "DALIL_TEST_POSTGRES"
_BINARIES = ("/usr/lib/postgresql/*/bin/initdb", "/usr/local/bin/initdb", "/usr/bin/initdb")


class NoPostgres(RuntimeError):
    """No PostgreSQL could be started; the text says what to install."""


@contextlib.contextmanager
def server(fsync: bool = False) -> Iterator[str]:
    """The address of a running server, without a database name: `postgresql://…/`. Stopped and removed at the end."""
    given = os.environ.get(GIVEN)
    if given:
        yield given
        return
    initdb = next((path for pattern in _BINARIES for path in sorted(glob.glob(pattern), reverse=True)), None)
    folder = Path(tempfile.mkdtemp(prefix="dalil-pg-", dir="/tmp"))
    try:
        if initdb and Path(initdb).with_name("pg_ctl").exists():
            with _own(Path(initdb).parent, folder, fsync) as address:
                yield address
        else:
            yield _from_wheel(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _own(binaries: Path, folder: Path, fsync: bool) -> Iterator[str]:
    """initdb refuses root: the server then runs as the system user `postgres` (or `nobody`)."""
    as_user: list[str] = []
    if os.geteuid() == 0:
        user = next(u for u in ("postgres", "nobody") if _exists(u))
        as_user = ["runuser", "-u", user, "--"]
        shutil.chown(folder, user)
    data = folder / "data"
    _run([*as_user, str(binaries / "initdb"), "-A", "trust", "-U", "postgres", "--no-sync", "-D", str(data)])
    settings = f"-k {folder} -c listen_addresses='' -c max_connections=200 -c fsync={'on' if fsync else 'off'}"
    pg_ctl = [*as_user, str(binaries / "pg_ctl"), "-D", str(data)]
    _run([*pg_ctl, "-w", "-l", str(folder / "log"), "-o", settings, "start"])
    try:
        yield f"postgresql://postgres@/?host={folder}"
    finally:
        subprocess.run([*pg_ctl, "-m", "immediate", "stop"], capture_output=True, check=False)


def _from_wheel(folder: Path) -> str:
    try:
        import pgserver
    except ImportError:
        raise NoPostgres("no PostgreSQL: install Debian's `postgresql` or the wheel `pgserver`") from None
    return str(pgserver.get_server(folder / "data", cleanup_mode="delete").get_uri()).replace("/postgres?", "/?")


def _exists(user: str) -> bool:
    try:
        return bool(pwd.getpwnam(user))
    except KeyError:
        return False


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/tmp")
    if done.returncode:
        raise NoPostgres(f"{command[-1]}: {done.stderr.strip()[-300:]}")


def named(address: str, database: str) -> str:
    """The address of one database of the server."""
    head, _, query = address.partition("?")
    return f"{head.rstrip('/')}/{database}" + (f"?{query}" if query else "")


async def create(address: str, template: str | None = None) -> str:
    """A new database, cloned from a template if one is named; its address."""
    name = f"dalil_{uuid4().hex[:12]}"
    connection = await asyncpg.connect(named(address, "postgres"))
    try:
        await connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    finally:
        await connection.close()
    return named(address, name)
