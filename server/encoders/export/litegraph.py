"""EfficientNet-Lite0 without its classifier as an ONNX graph with int8 weights, from its weights alone: no torch.

    pixels -> convolutions, each with its normalization folded in -> mean over the places -> one vector a picture

    W' = W g / sqrt(v + e),   b' = b - m g / sqrt(v + e),   W' ≈ w Wq  with a scale w for each output channel

    b'' = b' - (w Wq - W') E[x]

The last takes out what rounding adds to an output on average (Nagel et al. 2019, Data-free quantization through weight
equalization and bias correction, section 4.2): what goes into a layer is as a normal distribution whose mean and deviation
its normalization gives it, cut at 0 and 6. No picture is needed for that, and it takes out most of what rounding does.

Layers of few weights, 9 to 27 for a channel, keep theirs in floating point: they are a twentieth of all, and in 8 bits they
would turn vectors more than everything else together.

What flows between the layers stays in floating point: weights are multiplied out when the graph is loaded, so 8 bits make
the file a quarter of its size, and cost neither time nor much of the vector. With 8 bits between the layers as well a
vector would depend on ranges that somebody measured on pictures of somebody else's.
"""

from collections.abc import Mapping
from math import erf, pi, sqrt

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

from litelayers import DIM, EPSILON, SIZE, Layer, layers, same_padding

OPSET = 17
INPUT, OUTPUT = "pixels", "features"
# Numbers for a channel up to which they are no integers: those of the first layer, and of layers of each channel by itself.
MOST_FLOAT = 27

Weights = Mapping[str, np.ndarray]


def image_encoder(weights: Weights, *, name: str) -> ModelProto:
    """The graph: pixels, float32 [pictures, 3, 224, 224] of mean 0, to features, float32 [pictures, 1280]."""
    nodes: list[NodeProto] = []
    constants: dict[str, np.ndarray] = {}

    def op(kind: str, *inputs: str, output: str | None = None, **attributes: object) -> str:
        out = output or f"{kind}_{len(nodes)}"
        nodes.append(helper.make_node(kind, list(inputs), [out], name=f"n{len(nodes)}", **attributes))
        return out

    def const(key: str, value: np.ndarray) -> str:
        constants[key] = value
        return key

    least, most = const("0", np.array(0, np.float32)), const("6", np.array(6, np.float32))
    x, size, aside = INPUT, SIZE, INPUT
    # E[x] of each channel; of pixels, which are of mean 0 or so, it is never asked for.
    mean = mean_aside = np.zeros(3)
    for layer in layers():
        if layer.shortcut == "keep":
            aside, mean_aside = x, mean
        kernel, bias = folded(weights, layer)
        if kernel[0].size <= MOST_FLOAT:
            held = const(f"{layer.weight}.kernel", kernel.astype(np.float32))
        else:
            numbers, scales = quantized(kernel)
            bias = bias - (numbers * scales - kernel).sum(axis=(2, 3)) @ mean
            whole = op("Cast", const(f"{layer.weight}.numbers", numbers), to=TensorProto.FLOAT)
            held = op("Mul", whole, const(f"{layer.weight}.scales", scales))
        before, after = same_padding(size, kernel.shape[2], layer.stride)
        x = op(
            "Conv",
            x,
            held,
            const(f"{layer.weight}.bias", bias.astype(np.float32)),
            strides=[layer.stride] * 2,
            pads=[before, before, after, after],
            group=layer.groups,
        )
        mean = mean_after(weights, layer)
        if layer.bounded:
            x = op("Clip", x, least, most)
        if layer.shortcut == "add":
            x, mean = op("Add", x, aside), mean + mean_aside
        size = -(-size // layer.stride)
    op("Flatten", op("GlobalAveragePool", x), output=OUTPUT)

    pixels = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["pictures", 3, SIZE, SIZE])
    features = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["pictures", DIM])
    initializers = [numpy_helper.from_array(np.array(value, order="C"), key) for key, value in constants.items()]
    graph = helper.make_graph(nodes, name, [pixels], [features], initializers)
    # The oldest format that has the op set: readers refuse a newer one than they know.
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    checker.check_model(model, full_check=True)
    return model


def folded(weights: Weights, layer: Layer) -> tuple[np.ndarray, np.ndarray]:
    """W' and b', float64."""
    norm = {key: weights[f"{layer.norm}.{key}"].astype(np.float64) for key in ("weight", "bias", "running_mean")}
    gain = norm["weight"] / np.sqrt(weights[f"{layer.norm}.running_var"].astype(np.float64) + EPSILON)
    kernel = weights[f"{layer.weight}.weight"].astype(np.float64)
    return kernel * gain[:, None, None, None], norm["bias"] - norm["running_mean"] * gain


def quantized(kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 numbers, and a float32 scale for each output channel."""
    scales = np.maximum(np.abs(kernel).max(axis=(1, 2, 3), keepdims=True), 1e-12) / 127
    return np.rint(kernel / scales).astype(np.int8), scales.astype(np.float32)


def mean_after(weights: Weights, layer: Layer) -> np.ndarray:
    """E[x] of each channel after the layer: that of min(6, max(0, x)) of a normal x where it is bounded."""
    mean = weights[f"{layer.norm}.bias"].astype(np.float64)
    if not layer.bounded:
        return mean
    deviation = np.abs(weights[f"{layer.norm}.weight"].astype(np.float64)) + 1e-9
    low, high = -mean / deviation, (6 - mean) / deviation
    within = _below(high) - _below(low)
    return mean * within + deviation * (_density(low) - _density(high)) + 6 * (1 - _below(high))


def _below(z: np.ndarray) -> np.ndarray:
    return np.array([(1 + erf(one / sqrt(2))) / 2 for one in z])


def _density(z: np.ndarray) -> np.ndarray:
    return np.exp(-(z**2) / 2) / sqrt(2 * pi)
