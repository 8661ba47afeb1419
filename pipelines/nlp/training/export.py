"""From a checkpoint to the files that ship: `model.onnx`, `labels.json`, `tokenizer.json`.

    python -m pipelines.nlp.training.export --run DIR --out pipelines/nlp/models/small [--float]

Weights become 8-bit integers: the piece table row by row, matrices column by column; activations are scaled as they
come. A window is always run alone, so its scales, and with them its scores, depend on nothing but the window.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from torch import Tensor, nn

from pipelines.nlp.training.network import Network


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

    def forward(self, pieces: Tensor, first: Tensor, shape: Tensor) -> tuple[Tensor, ...]:
        upos, feats, lemma, names, start, arcs, word, head = self.network(pieces, torch.ones_like(pieces), first, shape)
        deps = self.deps(word).view(word.shape[1], self.labels, -1)
        return upos[0], feats[0], lemma[0], names[0], start[0], arcs[0], deps, head[0]


OUTPUTS = ["upos", "feats", "lemma", "names", "start", "arcs", "deps", "dep_head"]


def load_network(run: Path) -> Network:
    """The averaged weights of a run, ready to be used."""
    labels = json.loads((run / "labels.json").read_text(encoding="utf-8"))
    network = Network({key: len(values) for key, values in labels.items()})
    network.load_state_dict(torch.load(run / "averaged.pt", map_location="cpu"))
    return network.eval()


def to_onnx(network: Network, path: Path) -> None:
    """Trace the network for windows of any length."""
    network.encoder.pieces = SmallTable(network.encoder.pieces.weight.data)
    example = (torch.randint(1000, 2000, (1, 9)), torch.tensor([[1, 2, 4, 7]]), torch.zeros(1, 4, 24))
    axes = {"pieces": {1: "pieces"}, "first": {1: "words"}, "shape": {1: "words"}}
    axes |= {name: {0: "words"} for name in OUTPUTS}
    axes["arcs"], axes["dep_head"] = {0: "words", 1: "heads"}, {0: "heads"}
    torch.onnx.export(
        Exported(network).eval(), example, str(path), input_names=["pieces", "first", "shape"],
        output_names=OUTPUTS, dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip


def quantize(source: Path, target: Path) -> None:
    """8-bit matrices of the encoder's layers; the heads stay as they are: they are small and decide."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    graph = onnx.load(str(source)).graph
    keep = [n.name for n in graph.node if n.op_type == "MatMul" and not n.name.startswith("/network/encoder/layers")]
    quantize_dynamic(
        source, target, op_types_to_quantize=["MatMul", "Gemm"], per_channel=True, weight_type=QuantType.QInt8,
        nodes_to_exclude=keep, extra_options={"MatMulConstBOnly": True}, reduce_range=True,
    )  # fmt: skip


def export(run: Path, out: Path, encoder: Path, as_float: bool = False) -> None:
    """Write the three files."""
    out.mkdir(parents=True, exist_ok=True)
    whole = run / "model.float.onnx"
    to_onnx(load_network(run), whole)
    if as_float:
        shutil.copy(whole, out / "model.onnx")
    else:
        quantize(whole, out / "model.onnx")
    shutil.copy(run / "labels.json", out / "labels.json")
    shutil.copy(encoder / "tokenizer.json", out / "tokenizer.json")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, help="folder with model.safetensors and tokenizer.json")
    parser.add_argument("--float", action="store_true", help="keep 32-bit matrices")
    options = parser.parse_args()
    from pipelines.nlp.training.train import encoder_folder

    export(options.run, options.out, options.encoder or encoder_folder(), options.float)
