"""A BERT sentence encoder as an ONNX graph with int8 weights, from its weights alone: no torch.

    ids, mask -> embeddings -> layers of attention and feed-forward -> mean over the mask -> length 1

Weights of linear layers are 8 bits with a scale for each output, word embeddings with a scale for each word. What
flows between them is rounded to 8 bits with a scale for each token:

    x W  ≈  (round(s x) Wq) w / s,      s = 127 / max |x| of the token,  w = max |W| / 127 of the output

DynamicQuantizeLinear, which quantize_dynamic of onnxruntime puts in its place, has one scale for the whole
tensor: there a text's vector depends on what else is in the batch. Here it depends on the text alone.
(Jacob et al. 2018, Quantization and training of neural networks for efficient integer-arithmetic-only inference.)

Both sides of a product are uint8 around 128. For int8 activations onnxruntime-web has no fast kernel (ten times
slower), and uint8 by int8 overflows on processors with AVX2 and without VNNI.
"""

from collections.abc import Mapping

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

# Ops up to this version of the standard set: what onnxruntime-web of 2023 and later runs.
OPSET = 17
# Added to the scores of padding: after softmax nothing is left of it.
MASKED = -1e9
# What stands for 0 in uint8.
ZERO = 128

Weights = Mapping[str, np.ndarray]


def sentence_encoder(weights: Weights, config: Mapping[str, object], *, name: str) -> ModelProto:
    """The graph: input_ids and attention_mask, int64 [texts, tokens], to sentence_embedding, float32 [texts, dim].

    `config` is a config.json of transformers of model_type "bert". Raises ValueError for one that this cannot build.
    """
    expected = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
    for key, value in expected.items():
        if config.get(key, value) != value:
            raise ValueError(f"config: {key} must be {value}, got {config[key]}")
    graph = _Graph()
    x = _embeddings(graph, weights, config)
    bias = _mask_bias(graph)
    for layer in range(int(config["num_hidden_layers"])):
        x = _layer(graph, weights, config, f"encoder.layer.{layer}", x, bias)
    _pooled(graph, x)
    return graph.model(name, int(config["hidden_size"]))


