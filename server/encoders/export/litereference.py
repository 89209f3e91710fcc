"""What the image encoder should say: the same layers in plain float64, one picture at a time, to measure the graph by.

Nothing is folded and nothing rounded: a convolution, then (x - m) / sqrt(v + e) g + b, as the network was trained.
"""

from collections.abc import Mapping

import numpy as np

from litelayers import EPSILON, Layer, layers, same_padding


def picture_vector(weights: Mapping[str, np.ndarray], pixels: np.ndarray) -> np.ndarray:
    """The vector, of length 1, of pixels [3, 224, 224] of mean 0."""
    x = pixels.astype(np.float64)
    aside = x
    for layer in layers():
        if layer.shortcut == "keep":
            aside = x
        x = _normalized(weights, layer, _convolved(x, weights[f"{layer.weight}.weight"], layer))
        if layer.bounded:
            x = np.clip(x, 0, 6)
        if layer.shortcut == "add":
            x = x + aside
    features = x.mean(axis=(1, 2))
    return features / np.linalg.norm(features)


def _convolved(x: np.ndarray, kernel: np.ndarray, layer: Layer) -> np.ndarray:
    """[in, rows, columns] by [out, in / groups, k, k] to [out, rows, columns]."""
    k = kernel.shape[2]
    pads = same_padding(x.shape[1], k, layer.stride)
    padded = np.pad(x, ((0, 0), pads, pads))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k), axis=(1, 2))[:, :: layer.stride, :: layer.stride]
    kernel = kernel.astype(np.float64)
    if layer.groups == 1:
        return np.tensordot(kernel, windows, axes=((1, 2, 3), (0, 3, 4)))
    return np.einsum("crsij,cij->crs", windows, kernel[:, 0], optimize=True)


def _normalized(weights: Mapping[str, np.ndarray], layer: Layer, x: np.ndarray) -> np.ndarray:
    gain, offset, mean, variance = (
        weights[f"{layer.norm}.{key}"].astype(np.float64)[:, None, None]
        for key in ("weight", "bias", "running_mean", "running_var")
    )
    return (x - mean) / np.sqrt(variance + EPSILON) * gain + offset
