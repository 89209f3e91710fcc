"""Makes experiments.json: what GrowthBook's library for Python says of buckets and arms.

    pip install growthbook==4.0.0
    python test/vectors/experiments.py > test/vectors/experiments.json
"""

import json
import random
from importlib.metadata import version

from growthbook.core import chooseVariation, fnv1a32, gbhash, getBucketRanges

dice = random.Random(14)


def number():
    return f"{dice.getrandbits(128):032x}"


def hashes():
    # Texts of one and of two UTF-16 code units a character: what is hashed is code units, not bytes.
    seeds = ["", "a", "banner", "banner/2", "/shelf", "a.b_c-9", "größe", "標", "🎁"]
    values = ["", "0", "a", "ab", "123", "f" * 32, *[number() for _ in range(12)], "é", "🎁🎁"]
    return [
        {"seed": seed, "value": value, "fnv1a": fnv1a32(seed + value), "bucket": round(gbhash(seed, value, 2) * 10000)}
        for seed in seeds
        for value in values
    ]


def arms():
    made = []
    for weights in [[0.5, 0.5], [0.1, 0.2, 0.7], [1 / 3, 1 / 3, 1 / 3], [0.34, 0, 0.33, 0.33], [0.1] * 10]:
        for coverage in [0, 0.003, 0.2, 0.7, 1]:
            ranges = getBucketRanges(len(weights), coverage, weights)
            # Every bucket, as runs of one arm; -1 for none.
            chosen = [chooseVariation(bucket / 10000, ranges) for bucket in range(10000)]
            begins = [k for k in range(10000) if k == 0 or chosen[k] != chosen[k - 1]]
            made.append({"weights": weights, "coverage": coverage, "runs": [[k, chosen[k]] for k in begins]})
    return made


def people():
    made = []
    for seed in ["banner", "shelf-2026"]:
        for _ in range(60):
            value = number()
            ranges = getBucketRanges(3, 0.8, [0.5, 0.3, 0.2])
            made.append({"seed": seed, "number": value, "arm": chooseVariation(gbhash(seed, value, 2), ranges)})
    return {"weights": [0.5, 0.3, 0.2], "coverage": 0.8, "people": made}


print(
    json.dumps(
        {
            "version": 1,
            "madeBy": f"growthbook {version('growthbook')}: test/vectors/experiments.py",
            "hashes": hashes(),
            "arms": arms(),
            "people": people(),
        },
        indent=1,
    )
)
