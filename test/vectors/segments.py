"""Makes segments.json: what scikit-learn says of small made-up crowds.

    pip install scikit-learn==1.9.1 numpy==2.4.6
    python test/vectors/segments.py > test/vectors/segments.json
"""

import json

import numpy as np
import sklearn
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score

random = np.random.default_rng(11)


def points(groups, per_group, dim, spread):
    middles = random.normal(0, 2, (groups, dim))
    return np.concatenate([middle + random.normal(0, spread, (per_group, dim)) for middle in middles])


def lloyd(groups, dim, spread):
    crowd = points(groups, 20, dim, spread)
    start = crowd[random.choice(len(crowd), groups, replace=False)]
    made = []
    for steps in [1, 2, 100]:
        # tol=0: until nothing changes, or so many steps.
        found = KMeans(groups, init=start, n_init=1, max_iter=steps, tol=0, algorithm="lloyd").fit(crowd)
        made.append({"steps": steps, "centroids": found.cluster_centers_.tolist()})
    # The last one has come to its end, so its labels are those of its centroids.
    last = {
        "labels": found.labels_.tolist(),
        "within": found.inertia_,
    }
    return {"points": crowd.tolist(), "start": start.tolist(), "after": made, **last}


def principal(dim):
    crowd = random.normal(0, 1, (40, dim)) @ random.normal(0, 1, (dim, dim)) + random.normal(0, 1, dim)
    found = PCA(dim - 1).fit(crowd)
    axes = [axis * np.sign(axis[np.argmax(np.abs(axis))]) for axis in found.components_]
    return {
        "points": crowd.tolist(),
        "mean": found.mean_.tolist(),
        "axes": np.array(axes).tolist(),
        # Of n, not n - 1, people.
        "variances": (found.explained_variance_ * 39 / 40).tolist(),
    }


def rand(people, left, right, agreeing):
    one = random.integers(0, left, people)
    other = np.where(random.random(people) < agreeing, one, random.integers(0, right, people))
    return {"left": one.tolist(), "right": other.tolist(), "index": adjusted_rand_score(one, other)}


def density(groups, dim, spread, eps, least):
    # Its own dice, so that what was frozen before stays: groups, and a fifth as many points that are of none.
    dice = np.random.default_rng(1000 * groups + dim)
    middles = dice.normal(0, 2, (groups, dim))
    crowd = np.concatenate([middle + dice.normal(0, spread, (25, dim)) for middle in middles])
    crowd = dice.permutation(np.concatenate([crowd, dice.uniform(-5, 5, (5 * groups, dim))]))
    found = DBSCAN(eps=eps, min_samples=least).fit(crowd)
    return {"points": crowd.tolist(), "eps": eps, "minPoints": least, "labels": found.labels_.tolist()}


with np.errstate(all="raise"):
    vectors = {
        "version": 1,
        "madeBy": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}: test/vectors/segments.py",
        "lloyd": [lloyd(3, 2, 0.7), lloyd(4, 5, 1.5), lloyd(6, 3, 1.0)],
        "principal": [principal(4), principal(7)],
        "density": [density(3, 2, 0.4, 0.5, 4), density(4, 3, 0.5, 0.8, 6), density(2, 5, 0.6, 1.4, 10)],
        "rand": [rand(60, 4, 4, 0.7), rand(60, 3, 6, 0.2), rand(40, 5, 2, 0), rand(30, 4, 4, 1)],
    }
print(json.dumps(vectors, indent=1))
