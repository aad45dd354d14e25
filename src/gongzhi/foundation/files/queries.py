"""Reads of files. Whether somebody may read one is asked of what it is attached to."""

from gongzhi.foundation.files.models import File

__all__ = ["File"]
