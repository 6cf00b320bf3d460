"""PNG and JPEG images: their size is read before their points are, and no other file follows them."""

import warnings
import zipfile
from typing import BinaryIO

from PIL import Image

from mandat.platform.inspection.findings import Kind, Unfit, must

#: Points: a page of 600 dots an inch has 35 million.
MOST_POINTS = 60_000_000
_KINDS = {"PNG": Kind.PNG, "JPEG": Kind.JPEG, "MPO": Kind.JPEG}


def read_image(file: BinaryIO) -> Kind:
    """
    Read an image through.

    :raises FoundUnfit: if it is not fit to be kept
    """
    must(not zipfile.is_zipfile(file), Unfit.KIND)
    file.seek(0)
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # ours is asked first
    with Image.open(file, formats=("PNG", "JPEG")) as image:
        kind = _KINDS[image.format or ""]
        must(image.width * image.height <= MOST_POINTS, Unfit.HEAVY)
        image.draft("RGB", (1000, 1000))
        image.load()
    return kind
