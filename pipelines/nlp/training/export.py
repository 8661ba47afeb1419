"""From a checkpoint to the files that ship: `model.onnx`, `tables.bin`, `labels.json`, `tokenizer.json`.

    python -m pipelines.nlp.training.export --run DIR --size default --out pipelines/nlp/models/default
    python -m pipelines.nlp.training.export --run DIR --size default --out DIR/bare --bare   # for benchmarks

Weights become 8-bit integers; activations are scaled as they come. A window is always run alone, so its scales, and
with them its scores, depend on nothing but the window.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from torch import Tensor, nn

from pipelines.nlp import discourse
from pipelines.nlp.features import SHAPE
from pipelines.nlp.training.encoders import encoder_folder
from pipelines.nlp.training.network import SIZES, Encoder, Network, Size

TABLES = "tables.bin"  # the table of word pieces and large tensors of the heads: git hosts refuse 100 MB in one file
LARGEST = 500_000  # bytes of a tensor that stays in model.onnx


class SmallTable(nn.Module):
    """An embedding kept as 8-bit rows with one scale each."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("rows", torch.round(weight / scale).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, index: Tensor) -> Tensor:
        return self.rows[index].float() * self.scale[index]


class Exported(nn.Module):
    """The network for one window without padding; label scores are prepared up to the choice of heads."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        labels, size, _ = network.deps.shape
        self.deps = nn.Linear(size, labels * size, bias=False)
        self.deps.weight.data = network.deps.data.permute(0, 2, 1).reshape(labels * size, size).clone()
        self.labels = labels

    def forward(self, pieces: Tensor, owner: Tensor, first: Tensor, shape: Tensor) -> tuple[Tensor, ...]:
        keep = torch.ones_like(pieces)
        mixed, encoded = self.network.words(pieces, keep, owner, first, shape)
        upos, feats, lemma, names, start, arcs, word, head, *rest = self.network.heads(mixed)
        deps = self.deps(word).view(word.shape[1], self.labels, -1)
        # Of what spans sentences only mentions: the corpora's own events helped to train, and are not read.
        spoken = (x[0] for x in (*rest[: len(discourse.OUTPUTS)], torch.cat([mixed, encoded], -1)))
        return upos[0], feats[0], lemma[0], names[0], start[0], arcs[0], deps, head[0], *spoken


class Bare(nn.Module):
    """The pretrained encoder alone: the yardstick of speed."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pieces: Tensor) -> Tensor:
        form = torch.zeros(*pieces.shape, self.encoder.norm.weight.shape[0])
        vectors: Tensor = self.encoder(pieces, torch.ones_like(pieces), form)
        return vectors


INPUTS = ["pieces", "owner", "first", "shape"]
OUTPUTS = ["upos", "feats", "lemma", "names", "start", "arcs", "deps", "dep_head", *discourse.OUTPUTS, "vectors"]


def load_network(run: Path, size: Size, checkpoint: str = "checkpoint.pt") -> Network:
    """The averaged weights of a run, ready to be used."""
    labels = json.loads((run / "labels.json").read_text(encoding="utf-8"))
    network = Network(size, {key: len(values) for key, values in labels.items()})
    network.load_state_dict(torch.load(run / checkpoint, map_location="cpu")["average"])
    return network.eval()


