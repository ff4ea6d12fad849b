"""Attacks on ``findings serve``: strangers at its port, hostile parameters, a second installation."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import stat
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest
from pydantic import SecretStr

from flows import pipeline
from flows.mail import EMail
from flows.notify import PAYLOAD, CannotNotify, automation
from flows.report import Report
from flows.request import Request
from flows.schedule import BadSchedule, Deployment, NotOurs, deployments, made, require_ours, serve
from flows.served import SERVED, NotAllowed, fixed, keep_fixed
from flows.server import NoServer, guard, guarded, home_of, password_of
from tests.hook import receiving
from tests.test_adoption import PROJECT

PORT, PASSWORD = 4200, "findings:a-secret-of-this-test"
PLACES = {"paths": ["/data/raw"], "output": "/data/out", "wait": 21600}
HERE = f"http://127.0.0.1:{PORT}"


@dataclass
class Pages:
    """Prefect's server as ``findings serve`` starts it, in this process and without its database."""

    application: Any

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._ask("GET", path, headers)

    def post(self, path: str, **headers: str) -> httpx.Response:
        return self._ask("POST", path, headers)

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.application), base_url=HERE) as client:
                sent = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.request(method, path, headers=sent, content=b"{}")

        return anyio.run(ask)


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    import prefect.settings as settings
    from prefect.server.api.server import create_app

    with settings.temporary_settings({getattr(settings, name): value for name, value in guard(PORT, PASSWORD).items()}):
        yield Pages(guarded(create_app)(ignore_cache=True))


def _basic(password: str) -> str:
    return "Basic " + base64.b64encode(password.encode()).decode()


KNOWN = _basic(PASSWORD)


@pytest.mark.slow
class TestStrangers:
    def test_without_the_password_nothing_is_answered(self, pages: Pages) -> None:
        assert pages.get("/api/admin/version").status_code == 401
        for guess in (_basic("findings:guess"), f"Bearer {PASSWORD}"):
            assert pages.get("/api/admin/version", Authorization=guess).status_code == 401
        assert pages.get("/api/admin/version", Authorization=KNOWN).status_code == 200

    def test_the_form_of_a_foreign_site_starts_nothing(self, pages: Pages) -> None:
        """A browser sends the password that it knows with every request, also those of other sites."""
        path = f"/api/deployments/{uuid.uuid4()}/create_flow_run"
        answer = pages.post(path, Authorization=KNOWN, Origin="http://evil.example", Content_Type="text/plain")
        assert (answer.status_code, answer.json()) == (403, {"detail": "Missing CSRF token."})

    def test_no_foreign_site_may_read_an_answer(self, pages: Pages) -> None:
        for origin in ("http://evil.example", "null", "http://127.0.0.1:8000"):
            answer = pages.get("/api/admin/version", Authorization=KNOWN, Origin=origin)
            assert "access-control-allow-origin" not in answer.headers
        own = pages.get("/api/admin/version", Authorization=KNOWN, Origin=HERE)
        assert own.headers["access-control-allow-origin"] == HERE

    def test_a_name_that_leads_here_from_elsewhere_is_refused(self, pages: Pages) -> None:
        """A site can let its own name lead to 127.0.0.1; the browser then takes this server for that site."""
        for host in ("evil.example", f"evil.example:{PORT}", "127.0.0.1.evil.example"):
            assert pages.get("/api/health", Host=host).status_code == 400
        for host in (f"127.0.0.1:{PORT}", f"localhost:{PORT}"):
            assert pages.get("/api/health", Host=host).status_code == 200

    @pytest.mark.parametrize("stream", ["events/in", "events/out", "logs/out"])
    @pytest.mark.parametrize("said", [{"type": "filter", "filter": {}}, {"type": "auth", "token": "findings:guess"}])
    def test_no_stream_is_opened_without_the_password(self, pages: Pages, stream: str, said: dict[str, str]) -> None:
        """A browser lets every site open a WebSocket: it asks for no token, and no origin is compared."""
        heard: list[dict[str, Any]] = []
        messages = iter([{"type": "websocket.connect"}, {"type": "websocket.receive", "text": json.dumps(said)}])

        async def receive() -> dict[str, Any]:
            return next(messages, {"type": "websocket.disconnect", "code": 1000})

        async def send(message: dict[str, Any]) -> None:
            heard.append(message)

        headers = [(b"host", HERE[7:].encode()), (b"sec-websocket-protocol", b"prefect")]
        place = {
            "type": "websocket",
            "path": f"/api/{stream}",
            "root_path": "",
            "query_string": b"",
            "headers": headers,
        }
        anyio.run(pages.application, place, receive, send)
        assert [message["type"] for message in heard] == ["websocket.accept", "websocket.close"]
        assert heard[-1]["code"] == 1008

    def test_but_the_server_reaches_itself(self, pages: Pages) -> None:
        """Otherwise no automation of it does anything, and nobody is told of a failure."""
        from prefect.server.api.clients import OrchestrationClient

        host = OrchestrationClient()._http_client.base_url.host
        assert pages.get("/api/version", host=host).status_code == 401, "asked for the password, not refused"
        assert guarded(lambda: pages.application)() is pages.application, "its services ask for it when it runs"


