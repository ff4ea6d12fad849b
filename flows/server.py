"""A Prefect server of our own, on the loopback address: for one run, for ``findings serve`` and for ``findings ui``.

Processes that share a Prefect home share one server: whoever starts it holds a lock on the file ``server`` in that
home, which contains the server's address, and the others use that server. Two servers on one SQLite file would block
each other.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

BOOT = "import sys, flows.workers as w; w.die_with_parent(int(sys.argv.pop(1))); from prefect.cli import app; app()"
LOOPBACK = "127.0.0.1"
PORT = 4200
"""The port on which Prefect's own commands expect a server."""
START_SECONDS = 180.0
"""How long a server may take to start; the first time it creates its database."""
QUIET = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
"""Settings that switch off Prefect's usage statistics."""


class NoServer(Exception):
    """No Prefect server could be started; the message says why and what helps."""


def home_of(output: Path) -> Path:
    """The Prefect home that belongs to an output folder: the record of its runs under ``findings run --prefect``."""
    return output.absolute() / ".prefect"


@contextmanager
def home_server(home: Path, port: int = 0) -> Iterator[str]:
    """The server on this Prefect home: the one that another process has started, else one that ends with the block.

    Yields the URL of its API. Raises :class:`NoServer`.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield _running(home / "server")
            return
        lock.truncate(0)
        with server(port, quiet=True, home=home) as url:
            lock.write(url)
            lock.flush()
            yield url


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
def server(port: int = 0, quiet: bool = False, home: Path | None = None) -> Iterator[str]:
    """A Prefect server that ends with the block, on a free port if none is given; yields the URL of its API.

    ``home`` is the Prefect home with its database (Prefect's own default if not given); ``quiet`` drops its messages.
    Raises :class:`NoServer`.
    """
    port = _bindable(port)
    watched, lifeline = os.pipe()
    command = [sys.executable, "-c", BOOT, str(watched)]
    command += ["server", "start", "--host", LOOPBACK, "--port", str(port)]
    url = f"http://{LOOPBACK}:{port}/api"
    environment = {
        "PREFECT_UI_API_URL": url,
        **QUIET,
        **os.environ,
    }  # its pages would ask port 4200, whatever --port is
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
        yield url
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()
        process.wait()
        os.close(lifeline)


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