def to_onnx(network: Network, path: Path) -> None:
    """Trace the network for windows of any length."""
    network.encoder.pieces = SmallTable(network.encoder.pieces.weight.data)
    pieces, owner, first = torch.randint(1000, 2000, (1, 9)), torch.tensor([[0, 1, 2, 2, 3, 3, 3, 4, 0]]), [1, 2, 4, 7]
    axes = {"pieces": {1: "pieces"}, "owner": {1: "pieces"}, "first": {1: "words"}, "shape": {1: "words"}}
    axes |= {name: {0: "words"} for name in OUTPUTS}
    axes["arcs"], axes["dep_head"] = {0: "words", 1: "heads"}, {0: "heads"}
    torch.onnx.export(
        Exported(network).eval(), (pieces, owner, torch.tensor([first]), torch.zeros(1, 4, SHAPE)), str(path),
        input_names=INPUTS, output_names=OUTPUTS, dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip


def quantize(source: Path, target: Path, block: int) -> None:
    """8-bit matrices of the encoder's layers; the heads stay as they are: they are small and decide.

    `block` numbers of a matrix, and of the activations beside them, share a scale. 0: one scale per column and one for
    all activations of a window, which is faster and good enough for MiniLM; MPNet has outliers that it cannot hold.
    """
    import onnx
    from onnx.external_data_helper import set_external_data

    model = onnx.load(str(source))
    keep = [n.name for n in model.graph.node if n.op_type == "MatMul" and "/encoder/layers" not in n.name]
    if block:
        from onnxruntime.quantization import matmul_nbits_quantizer as nbits

        config = nbits.DefaultWeightOnlyQuantConfig(block_size=block, is_symmetric=True, accuracy_level=4, bits=8)
        quantizer = nbits.MatMulNBitsQuantizer(model, nodes_to_exclude=keep, algo_config=config)
        quantizer.process()
        model = quantizer.model.model
    else:
        from onnxruntime.quantization import QuantType, quantize_dynamic

        between = target.with_suffix(".int8.onnx")
        quantize_dynamic(
            source, between, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8,
            nodes_to_exclude=keep, extra_options={"MatMulConstBOnly": True}, reduce_range=True,
        )  # fmt: skip
        model = onnx.load(str(between))
        between.unlink()
    for tensor in model.graph.initializer:
        if (tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.raw_data) > LARGEST) or "pieces" in tensor.name:
            set_external_data(tensor, TABLES)
    (target.parent / TABLES).unlink(missing_ok=True)  # onnx appends to what is there
    onnx.save(model, str(target))


def write_pairs(network: Network, path: Path) -> None:
    """The perceptron over pairs of mentions; `coreference.PairScorer` reads it."""
    pairs = network.pairs
    rows = {
        "hidden": pairs.hidden.weight.T.tolist(), "hidden_bias": pairs.hidden.bias.tolist(),
        "out": pairs.out.weight[0].tolist(), "out_bias": pairs.out.bias.item(),
    }  # fmt: skip
    rounded = json.loads(json.dumps(rows), parse_float=lambda text: round(float(text), 6))
    path.write_text(json.dumps(rounded) + "\n", encoding="utf-8")


def export(size: Size, run: Path, out: Path, encoder: Path, checkpoint: str = "checkpoint.pt") -> None:
    """Write the files."""
    out.mkdir(parents=True, exist_ok=True)
    whole = run / "model.float.onnx"
    network = load_network(run, size, checkpoint)
    write_pairs(network, out / "pairs.json")
    to_onnx(network, whole)
    quantize(whole, out / "model.onnx", size.block)
    shutil.copy(run / "labels.json", out / "labels.json")
    shutil.copy(encoder / "tokenizer.json", out / "tokenizer.json")


def export_bare(size: Size, out: Path, encoder: Path) -> None:
    """`float.onnx` and `int8.onnx` of the encoder as published, cut to our layers."""
    out.mkdir(parents=True, exist_ok=True)
    network = Encoder(size)
    network.load_pretrained(encoder / "model.safetensors")
    torch.onnx.export(
        Bare(network).eval(), (torch.randint(1000, 2000, (1, 9)),), str(out / "float.onnx"), input_names=["pieces"],
        output_names=["vectors"], dynamic_axes={"pieces": {1: "pieces"}}, opset_version=17, dynamo=False,
    )  # fmt: skip
    quantize(out / "float.onnx", out / "int8.onnx", size.block)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", choices=SIZES, default="default")
    parser.add_argument("--encoder", type=Path, help="folder with model.safetensors and tokenizer.json")
    parser.add_argument("--bare", action="store_true", help="the pretrained encoder alone")
    options = parser.parse_args()
    wanted = SIZES[options.size]
    encoder = options.encoder or encoder_folder(wanted.encoder, options.run)
    if options.bare:
        export_bare(wanted, options.out, encoder)
    else:
        export(wanted, options.run, options.out, encoder)
