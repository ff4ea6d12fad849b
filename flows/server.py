"""A Prefect server of our own, on the loopback address: for one run, for ``findings serve`` and for ``findings ui``.

The loopback address is open to every user of the machine, and to every web page that one of them opens in a browser.
So the server asks for a password, refuses requests that a page of another site sends, lets no such page read an answer,
and answers to no other name than its own.

Processes that share a Prefect home share one server: whoever starts it holds a lock on the file ``server`` in that
home, which contains the server's address, and the others use that server. Two servers on one SQLite file would block
each other.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from flows.ending import Refused

BOOT = "import sys, flows.workers as w; w.die_with_parent(int(sys.argv.pop(1))); import flows.server as s; s.boot()"
LOOPBACK = "127.0.0.1"
ITSELF = "prefect-in-memory"
"""The name by which Prefect's server calls itself, in its own process, when an automation acts. A name without a dot
cannot be that of a site elsewhere."""
PORT = 4200
"""The port on which Prefect's own commands expect a server."""
START_SECONDS = 180.0
"""How long a server may take to start; the first time it creates its database."""
QUIET = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
"""Settings that switch off Prefect's usage statistics."""


class NoServer(Refused):
    """No Prefect server could be started; the message says why and what helps."""


@dataclass(frozen=True)
class Server:
    """A running server: the address of its API, and the password (``user:password``) that it asks for."""

    url: str
    password: str


def password_of(home: Path) -> str:
    """The password of the servers on a Prefect home, a folder that only its owner can enter. It is made at random the
    first time, and kept in the file ``password``.

    Raises :class:`NoServer` if others can read the file or it is not ours.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if home.stat().st_uid == os.geteuid():  # an older version made it for everybody to read
        home.chmod(0o700)
    file = home / "password"
    with suppress(FileExistsError), _opened(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as new:
        os.write(new, f"findings:{secrets.token_urlsafe(32)}\n".encode())
    try:
        with _opened(file, os.O_RDONLY | os.O_NONBLOCK) as handle:
            facts = os.fstat(handle)
            content = os.read(handle, 1000).decode(errors="replace").strip()
    except OSError as error:
        raise NoServer(f"the password in {file} cannot be read: {error.strerror}") from error
    if facts.st_uid != os.geteuid() or stat.S_IMODE(facts.st_mode) & 0o077 or not stat.S_ISREG(facts.st_mode):
        raise NoServer(f"others can read or write the password in {file}; remove it, and a new one is made")
    if ":" not in content:
        raise NoServer(f"{file} holds no password; remove it, and a new one is made")
    return content


@contextmanager
def _opened(file: Path, flags: int) -> Iterator[int]:
    handle = os.open(file, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def home_of(output: Path) -> Path:
    """The Prefect home that belongs to an output folder: the record of its runs, and of its served deployments."""
    return output.absolute() / ".prefect"


@contextmanager
def home_server(home: Path, port: int = 0, quiet: bool = True, shared: bool = True) -> Iterator[Server]:
    """The server on this Prefect home: the one that another process has started, else one that ends with the block.

    With ``shared=False`` it must not be that of another process, which may end before the block. Raises
    :class:`NoServer`.
    """
    password = password_of(home)
    with _opened(home / "server", os.O_RDWR | os.O_CREAT | os.O_NONBLOCK) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not shared:
                raise NoServer(f"another process has a server on {home}; end it first") from None
            yield Server(_running(home / "server"), password)
            return
        os.ftruncate(lock, 0)
        with server(port, quiet, home, password) as started:
            os.write(lock, started.url.encode())
            yield started


def _running(file: Path) -> str:
    """The address that another process wrote into the file, as soon as the server answers there."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        url = file.read_text(encoding="utf-8")
        if url and _answers(url):
            return url
        time.sleep(0.2)
    raise NoServer(f"another process has locked {file}, but its Prefect server does not answer")


@contextmanager
def server(port: int = 0, quiet: bool = False, home: Path | None = None, password: str = "") -> Iterator[Server]:
    """A Prefect server that ends with the block, on a free port if none is given.

    ``home`` is the Prefect home with its database (Prefect's own default if not given); ``quiet`` drops its messages;
    without ``password`` it has one that nobody else knows. Raises :class:`NoServer`.
    """
    password = password or f"findings:{secrets.token_urlsafe(32)}"
    port = _bindable(port)
    watched, lifeline = os.pipe()
    command = [sys.executable, "-c", BOOT, str(watched)]
    command += ["server", "start", "--host", LOOPBACK, "--port", str(port)]
    url = f"http://{LOOPBACK}:{port}/api"
    environment = {**QUIET, **os.environ, **guard(port, password)}
    if home:
        environment |= {"PREFECT_HOME": str(home)}
    try:
        # A session of its own: Ctrl-C must reach this process first, which needs the server until it has ended.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else sys.stderr,
            stderr=subprocess.DEVNULL if quiet else sys.stderr,
            pass_fds=(watched,),
            env=environment,
            start_new_session=True,
        )
    except BaseException:
        os.close(lifeline)
        raise
    finally:
        os.close(watched)
    try:
        _wait_for(process, url)
        yield Server(url, password)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()
        process.wait()
        os.close(lifeline)


def guard(port: int, password: str) -> dict[str, str]:
    """The settings that close a server on this port to everybody but those who know the password."""
    origin = f"http://{LOOPBACK}:{port}"
    return {
        "PREFECT_SERVER_API_AUTH_STRING": password,
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": origin,
        "PREFECT_UI_URL": origin,  # for links in what it tells
        "PREFECT_UI_API_URL": f"{origin}/api",  # its pages would ask port 4200, whatever the port is
    }


def guarded(create: Callable[..., Any]) -> Callable[..., Any]:
    """The function that makes Prefect's web application, for one that answers to no other host name than its own.

    Prefect has no such setting. Without it, a web site can let its own name lead to 127.0.0.1 and be taken for ours.
    """
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    def create_guarded(*arguments: Any, **named: Any) -> Any:
        application = create(*arguments, **named)
        # The services of the server ask for the application again when it runs, and a running one cannot be changed.
        if all(there.cls is not TrustedHostMiddleware for there in application.user_middleware):
            application.add_middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost", ITSELF])
        return application

    return create_guarded


def boot() -> None:
    """The main program of the server's process: Prefect's own command line over the guarded application."""
    from prefect.cli import app
    from prefect.server.api import server as api

    api.create_app = guarded(api.create_app)
    app()


def _bindable(port: int) -> int:
    """The port, or a free one for 0. Raises :class:`NoServer` if it is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise NoServer(
                f"port {port} of {LOOPBACK} is in use ({error.strerror}); if a Prefect server answers there, set "
                f"PREFECT_API_URL=http://{LOOPBACK}:{port}/api, else choose another --port"
            ) from error
        return int(probe.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], url: str) -> None:
    ends = time.monotonic() + START_SECONDS
    while not _answers(url):
        if process.poll() is not None:
            raise NoServer(f"the Prefect server exited with code {process.returncode} while it started")
        if time.monotonic() > ends:
            raise NoServer(f"the Prefect server did not answer within {START_SECONDS:.0f} s")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
