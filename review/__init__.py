"""The review site: a static folder in which every published value is seen beside the page it was read from."""

from review.site import FOLDER, START, NoAnswer, NotPublished, SiteReport, build, is_current

__all__ = ["FOLDER", "START", "NoAnswer", "NotPublished", "SiteReport", "build", "is_current"]