class _Graph:
    """Nodes and constants as they are added; names are counted."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, np.ndarray] = {}

    def op(self, kind: str, *inputs: str, output: str | None = None, **attributes: object) -> str:
        out = output or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], name=f"n{len(self.nodes)}", **attributes))
        return out

    def const(self, name: str, value: np.ndarray) -> str:
        self.constants[name] = value
        return name

    def ints(self, *values: int) -> str:
        return self.const("ints_" + "_".join(map(str, values)), np.array(values, dtype=np.int64))

    def float(self, value: float) -> str:
        return self.const(f"float_{value}", np.array(value, dtype=np.float32))

    def model(self, name: str, dim: int) -> ModelProto:
        tokens = ["texts", "tokens"]
        inputs = [
            helper.make_tensor_value_info(one, TensorProto.INT64, tokens) for one in ("input_ids", "attention_mask")
        ]
        output = helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["texts", dim])
        constants = [numpy_helper.from_array(np.array(value, order="C"), key) for key, value in self.constants.items()]
        graph = helper.make_graph(self.nodes, name, inputs, [output], constants)
        # The oldest format that has the op set: readers refuse a newer one than they know.
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        checker.check_model(model, full_check=True)
        return model


def quantized(matrix: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """int8 numbers and the scales along `axis`, kept as a dimension of 1, that give the matrix back."""
    scales = np.maximum(np.abs(matrix).max(axis=axis, keepdims=True), 1e-12) / 127
    return np.rint(matrix / scales).astype(np.int8), scales.astype(np.float32)


def _embeddings(graph: _Graph, weights: Weights, config: Mapping[str, object]) -> str:
    words, scales = quantized(weights["embeddings.word_embeddings.weight"], axis=1)
    # Of one text at a time every token is of type 0.
    places = (
        weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    )
    numbers = graph.op("Gather", graph.const("words", words), "input_ids")
    scale = graph.op("Gather", graph.const("word_scales", scales), "input_ids")
    word = graph.op("Mul", graph.op("Cast", numbers, to=TensorProto.FLOAT), scale)
    length = graph.op("Slice", graph.op("Shape", "input_ids"), graph.ints(1), graph.ints(2))
    place = graph.op("Slice", graph.const("places", places), graph.ints(0), length, graph.ints(0))
    return _normalized(graph, weights, config, "embeddings.LayerNorm", graph.op("Add", word, place))


def _mask_bias(graph: _Graph) -> str:
    """[texts, 1, 1, tokens]: 0 for tokens, MASKED for padding."""
    mask = graph.op("Cast", "attention_mask", to=TensorProto.FLOAT)
    absent = graph.op("Sub", graph.float(1), mask)
    return graph.op("Unsqueeze", graph.op("Mul", absent, graph.float(MASKED)), graph.ints(1, 2))


def _layer(
    graph: _Graph, weights: Weights, config: Mapping[str, object], name: str, x: str, bias: str
) -> str:
    heads = _attention(graph, weights, config, name, x, bias)
    attended = _linear(graph, weights, [f"{name}.attention.output.dense"], heads)
    x = _normalized(graph, weights, config, f"{name}.attention.output.LayerNorm", graph.op("Add", attended, x))
    wide = _gelu(graph, _linear(graph, weights, [f"{name}.intermediate.dense"], x))
    narrow = _linear(graph, weights, [f"{name}.output.dense"], wide)
    return _normalized(graph, weights, config, f"{name}.output.LayerNorm", graph.op("Add", narrow, x))


def _attention(
    graph: _Graph, weights: Weights, config: Mapping[str, object], name: str, x: str, bias: str
) -> str:
    """softmax(Q K^T / sqrt(width) + bias) V of all heads beside each other."""
    heads = int(config["num_attention_heads"])
    hidden = int(config["hidden_size"])
    width = hidden // heads
    layers = [f"{name}.attention.self.{one}" for one in ("query", "key", "value")]
    all_three = _linear(graph, weights, layers, x)
    # [texts, tokens, 3 x heads x width] -> [3, texts, heads, tokens, width]
    split = graph.op("Reshape", all_three, graph.ints(0, 0, 3, heads, width))
    turned = graph.op("Transpose", split, perm=[2, 0, 3, 1, 4])
    query, key, value = (graph.op("Gather", turned, graph.const(f"at_{k}", np.array(k)), axis=0) for k in range(3))
    scores = graph.op("MatMul", query, graph.op("Transpose", key, perm=[0, 1, 3, 2]))
    shares = graph.op("Softmax", graph.op("Add", graph.op("Mul", scores, graph.float(width**-0.5)), bias), axis=-1)
    together = graph.op("Transpose", graph.op("MatMul", shares, value), perm=[0, 2, 1, 3])
    return graph.op("Reshape", together, graph.ints(0, 0, hidden))


def _linear(graph: _Graph, weights: Weights, names: list[str], x: str) -> str:
    """x W + b, of several layers side by side."""
    name = names[0]
    numbers, scales = quantized(np.concatenate([weights[f"{one}.weight"] for one in names]).T, axis=0)
    offset = np.concatenate([weights[f"{one}.bias"] for one in names])
    zero = graph.const("zero", np.array(ZERO, dtype=np.uint8))
    most = graph.op("ReduceMax", graph.op("Abs", x), axes=[-1], keepdims=1)
    inverse = graph.op("Div", graph.float(127), graph.op("Max", most, graph.float(1e-12)))
    whole = graph.op("Add", graph.op("Round", graph.op("Mul", x, inverse)), graph.float(ZERO))
    rounded = graph.op("Cast", whole, to=TensorProto.UINT8)
    matrix = graph.const(f"{name}.numbers", (numbers.astype(np.int16) + ZERO).astype(np.uint8))
    product = graph.op("MatMulInteger", rounded, matrix, zero, zero)
    scaled = graph.op("Mul", graph.op("Cast", product, to=TensorProto.FLOAT), graph.const(f"{name}.scales", scales[0]))
    return graph.op("Add", graph.op("Div", scaled, inverse), graph.const(f"{name}.bias", offset))


def _gelu(graph: _Graph, x: str) -> str:
    """x (1 + erf(x / sqrt 2)) / 2"""
    inner = graph.op("Add", graph.op("Erf", graph.op("Mul", x, graph.float(0.5**0.5))), graph.float(1))
    return graph.op("Mul", graph.op("Mul", x, inner), graph.float(0.5))


def _normalized(graph: _Graph, weights: Weights, config: Mapping[str, object], name: str, x: str) -> str:
    scale, bias = (graph.const(f"{name}.{one}", weights[f"{name}.{one}"]) for one in ("weight", "bias"))
    return graph.op("LayerNormalization", x, scale, bias, epsilon=float(config["layer_norm_eps"]))


def _pooled(graph: _Graph, x: str) -> None:
    """The mean of the tokens that are no padding, of length 1."""
    mask = graph.op("Unsqueeze", graph.op("Cast", "attention_mask", to=TensorProto.FLOAT), graph.ints(2))
    total = graph.op("ReduceSum", graph.op("Mul", x, mask), graph.ints(1), keepdims=0)
    # The mean is the total over a number, which length 1 takes out again.
    length = graph.op("Max", graph.op("ReduceL2", total, axes=[-1], keepdims=1), graph.float(1e-12))
    graph.op("Div", total, length, output="sentence_embedding")
