"""Images, by their header alone: no pixel is decoded here."""

import io
import warnings
from typing import Final

from notifications.attachments.kinds import Kind
from notifications.attachments.texts import refuse_second_nature
from partnerflow.refusals import Refused

LONGEST: Final = 30_000
"""Pixels of a side."""

MOST: Final = 120_000_000
"""Pixels altogether: more than any camera makes that fits into 10 MiB."""

_FORMATS: Final = {
    "image/png": ("PNG",),
    "image/jpeg": ("JPEG",),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
}


def check_image(kind: Kind, content: bytes) -> None:
    """``file-type-mismatch`` when its header is not that of its kind, ``image-too-large`` by what the header says."""
    width, height = _size(kind, content)
    if max(width, height) > LONGEST or width * height > MOST:
        raise Refused(
            "image-too-large",
            f"The image has {width} x {height} pixels; send one of at most {LONGEST} a side and {MOST} in all.",
            pointer="/file",
        )
    refuse_second_nature(kind, content)


def _size(kind: Kind, content: bytes) -> tuple[int, int]:
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(content), formats=_FORMATS[kind.media_type]) as image:
                return image.size
        except Image.DecompressionBombError as error:
            raise Refused("image-too-large", "The image has too many pixels.", pointer="/file") from error
        except (OSError, ValueError, SyntaxError, OverflowError) as error:
            raise Refused(
                "file-type-mismatch", f"The content is no {kind.shown} image.", pointer="/file"
            ) from error
