"""Pictures drawn by whole numbers alone, so that any language draws the same: test/encoder/drawn.ts is its twin."""

import numpy as np

SHAPES = ("disc", "square", "ring", "stripes", "checks", "cross")


def drawn(shape: str, ink: tuple[int, int, int], paper: tuple[int, int, int], size: int = 224) -> np.ndarray:
    """uint8 [size, size, 3]: a shape in the middle, the paper darker from left to right by up to 40."""
    y, x = np.mgrid[0:size, 0:size].astype(np.int64)
    across, down = 2 * x + 1 - size, 2 * y + 1 - size
    square = across**2 + down**2
    inside = {
        "disc": square * 4 <= (size * 3 // 2) ** 2,
        "square": np.maximum(np.abs(across), np.abs(down)) * 5 <= size * 3,
        "ring": (square * 4 <= (size * 3 // 2) ** 2) & (square * 4 >= size**2),
        "stripes": x * 12 // size % 2 == 0,
        "checks": (x * 8 // size + y * 8 // size) % 2 == 0,
        "cross": (np.minimum(np.abs(across), np.abs(down)) * 5 <= size)
        & (np.maximum(np.abs(across), np.abs(down)) * 5 <= size * 4),
    }[shape]
    shade = np.maximum(0, np.array(paper, dtype=np.int64) - (40 * x // size)[:, :, None])
    return np.where(inside[:, :, None], np.array(ink, dtype=np.int64), shade).astype(np.uint8)


INKS = ((200, 30, 40), (20, 90, 190), (30, 140, 60), (240, 190, 20))
PAPERS = ((255, 255, 255), (235, 225, 205))


def all_drawn() -> dict[str, np.ndarray]:
    return {
        f"{shape} {ink} {paper}": drawn(shape, INKS[ink], PAPERS[paper])
        for shape in SHAPES
        for ink in range(len(INKS))
        for paper in range(len(PAPERS))
    }
