"""Quantisation: an INT8 file from an FP32 one, its ranges measured on real street pictures.

ONNX Runtime's static quantisation in the QDQ form: weights per channel, activations per tensor.
Not the convolutions alone: where an activation goes back to FP32 between two of them, the way there
and back costs more than INT8 saves. What loses most stays FP32: the first convolution, attention,
and the head, whose outputs are boxes and scores: half a pixel or half a per cent would be one step.

Weights are unsigned about 128. Signed ones are the same numbers, but CPUs without VNNI multiply
them with a 16-bit sum that overflows: there a file may lose a quarter of its AP50 (docs/adr/0007).
"""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from streetwatch.models.card import ModelCard, checked_file, write_card
from streetwatch.models.errors import ModelError, extra_missing

#: Parts of the names of the nodes that stay FP32. Of the head, the end must: one tensor holds
#: pixels and scores there, and a step of pixels would round every score to nothing.
_KEPT = ("/model.0/", "/attn/", "/model.23/")

#: What is computed in INT8. On one core with VNNI, medians of 14 runs in turn: FP32 48.5 ms,
#: convolutions alone 53.8, with Sigmoid and Mul 44.5, with all these 34.3.
_QUANTISED = (
    "Conv",
    "Sigmoid",
    "Mul",
    "Add",
    "Concat",
    "MaxPool",
    "Split",
    "Resize",
    "Reshape",
    "Transpose",
)

Input = npt.NDArray[np.float32]


def quantize(
    card: ModelCard, inputs: Iterable[Input], *, out: Path, name: str | None = None
) -> ModelCard:
    """Write `out/NAME.onnx` (INT8) and `out/NAME.toml`, and return the card.

    The thresholds go along, but must be calibrated anew: the confidences have moved.

    Args:
        card: Of the FP32 model.
        inputs: (1, 3, H, W) float32 RGB in 0..1, of pictures like those it will see.
        out: Folder; made if it is not there; not that of the FP32 model.
        name: Of the INT8 model; None: the FP32 model's.

    Raises:
        ExtraMissingError: the extra `train` is not installed.
        ModelError: the model can't be quantised, or `out` is its own folder.
    """
    try:
        from onnxruntime.quantization import quant_pre_process, quantize_static  # noqa: PLC0415
    except ImportError as error:
        raise extra_missing("train", "quantising") from error
    source = checked_file(card)
    file = out / f"{name or card.name}.onnx"
    if file.resolve() == source.resolve():
        raise ModelError(f"{out}: holds the FP32 model itself: give another folder")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        ready = Path(scratch) / "ready.onnx"
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        quantize_static(str(ready), str(file), _Feed(_input_name(ready), inputs), **_how(ready))
    made = replace(
        card,
        name=name or card.name,
        file=file,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        calibration={},
    )
    write_card(made, out / f"{made.name}.toml")
    return made


def _how(model: Path) -> dict[str, Any]:
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType  # noqa: PLC0415

    return {
        "quant_format": QuantFormat.QDQ,
        "per_channel": True,
        "activation_type": QuantType.QUInt8,
        "weight_type": QuantType.QUInt8,
        "extra_options": {"WeightSymmetric": True},  # about 128: a multiplication less
        "calibrate_method": CalibrationMethod.MinMax,
        "op_types_to_quantize": list(_QUANTISED),
        "nodes_to_exclude": _kept_as_they_are(model),
    }


def _kept_as_they_are(model: Path) -> list[str]:
    import onnx  # noqa: PLC0415

    nodes = onnx.load(str(model)).graph.node
    return [node.name for node in nodes if any(part in node.name for part in _KEPT)]


def _input_name(model: Path) -> str:
    import onnx  # noqa: PLC0415

    return str(onnx.load(str(model)).graph.input[0].name)


class _Feed:
    """The pictures as ONNX Runtime's calibration asks for them."""

    def __init__(self, name: str, inputs: Iterable[Input]) -> None:
        self._name = name
        self._inputs: Iterator[Input] = iter(inputs)

    def get_next(self) -> dict[str, Input] | None:
        """Return the next input, or None at the end."""
        one = next(self._inputs, None)
        return None if one is None else {self._name: one}
