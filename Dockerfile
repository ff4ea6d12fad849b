# findings as a container (docs/deploying.md): `--target command` is the command line, the last stage the worker that
# starts scheduled runs. Both need no rights: any user, a read-only root file system, writable /app/output and /tmp.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE prefect.yaml automations.yaml ./
COPY extractors extractors
COPY flows flows
COPY review review
COPY schemas schemas
# Compiled here, because nothing can be written later; pip goes, because nothing may be installed later.
RUN .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --editable . \
    && .venv/bin/python -m compileall -q extractors flows review schemas \
    && .venv/bin/python -m pip uninstall --yes --quiet pip setuptools

FROM python:3.11-slim-bookworm AS command
WORKDIR /app
COPY --from=packages /app /app
RUN mkdir -p raw output && chown 10001:10001 output
ENV PATH=/app/.venv/bin:$PATH \
    HOME=/tmp \
    PREFECT_HOME=/tmp/prefect \
    PREFECT_SERVER_ANALYTICS_ENABLED=false \
    DO_NOT_TRACK=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
VOLUME ["/app/raw", "/app/output"]
ENTRYPOINT ["findings"]
CMD ["--help"]

FROM command AS worker
HEALTHCHECK --interval=60s --timeout=10s --start-period=90s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/health', timeout=5)"]
ENTRYPOINT ["prefect"]
CMD ["worker", "start", "--pool", "findings", "--limit", "1", "--with-healthcheck"]
