"""Starting the house: serve, web, worker, migrate."""

import asyncio
import errno
import logging
import signal
import socket
import sys
from collections.abc import Callable

import uvicorn
from sqlalchemy.exc import DBAPIError

from bot.assembly import Assembly, Library, load_interpreter, system_clock
from bot.cli.failures import Refused
from bot.log import configure
from bot.settings import Settings
from bot.storage import migrate as migrations
from bot.storage.crypto import open_vault
from bot.storage.database import open_database


def serve() -> None:
    """Web, worker and clock in one process; brings its database to the newest schema first."""
    settings = Settings()
    bring_up(settings)
    start(settings, works=True)


def web() -> None:
    """Front doors and console only; needs PostgreSQL and at least one `dalil worker`."""
    start(_many_processes(Settings()), works=False)


def worker() -> None:
    """Study, post room and clock only; any number, on PostgreSQL."""
    from bot.web.worker import run

    configure()
    asyncio.run(run(_many_processes(Settings())))


def migrate() -> None:
    """Bring the database to the newest schema."""
    bring_up(Settings())
    print("the database is at the newest schema", file=sys.stderr)


def _many_processes(settings: Settings) -> Settings:
    if settings.is_sqlite:
        raise Refused("SQLite is for one process: use `dalil serve`, or set DALIL_DATABASE_URL to a PostgreSQL address")
    return settings


def bring_up(settings: Settings) -> None:
    """Make the folder and migrate. Raises Refused with one line when the folder cannot be written."""
    try:
        migrations.prepare_folder(settings.database)
    except OSError as error:
        raise Refused(f"cannot write to {settings.data_dir}: choose another folder with DALIL_DATA_DIR") from error

    async def upgrade() -> None:
        database = open_database(settings.database)
        try:
            await database.write(migrations.upgrade)
        finally:
            await database.close()

    try:
        asyncio.run(upgrade())
    except (OSError, DBAPIError) as error:
        raise Refused("the database cannot be reached or written: check DALIL_DATABASE_URL and that it runs") from error


def start(
    settings: Settings,
    works: bool,
    on_ready: Callable[[Assembly], None] = lambda _: None,
    level: int = logging.INFO,
) -> None:
    """Run until Ctrl-C or SIGTERM."""
    from bot.web.app import create_app

    configure(level)
    _free_port(settings)
    # loaded before the server starts, so that what is wrong with them is told in one line
    library, interpreter = Library(settings, system_clock), load_interpreter(settings)
    open_vault(settings)
    config = uvicorn.Config(
        create_app(settings, works, on_ready, interpreter, library),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    for sign in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises the signal again once it has ended: that is no fault
        signal.signal(sign, lambda *_: None)
    server.run()
    if not server.started:
        raise Refused("the house did not open; the line above says why")


def _free_port(settings: Settings) -> None:
    """A taken port is told in one line, before anything is loaded."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Refused(
                    f"port {settings.port} is taken: stop the other program, or choose another with DALIL_PORT"
                ) from error
            raise Refused(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error
