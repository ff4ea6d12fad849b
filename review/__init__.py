"""The review site: a static folder in which every published value is seen beside the page it was read from."""

from review.site import NotPublished, SiteReport, build

__all__ = ["NotPublished", "SiteReport", "build"]
