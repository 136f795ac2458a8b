"""What goes wrong by the operator's doing ends in one line that says what to do, never in a traceback."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


def dalil(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DALIL_")}
    command = [sys.executable, "-c", "from bot.cli import main; main()", *arguments]
    own = {"DALIL_DATA_DIR": str(folder), **environment}
    return subprocess.run(command, env={**kept, **own}, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def taken_port() -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield str(listener.getsockname()[1])


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_a_taken_port(tmp_path: Path, taken_port: str) -> None:
    assert f"port {taken_port} is taken" in last_line(dalil("serve", folder=tmp_path, DALIL_PORT=taken_port))


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (["demo"], {"DALIL_HOST": "0.0.0.0"}, "demo accounts exist only on this machine"),
        (["demo"], {"DALIL_PUBLIC_URL": "http://dalil.example"}, "demo accounts exist only on this machine"),
        (["serve"], {"DALIL_PUBLIC_URL": "http://dalil.example"}, "set DALIL_ENCRYPTION_KEYS and DALIL_LOOKUP_KEY"),
        (["serve"], {"DALIL_PORT": "99999"}, "DALIL_PORT: "),
        (["serve"], {"DALIL_DATA_DIR": "/proc/nothing"}, "choose another folder with DALIL_DATA_DIR"),
        (["serve"], {"DALIL_DATABASE_URL": "postgresql://x@127.0.0.1:1/y"}, "check DALIL_DATABASE_URL"),
        (["serve"], {"DALIL_MODEL_DIR": "/nowhere"}, "run `dalil train`"),
        (["web"], {}, "SQLite is for one process"),
        (["worker"], {}, "SQLite is for one process"),
        (["sessions", "import", "nothing.csv"], {}, "nothing.csv is no file"),
        (["converse", "--transcript", "nothing.yml"], {}, "nothing.yml"),
    ],
)
def test_one_line(tmp_path: Path, arguments: list[str], environment: dict[str, str], says: str) -> None:
    assert says in last_line(dalil(*arguments, folder=tmp_path, **environment))


def test_an_https_address_without_keys(tmp_path: Path) -> None:
    done = dalil("doctor", folder=tmp_path, DALIL_PUBLIC_URL="https://dalil.example")
    assert done.returncode == 1
    assert "keys: set DALIL_ENCRYPTION_KEYS and DALIL_LOOKUP_KEY" in done.stdout
    assert not (tmp_path / "keys.json").exists()


def test_keys_and_database_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    dalil("doctor", folder=folder)
    dalil("migrate", folder=folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in ("keys.json", "dalil.db"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_the_doctor_tells_what_lets_strangers_in(tmp_path: Path) -> None:
    data, keys = tmp_path / "data", {"DALIL_ENCRYPTION_KEYS": "A" * 43 + "=", "DALIL_LOOKUP_KEY": "B" * 43 + "="}
    dalil("migrate", folder=data)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DALIL_")} | {"DALIL_DATA_DIR": str(data)}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "user", "add", "salma@demo", "--name", "Salma"]
    subprocess.run(command, env=kept, input="long enough 1\n", capture_output=True, text=True, check=True)
    twilio = {"DALIL_TWILIO_ACCOUNT_SID": "AC1", "DALIL_TWILIO_AUTH_TOKEN": "t", "DALIL_TWILIO_SIGNATURE": "report"}
    told = dalil("doctor", folder=data, DALIL_PUBLIC_URL="http://dalil.example", **twilio, **keys).stdout
    assert "anybody can write in anybody's name: set DALIL_TWILIO_SIGNATURE=enforce" in told
    assert "DALIL_PUBLIC_URL must begin with https" in told
    assert "1 account of the demo" in told


def test_an_account_is_added_listed_and_its_password_comes_by_standard_input(tmp_path: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DALIL_")} | {"DALIL_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "user"]

    def user(*arguments: str, password: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *arguments], env=kept, input=password, capture_output=True, text=True, check=False)

    assert "at least 10 characters" in user("add", "a@b", "--name", "Salma", password="short\n").stderr
    assert user("add", "a@b", "--name", "Salma", password="long enough 1\n").returncode == 0
    assert "exists already" in user("add", "a@b", "--name", "Salma", password="long enough 1\n").stderr
    assert user("list").stdout.split("\t")[:3] == ["a@b", "Salma", "advisor"]
    assert user("reset", "nobody", password="long enough 2\n").returncode == 1


def test_sessions_are_imported_and_bad_rows_reported(tmp_path: Path) -> None:
    table = tmp_path / "sessions.csv"
    table.write_text(
        "title_fr,place,city,region,start,end,capacity,language\n"
        "Étudier,Centre,agadir,souss-massa,2027-01-09T15:00,2027-01-09T17:00,30,fr\n"
        "Étudier,Centre,agadir,souss-massa,samedi,2027-01-09T17:00,30,fr\n",
        encoding="utf-8",
    )
    done = dalil("sessions", "import", str(table), folder=tmp_path)
    assert done.stdout == "1 sessions written, 1 rows left out\n"
    assert done.stderr.strip() == "row 3: start: 'samedi' is no local time such as 2026-12-05T15:00"
    assert done.returncode == 1
