"""ONNX Runtime: one session, shared by all cameras."""

import ast
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import onnxruntime

from streetwatch.models.card import ModelCard, checked_file
from streetwatch.models.errors import ModelError

_ERRORS_ONLY = 3

_COLUMNS = 6  #: x1 y1 x2 y2, confidence, class


class Provider(StrEnum):
    """What computes: ONNX Runtime's execution providers under the names that people use."""

    CPU = "cpu"
    CUDA = "cuda"
    TENSORRT = "tensorrt"
    OPENVINO = "openvino"


_CPU = "CPUExecutionProvider"
_CUDA = "CUDAExecutionProvider"

#: Best first: what one can't compute, the next does.
_ORDER = {
    Provider.CPU: (_CPU,),
    Provider.CUDA: (_CUDA, _CPU),
    Provider.TENSORRT: ("TensorrtExecutionProvider", _CUDA, _CPU),
    Provider.OPENVINO: ("OpenVINOExecutionProvider", _CPU),
}

#: ONNX Runtime comes in several wheels that exclude each other.
_WHEEL = {
    Provider.CPU: "onnxruntime",
    Provider.CUDA: "onnxruntime-gpu",
    Provider.TENSORRT: "onnxruntime-gpu, and TensorRT",
    Provider.OPENVINO: "onnxruntime-openvino",
}


def providers() -> tuple[Provider, ...]:
    """Return what can compute here."""
    known = onnxruntime.get_available_providers()
    return tuple(one for one in Provider if _ORDER[one][0] in known)


class Session:
    """A loaded model. Safe to call from several threads.

    Raises:
        ModelError: the file is not the card's, ONNX Runtime can't load it, or nothing here computes
            with the provider.
    """

    def __init__(
        self,
        card: ModelCard,
        *,
        threads: int = 0,
        provider: Provider = Provider.CPU,
        lean: bool = False,
    ) -> None:
        """Load the card's file.

        Args:
            card: Of the model.
            threads: Inside one run; 0 lets ONNX Runtime choose.
            provider: What computes.
            lean: Keep no memory between runs, for some 5 % more time.
        """
        _check_is_here(provider)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = _ERRORS_ONLY
        # A plan of memory is kept for each shape of input, for ever, and packed areas have many
        # shapes: 168 instead of 250 MiB after 64 shapes in three threads, at the same speed.
        options.enable_mem_pattern = False
        # Two threads that wait for each other by spinning take 110 ms of processor for a picture of
        # 640 x 384, that sleep 59, as one thread alone 51; and a busy machine has no time to spin.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_cpu_mem_arena = not lean
        file = checked_file(card)
        try:
            self._session = onnxruntime.InferenceSession(
                str(file), options, providers=list(_ORDER[provider])
            )
        except Exception as error:  # ONNX Runtime raises classes of its own for each fault
            raise ModelError(f"{file}: ONNX Runtime can't load it: {error}") from error
        _check_fits(self._session, card)
        self._input = self._session.get_inputs()[0].name
        self._card = card

    @property
    def card(self) -> ModelCard:
        """The model's card."""
        return self._card

    def run(self, batch: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the model's rows for (N, 3, H, W) RGB pictures in 0..1.

        Returns:
            (N, rows, 6): x1 y1 x2 y2 in pixels of the input, confidence, class of the model.
        """
        (rows,) = self._session.run(None, {self._input: batch})
        return np.asarray(rows, np.float32)


def _check_is_here(provider: Provider) -> None:
    here = providers()
    if provider not in here:
        raise ModelError(
            f"detector_provider: {provider} is not installed here, there is {', '.join(here)}: "
            f"install {_WHEEL[provider]} in place of onnxruntime, or write one of these"
        )


def _check_fits(session: onnxruntime.InferenceSession, card: ModelCard) -> None:
    """Refuse a file that gives something else than its card says."""
    outputs = session.get_outputs()
    if len(outputs) != 1 or outputs[0].shape[-1] != _COLUMNS:
        raise ModelError(f"{card.file}: gives no rows of box, confidence, class: export it anew")
    # Ultralytics writes the labels into the file: {0: 'person', ...}
    written = session.get_modelmeta().custom_metadata_map.get("names")
    if written and tuple(ast.literal_eval(written).values()) != card.labels:
        raise ModelError(f"{card.file}: its labels are {written}, not the card's: export it anew")
