"""What the encoder should say: the same formula in plain float64, one text at a time, to measure the graph by."""

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np

# Abramowitz and Stegun 1964, 7.1.26: wrong by at most 1.5e-7.
_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


def sentence_vector(weights: Mapping[str, np.ndarray], config: Mapping[str, object], ids: Sequence[int]) -> np.ndarray:
    """The vector, of length 1, of one text that the tokenizer made these ids of."""
    heads = int(config["num_attention_heads"])

    def linear(name: str, x: np.ndarray) -> np.ndarray:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def normalized(name: str, x: np.ndarray) -> np.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + float(config["layer_norm_eps"]))
        return centred / deviation * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def attention(name: str, x: np.ndarray) -> np.ndarray:
        query, key, value = (
            np.stack(np.split(linear(f"{name}.{one}", x), heads, axis=-1)) for one in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / sqrt(query.shape[-1])
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return np.concatenate(list(shares / shares.sum(axis=-1, keepdims=True) @ value), axis=-1)

    words = weights["embeddings.word_embeddings.weight"][list(ids)]
    places = weights["embeddings.position_embeddings.weight"][: len(ids)]
    types = weights["embeddings.token_type_embeddings.weight"][0]
    x = normalized("embeddings.LayerNorm", (words + places + types).astype(np.float64))
    for layer in range(int(config["num_hidden_layers"])):
        name = f"encoder.layer.{layer}"
        attended = linear(f"{name}.attention.output.dense", attention(f"{name}.attention.self", x))
        x = normalized(f"{name}.attention.output.LayerNorm", attended + x)
        wide = linear(f"{name}.intermediate.dense", x)
        narrow = linear(f"{name}.output.dense", wide * (1 + _erf(wide / sqrt(2))) / 2)
        x = normalized(f"{name}.output.LayerNorm", narrow + x)
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


def _erf(x: np.ndarray) -> np.ndarray:
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = np.zeros_like(t)
    for factor in reversed(_ERF):
        series = (series + factor) * t
    return np.sign(x) * (1 - series * np.exp(-(x**2)))