class TestPassword:
    def test_it_is_random_and_only_its_owner_can_read_it(self, tmp_path: Path) -> None:
        homes = [tmp_path / name for name in ("a", "b")]
        passwords = [password_of(home) for home in homes]
        assert len(set(passwords)) == 2
        assert all(len(password) > 40 and password.startswith("findings:") for password in passwords)
        file = tmp_path / "a" / "password"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert password_of(tmp_path / "a") == passwords[0]

    def test_one_that_others_can_read_is_not_used(self, tmp_path: Path) -> None:
        home = tmp_path
        password_of(home)
        (tmp_path / "password").chmod(0o644)
        with pytest.raises(NoServer, match="others can read"):
            password_of(home)

    def test_one_that_somebody_else_has_put_there_is_not_used(self, tmp_path: Path) -> None:
        elsewhere = tmp_path / "known"
        elsewhere.write_text("findings:known\n")
        elsewhere.chmod(0o600)
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "password").symlink_to(elsewhere)
        with pytest.raises(NoServer, match="password"):
            password_of(tmp_path / "home")


class TestParameters:
    def keep(self, **asked: Any) -> Request:
        return keep_fixed(Request(**asked), {SERVED: json.dumps(fixed(PLACES))})

    @pytest.mark.parametrize(
        "asked",
        [
            {"output": "/home/victim/.ssh"},
            {"output": "/data/out/../other"},
            {"paths": ["/etc"]},
            {"rules": "/tmp/rules"},
            {"known_issues": "/tmp/known.yml"},
            {"runner": "dask", "address": "tcp://10.0.0.1:8786"},
            {"megabytes": 10**9},
            {"seconds": 1e9},
            {"workers": 5000},
        ],
        ids=lambda asked: next(iter(asked)),
    )
    def test_what_is_fixed_cannot_be_asked_for(self, asked: dict[str, Any]) -> None:
        with pytest.raises(NotAllowed, match=f"^{next(iter(asked))}.*: fixed"):
            self.keep(**asked)

    def test_chapters_and_force_can(self) -> None:
        asked = self.keep(force=True, years=[2019], countries=["xav"], name="mine", output="/data/out")
        assert (asked.paths, asked.output, asked.wait) == ((Path("/data/raw"),), Path("/data/out"), 21600)
        assert (asked.force, asked.years, asked.countries, asked.name) == (True, (2019,), ("XAV",), "mine")

    def test_a_run_that_is_not_served_keeps_its_request(self) -> None:
        asked = Request(output=Path("anywhere"))
        assert keep_fixed(asked, {}) is asked

    def test_the_flow_looks_before_it_does_anything(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(SERVED, json.dumps(fixed(PLACES)))
        with pytest.raises(NotAllowed):
            pipeline.ingest.fn(Request(paths=(tmp_path,), output=tmp_path / "out"))
        assert list(tmp_path.iterdir()) == []

    def test_prefect_refuses_them_before_a_run_is_made(self, tmp_path: Path) -> None:
        """What the server checks when somebody asks for a run of a served deployment."""
        from prefect.utilities.schema_tools.validation import validate

        for deployment in deployments([tmp_path / "raw"], tmp_path / "out"):
            served = made(deployment)
            assert served.enforce_parameter_schema
            schema = served._parameter_openapi_schema.model_dump(exclude_unset=True)
            validate(served.parameters, schema, raise_on_error=True)
            validate({"request": {"force": True, "years": [2019]}}, schema, raise_on_error=True)
            for name, value in (("output", "/elsewhere"), ("paths", ["/etc"]), ("rules", "/tmp"), ("workers", 99)):
                with pytest.raises(Exception, match="was expected"):
                    validate({"request": {**deployment.request, name: value}}, schema, raise_on_error=True)


class TestTwoInstallations:
    """Each of two checkouts of one account serves its own folder."""

    def first(self) -> list[Deployment]:
        return deployments([Path("/a/raw")], Path("/a/output"))

    def there(self) -> dict[str, Any]:
        return {deployment.name: json.loads(json.dumps(deployment.request)) for deployment in self.first()}

    def test_the_same_one_again_is_served(self) -> None:
        require_ours(self.first(), self.there())
        require_ours(self.first(), {})

    @pytest.mark.parametrize(("paths", "output"), [("/b/raw", "/a/output"), ("/a/raw", "/b/output")])
    def test_one_does_not_take_over_the_deployments_of_the_other(self, paths: str, output: str) -> None:
        with pytest.raises(NotOurs, match=r"weekly with (paths|output) .*--instance"):
            require_ours(deployments([Path(paths)], Path(output)), self.there())

    def test_a_deployment_that_was_made_otherwise_is_not_taken_over(self) -> None:
        with pytest.raises(NotOurs):
            require_ours(self.first(), {"yearly": {"": ""}})

    def test_a_name_of_its_own_keeps_them_apart(self) -> None:
        other = deployments([Path("/b/raw")], Path("/b/output"), instance="b")
        assert [deployment.name for deployment in other] == ["weekly-b", "yearly-b", "backfill-b", "fetch-and-run-b"]
        require_ours(other, self.there())

    @pytest.mark.parametrize("name", ["a/b", "-", "a b", "../x", "a\n"])
    def test_a_name_that_prefect_does_not_take_is_refused(self, name: str) -> None:
        with pytest.raises(BadSchedule, match="no name of an instance"):
            deployments([Path("/a/raw")], Path("/a/output"), instance=name)

    def test_each_has_a_home_of_its_own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Two outputs never share a database; an output that is served already is not served twice."""
        assert home_of(tmp_path / "a") != home_of(tmp_path / "b")
        home = home_of(tmp_path / "a")
        password_of(home)
        with (home / "server").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            monkeypatch.delenv("PREFECT_API_URL", raising=False)
            monkeypatch.setenv("PREFECT_HOME", str(home))
            with pytest.raises(NoServer, match="another process has a server"):
                serve([], home)


def test_a_folder_that_prefect_cannot_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that is not UTF-8 cannot be sent to a server: a run is done without it, a deployment is refused."""
    folder = tmp_path / os.fsdecode(b"raw\xff")
    with pytest.raises(BadSchedule, match=r"raw\\xff is not UTF-8"):
        deployments([folder], tmp_path / "out")
    done: list[Request] = []
    report = Report("now", "then")

    def run(request: Request) -> Report:
        done.append(request)
        return report

    monkeypatch.setattr(pipeline, "run", run)
    assert pipeline.run_as_flow(Request(paths=(folder,))) == (report, True)
    assert [request.paths for request in done] == [(folder,)]


class TestNotifications:
    def test_what_a_run_says_of_itself_stays_a_text_within_the_message(self) -> None:
        """A message may hold names of files that somebody has chosen."""
        from prefect.server.events.jinja_filters import all_filters
        from prefect.server.utilities.user_templates import (
            register_user_template_filters,
            render_user_template_sync,
            validate_user_template,
        )

        register_user_template_filters(all_filters)
        validate_user_template(PAYLOAD)
        said = 'FAILED a", "state": "Completed\n{{ 7 * 7 }}</script>.pdf'
        run = SimpleNamespace(name="20191002T091401Z", state=SimpleNamespace(name="Failed", message=said))
        told = json.loads(render_user_template_sync(PAYLOAD, {"flow_run": run}))
        assert (told["state"], told["message"], told["deployment"]) == ("Failed", said, "")
        assert told["text"] == f"findings: run 20191002T091401Z (by hand) is Failed: {said}"

    def test_every_bad_end_is_told_and_no_good_one(self) -> None:
        made = automation(uuid.uuid4())
        assert {name.rpartition(".")[2] for name in made.trigger.expect} == {"Failed", "Crashed", "TimedOut", "Late"}

    def test_an_e_mail_arrives_and_a_name_adds_no_recipient(self) -> None:
        assert "notify" in EMail.get_block_capabilities(), "else no automation can use it"
        with receiving() as (port, got):
            address = f"mailto://127.0.0.1:{port}?from=findings@arvenia.example&to=you@arvenia.example"
            block: Any = EMail(url=SecretStr(address))
            hostile = "FAILED a.pdf\r\n.\r\nMAIL FROM:<a@arvenia.example>\r\nRCPT TO:<them@arvenia.example>"
            with block.raise_on_failure():
                block.notify(subject="a run is Failed", body=hostile)
        [(recipients, message)] = got
        assert recipients == ["you@arvenia.example"]
        text = next(part for part in message.walk() if part.get_content_type().startswith("text/"))
        assert b"RCPT TO:" in bytes(text.get_payload(decode=True)), "a line of the text and no command"

    def test_an_automation_sends_it(self) -> None:
        [action] = automation(uuid.uuid4(), by_mail=True).actions
        assert (action.type, action.subject) == ("send-notification", "findings: a run is {{ flow_run.state.name }}")
        [entry] = PROJECT["entry-points"]["prefect.collections"].values()
        assert entry == EMail.__module__, "servers load it by this name"

    @pytest.mark.parametrize(
        "address",
        ["hooks.arvenia.example", "file:///etc/passwd", "https://", "mailtos://smtp.arvenia.example?to=a@b.example"],
    )
    def test_what_is_no_web_address_is_refused_before_anything_starts(self, address: str, tmp_path: Path) -> None:
        with pytest.raises(CannotNotify):
            serve([], tmp_path, told=address)
