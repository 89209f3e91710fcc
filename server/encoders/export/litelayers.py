"""EfficientNet-Lite0 as a list of its convolutions, which graph and reference both follow.

Tan and Le 2019, EfficientNet, table 1, as its Lite variants have it: no squeeze-and-excitation, ReLU6 in place of swish.
"""

from collections.abc import Iterator
from typing import NamedTuple

SIZE = 224
DIM = 1280
# Added to variances before their square root.
EPSILON = 1e-3


class Layer(NamedTuple):
    """A convolution with its batch normalization. Padding is TensorFlow's SAME."""

    weight: str
    norm: str
    stride: int
    groups: int
    # ReLU6 follows, or nothing.
    bounded: bool
    # "keep" puts what goes in aside, "add" adds what was put aside to what comes out.
    shortcut: str | None = None


# Times, kernel, stride of the first, expansion, channels in, channels out.
_STAGES = (
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
)


def layers() -> Iterator[Layer]:
    yield Layer("_conv_stem", "_bn0", 2, 1, bounded=True)
    block = 0
    for times, _kernel, first_stride, expansion, channels_in, channels_out in _STAGES:
        for time in range(times):
            came = channels_in if time == 0 else channels_out
            stride = first_stride if time == 0 else 1
            yield from _block(f"_blocks.{block}", stride, expansion, came, channels_out)
            block += 1
    yield Layer("_conv_head", "_bn1", 1, 1, bounded=True)


def _block(name: str, stride: int, expansion: int, came: int, leaves: int) -> Iterator[Layer]:
    """Wide, each channel by itself, narrow again."""
    has_shortcut = stride == 1 and came == leaves
    keep, add = ("keep", "add") if has_shortcut else (None, None)
    if expansion != 1:
        yield Layer(f"{name}._expand_conv", f"{name}._bn0", 1, 1, bounded=True, shortcut=keep)
    yield Layer(f"{name}._depthwise_conv", f"{name}._bn1", stride, came * expansion, bounded=True)
    yield Layer(f"{name}._project_conv", f"{name}._bn2", 1, 1, bounded=False, shortcut=add)


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Before and after: the odd one of an odd number is after."""
    total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
    return total // 2, total - total // 2
