"""The run: find files, extract, validate, publish. The only package that knows files, schemas and extractors.

Who reads the published tables needs one name of it: :func:`flows.published.open_release`. It is loaded when it is first
used, so that the processes that read pages do not load it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.published import open_release

__all__ = ["open_release"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from flows import published

    return getattr(published, name)
