"""Publishes tables that a test has made, without a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

import schemas
from flows.pieces import ALL, Parts, Stage, as_rows
from flows.publish import publish_staged, staged


def publish_whole(
    tables: Mapping[str, pd.DataFrame],
    run: Mapping[str, Any],
    output: Path,
    spreadsheets: bool = False,
    keep: int = 5,
) -> Path:
    """Publish whole tables with a run's facts. The same tables give the same Parquet and CSV bytes."""
    rows = {name: as_rows(tables[name]) for name in schemas.TABLES}
    with staged(output) as folder:
        stage = Stage(folder, Parts(None), {name: table.schema for name, table in rows.items()})
        for name, table in rows.items():
            stage.add(name, ALL, table)
            stage.finish(name)
        return publish_staged(stage, run, output, spreadsheets, keep)
