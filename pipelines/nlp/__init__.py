"""Article to Doc: tags, trees, sentences and named mentions, as a spaCy `Language`.

from pipelines.nlp import load_language
doc = load_language()("An Il-62M flew from Vladivostok to Pyongyang on Sept. 20.")
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

MODELS = Path(__file__).parent / "models"
OWN = {None: "default", "default": "default", "fast": "fast"}


def load_language(model: str | None = None, threads: int | None = None) -> Language:
    """The default model (`None`), the small one (`"fast"`), or an installed spaCy pipeline by name, adapted.

    `threads` windows are read side by side (else `KG_THREADS`, else 2); that changes the time, not the result.
    """
    if model in OWN:
        from pipelines.nlp.component import build

        return build(_folder(OWN[model]), f"kg_{OWN[model]}", threads)
    from pipelines.nlp.adapter import load_adapted

    return load_adapted(str(model))


def _folder(name: str) -> Path:
    from kg.errors import ModelNotFound

    folder = MODELS / name
    if not (folder / "model.onnx").exists():
        raise ModelNotFound(
            f"The language model {name!r} is not installed.",
            f"There is no model.onnx in {folder.name}/ of the package.",
            "Reinstall the package, or train the model with `make train`.",
        )
    return folder
