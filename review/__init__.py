"""The review site: static pages that show every published value beside the page it was read from."""

from review.site import FOLDER, START, CannotBuildSite, NoAnswer, SiteReport, build, is_current

__all__ = ["FOLDER", "START", "CannotBuildSite", "NoAnswer", "SiteReport", "build", "is_current"]
