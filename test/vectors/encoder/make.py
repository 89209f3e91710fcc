"""Makes the frozen vectors beside it, in an environment as server/encoders/export/export.sh makes one:

    python test/vectors/encoder/make.py FOLDER

FOLDER is a folder of export.py. wordpiece.json: ids by the library `tokenizers`. unigram.json: likewise, with a small
tokenizer of that type, learned from the shop's titles. sentences.json: vectors by plain floating point.
"""

import csv
import json
import sys
from pathlib import Path

from safetensors.numpy import load_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

here = Path(__file__).resolve().parent
root = here.parents[2]
sys.path.insert(0, str(root / "server/encoders/export"))

from export import packaged_model  # noqa: E402
from reference import sentence_vector  # noqa: E402

ODD = [
    "",
    "   ",
    "Crème brûlée",
    "ÅNGSTRÖM ﬁne",
    "naïve café—“quotes” …",
    "日本語のテキスト 中文",
    "한국어 텍스트",
    "İstanbul ĞÜŞ",
    "emoji 😀 👩‍👩‍👧 end",
    "tab\there\nnew\r\nline",
    "zero\u200bwidth\u00adsoft\ufeffbom",
    "a" * 150,
    "x" * 99 + " y",
    "don't can't it's",
    "3.14 1,000 $5.99 50%",
    "[CLS] [MASK] [SEP]",
    "ﬀ ﬃ ½ ²",
    "\u0000null\ufffd",
    "e\u0301 composed \u00e9",
    "ß ẞ SS",
    "עברית العربية हिन्दी ไทย",
    "C++/C# & R&D <b>x</b>",
    "_under_score-hyphen",
    "  lead trail  ",
    "\u3000ideographic\u00a0nbsp",
    "Ａｆｕｌｌ ㎏",
]
SENTENCES = [
    "RED RETROSPOT CAKE STAND",
    "a stand for cakes",
    "heart of wicker small",
    "the central bank raised interest rates",
    "crème brûlée dishes, set of 4, blue",
    "a drawer knob of ceramic with a painted flower " * 20,
]


def main(folder: Path) -> None:
    with (root / "demo/data/catalogue.csv").open(encoding="utf8", newline="") as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    texts = titles[::40] + ODD
    manifest = json.loads((folder / "encoder.json").read_text("utf8"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    write("wordpiece.json", {"texts": ids_by(tokenizer, texts)})
    unigram = small_unigram(titles)
    write("unigram.json", {"tokenizer": json.loads(unigram.to_str()), "texts": ids_by(unigram, texts)})
    source = packaged_model()
    weights = load_file(source / "model.safetensors")
    config = json.loads((source / "config.json").read_text("utf8"))
    tokenizer.enable_truncation(manifest["maxTokens"])
    vectors = [
        {"text": text, "vector": [round(x, 4) for x in sentence_vector(weights, config, tokenizer.encode(text).ids)]}
        for text in SENTENCES
    ]
    write("sentences.json", {"sentences": vectors})


def small_unigram(titles: list[str]) -> Tokenizer:
    """As XLM-RoBERTa's is built, with fewer pieces."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=400, special_tokens=special, unk_token="<unk>")
    tokenizer.train_from_iterator(titles, trainer)
    ends = [(one, tokenizer.token_to_id(one)) for one in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    return tokenizer


def ids_by(tokenizer: Tokenizer, texts: list[str]) -> list[dict]:
    return [{"text": text, "ids": tokenizer.encode(text).ids} for text in texts]


def write(name: str, value: object) -> None:
    (here / name).write_text(json.dumps(value) + "\n", "utf8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
