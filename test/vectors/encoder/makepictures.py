"""Makes pictures.json beside it, in an environment as server/encoders/export/export.sh --images makes one:

    python test/vectors/encoder/makepictures.py

Vectors of drawn pictures by plain floating point, and the SHA-256 of their pixels.
"""

import hashlib
import json
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[2] / "server/encoders/export"))

from drawn import INKS, PAPERS, drawn  # noqa: E402
from exportimages import packaged_weights, pixels_of  # noqa: E402
from litereference import picture_vector  # noqa: E402

CHOSEN = (("disc", 0, 0), ("ring", 1, 1), ("cross", 2, 0), ("square", 3, 1))

weights = packaged_weights()
pictures = []
for shape, ink, paper in CHOSEN:
    picture = drawn(shape, INKS[ink], PAPERS[paper])
    vector = picture_vector(weights, pixels_of(picture))
    pictures.append(
        {
            "shape": shape,
            "ink": ink,
            "paper": paper,
            "sha256": hashlib.sha256(picture.tobytes()).hexdigest(),
            "vector": [round(float(one), 4) for one in vector],
        }
    )
(here / "pictures.json").write_text(json.dumps({"pictures": pictures}) + "\n", "utf8")
