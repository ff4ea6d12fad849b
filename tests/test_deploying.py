"""The files of ``docs/deploying.md``: no machine of the project has Docker, so their commands are run without it."""

from __future__ import annotations

import inspect
import json
import re
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from flows.cli import app
from tests.conftest import ROOT
from tests.hook import answering

UNITS = ROOT / "docs" / "systemd"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "findings-worker"]


def stages() -> dict[str, list[tuple[str, str]]]:
    """The instructions of each stage of the Dockerfile, with those of the stages that it begins with."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.M).replace("\\\n", "")
    found: dict[str, list[tuple[str, str]]] = {}
    for line in filter(None, text.splitlines()):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            current = found[name] = list(found.get(base, []))
        current.append((word, rest.strip()))
    return found


def last(stage: str, word: str) -> str:
    """What the last instruction of a kind says."""
    return [rest for kind, rest in stages()[stage] if kind == word][-1]


class TestImage:
    def test_it_runs_as_nobody_in_particular(self) -> None:
        for stage in ("command", "worker"):
            assert last(stage, "USER") == "10001:10001"
            assert "HOME=/tmp" in last(stage, "ENV").split()

    def test_what_is_copied_is_there_and_not_ignored(self) -> None:
        ignored = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] not in "#"]
        kept = [line.removeprefix("!") for line in ignored if line.startswith("!")]
        for word, rest in stages()["packages"]:
            if word == "COPY":
                for source in rest.split()[:-1]:
                    assert (ROOT / source).exists(), source
                    assert any(fnmatch(source, pattern) for pattern in kept), source

    def test_the_commands_are_there(self) -> None:
        from prefect.cli.worker import start

        assert json.loads(last("command", "ENTRYPOINT")) == ["findings"]
        assert json.loads(last("worker", "ENTRYPOINT")) == ["prefect"]
        options = {word[2:].replace("-", "_") for word in json.loads(last("worker", "CMD")) if word.startswith("--")}
        known = inspect.signature(start).parameters
        assert {"with_healthcheck", "limit"} <= options
        assert {"work_pool_name" if option == "pool" else option for option in options} <= set(known)

    def test_the_command_starts_with_nothing_but_the_settings_of_the_image(self, tmp_path: Path) -> None:
        settings = dict(word.split("=", 1) for word in shlex.split(last("command", "ENV")))
        assert settings["PATH"].startswith("/app/.venv/bin:")
        settings |= {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
        ended = subprocess.run(["findings", "--help"], cwd=tmp_path, env=settings, capture_output=True, check=False)
        assert (ended.returncode, ended.stderr, list(tmp_path.iterdir())) == (0, b"", [])

    @pytest.mark.parametrize("where", ["Dockerfile", "compose.yaml"])
    def test_the_health_check_tells_good_from_bad(self, where: str) -> None:
        if where == "Dockerfile":
            command = json.loads(last("worker", "HEALTHCHECK").partition("CMD ")[2])
        else:
            command = SERVICES["server"]["healthcheck"]["test"][1:]
        assert command[0] == "python"

        def healthy(port: int) -> bool:
            there = [sys.executable, *(re.sub(r":\d{4}/", f":{port}/", word) for word in command[1:])]
            return subprocess.run(there, stderr=subprocess.DEVNULL, check=False).returncode == 0

        with answering(200) as (port, _):
            assert healthy(port)
        assert not healthy(port), "nothing answers there any more"
        with answering(503) as (port, _):
            assert not healthy(port)


class TestCompose:
    def test_no_container_can_write_or_gain_rights(self) -> None:
        assert all(service["read_only"] for service in SERVICES.values())
        assert all(service["security_opt"] == ["no-new-privileges:true"] for service in SERVICES.values())
        assert all(SERVICES[name]["cap_drop"] == ["ALL"] for name in OURS)

    def test_only_this_machine_reaches_it(self) -> None:
        ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
        assert ports == ["127.0.0.1:4200:4200"]

    def test_nothing_starts_without_the_secrets(self) -> None:
        text = (ROOT / "compose.yaml").read_text("utf-8")
        for name in ("FINDINGS_AUTH", "FINDINGS_DATABASE_PASSWORD"):
            assert f"${{{name}:?" in text
        assert ".env" in (ROOT / ".gitignore").read_text("utf-8").split()

    def test_everything_that_is_waited_for_is_there_and_can_be_healthy(self) -> None:
        for service in SERVICES.values():
            for name, how in service.get("depends_on", {}).items():
                checked = "test" in SERVICES[name].get("healthcheck", {})
                assert checked == (how["condition"] == "service_healthy"), name

    def test_prefect_knows_the_settings(self) -> None:
        from prefect import settings

        named = [name for service in SERVICES.values() for name in service.get("environment", {})]
        named += [word.partition("=")[0] for word in last("worker", "ENV").split()]
        used = {name for name in named if name.startswith("PREFECT_")}
        assert len(used) > 6
        assert [name for name in used if not hasattr(settings, name)] == []

    @pytest.mark.parametrize(
        ("told", "there", "last_call"),
        [
            ("https://hooks.arvenia.example", "", "findings notify"),
            ("", "", "prefect automation create --from-file automations.yaml"),
            ("", "findings-killed", "prefect automation inspect findings-killed"),
        ],
    )
    def test_deploying_can_be_repeated(self, told: str, there: str, last_call: str, tmp_path: Path) -> None:
        [script] = SERVICES["deploy"]["command"]
        calls = tmp_path / "calls"
        stub = f'echo "$(basename "$0") $*" >> {calls}; case "$*" in *inspect*) [ -n "$THERE" ];; esac'
        for name in ("prefect", "findings"):
            (tmp_path / name).write_text(f"#!/bin/sh\n{stub}\n")
            (tmp_path / name).chmod(0o755)
        environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "FINDINGS_NOTIFY": told, "THERE": there}
        subprocess.run(["sh", "-euc", script.replace("$$", "$")], env=environment, check=True)
        assert calls.read_text().splitlines()[-1] == last_call


class TestSystemd:
    def unit(self, name: str) -> dict[str, str]:
        lines = (UNITS / name).read_text("utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    def test_the_units_name_each_other(self) -> None:
        unit = self.unit("findings.service")
        assert (UNITS / unit["OnFailure"]).is_file()
        assert (UNITS / "findings.timer").is_file(), "a timer starts the service of its own name"

    def test_the_run_has_options_that_there_are(self) -> None:
        program, command, *words = shlex.split(self.unit("findings.service")["ExecStart"])
        assert program.endswith("/.venv/bin/findings")
        known: Any = get_command(app)
        options = {spelled for option in known.commands[command].params for spelled in option.opts}
        assert {word for word in words if word.startswith("-")} <= options

    @pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd is installed here")
    def test_systemd_takes_them(self, tmp_path: Path) -> None:
        for file in UNITS.iterdir():
            text = re.sub(r"^(ExecStart=)\S+", r"\1/bin/true", file.read_text("utf-8"), flags=re.M)
            (tmp_path / file.name).write_text(text)
        units = sorted(str(file) for file in tmp_path.iterdir())
        ended = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
        ours = [line for line in ended.stderr.splitlines() if "findings" in line]
        assert (ended.returncode, ours) == (0, [])

    @pytest.mark.skipif(not shutil.which("curl"), reason="no curl is installed here")
    def test_a_failure_is_told(self) -> None:
        with answering(204) as (port, posted):
            line = self.unit("findings-failed.service")["ExecStart"].replace("%H", "here")
            words = shlex.split(line.replace("${FINDINGS_NOTIFY}", f"http://127.0.0.1:{port}/"))
            subprocess.run([shutil.which("curl") or "", *words[1:]], check=True)
        assert posted == [{"text": "findings: the run on here has failed; journalctl --unit findings says why"}]
