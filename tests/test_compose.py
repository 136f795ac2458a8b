"""What the containers are told is what the code reads, and what they copy is there."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot.settings import Settings
from tests.conftest import quiet_settings

HOME: Path = quiet_settings().home
COMPOSE: dict[str, Any] = yaml.safe_load((HOME / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILES = sorted((HOME / "deploy").glob("Dockerfile*"))
# https://github.com/compose-spec/compose-spec/blob/main/05-services.md, those we use
KNOWN = {"build", "env_file", "environment", "ports", "expose", "volumes", "read_only", "tmpfs", "cap_drop", "security_opt"} | {
    "mem_limit",
    "restart",
    "profiles",
}


def test_both_services_are_there_and_locked_down() -> None:
    assert set(COMPOSE["services"]) == {"dalil", "rasa"}
    for service in COMPOSE["services"].values():
        assert set(service) <= KNOWN
        assert (HOME / service["build"]["dockerfile"]).is_file()
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["restart"] == "unless-stopped"


def test_nothing_is_open_to_the_world_but_through_the_proxy() -> None:
    assert all(str(port).startswith("127.0.0.1:") for s in COMPOSE["services"].values() for port in s.get("ports", ()))


def test_the_house_reads_every_setting_it_is_given() -> None:
    given = {**COMPOSE["services"]["dalil"]["environment"]}
    for file in DOCKERFILES:
        given |= dict(re.findall(r"(DALIL_\w+)=(\S+)", file.read_text(encoding="utf-8")))
    fields = {f"DALIL_{name.upper()}" for name in Settings.model_fields}
    assert set(given) <= fields
    assert "DALIL_DATA_DIR" in given


def test_data_outlives_the_container() -> None:
    (volume,) = COMPOSE["services"]["dalil"]["volumes"]
    name, _, folder = volume.partition(":")
    assert name in COMPOSE["volumes"]
    assert folder == COMPOSE["services"]["dalil"]["environment"]["DALIL_DATA_DIR"]


def test_rasa_listens_where_the_house_is_told_to_ask() -> None:
    text = (HOME / "docker-compose.yml").read_text(encoding="utf-8")
    found = re.search(r"DALIL_RASA_URL=(\S+)", text)
    assert found
    address = urlsplit(found[1])
    assert address.hostname in COMPOSE["services"]
    assert str(address.port) == COMPOSE["services"]["rasa"]["environment"]["RASA_PORT"]
    script = (HOME / "deploy" / "rasa.sh").read_text(encoding="utf-8")
    for name in COMPOSE["services"]["rasa"]["environment"]:
        assert name in script


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda f: f.name)
def test_a_dockerfile_copies_what_is_there_and_does_not_run_as_root(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert copied
    assert all((HOME / name).exists() for name in copied)
    assert [line for line in lines if line.startswith("USER ")][-1] != "USER root"
    assert all(re.match(r"FROM python:3\.1[01]-slim-bookworm\b", line) for line in lines if line.startswith("FROM "))
    assert any(line.startswith("HEALTHCHECK ") for line in lines)
