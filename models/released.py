"""A released ONNX file as a network that can be trained on.

A release holds convolutions with their batch norms folded in, and one of the two heads. The norms
are put back with the means and variances that the convolutions have on given pictures: what the
network answers stays the same, and training finds norms that fit its batches.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.models.errors import ModelError, extra_missing

Input = npt.NDArray[np.float32]

#: The head that is trained beside the released one begins as its copy.
_HEAD, _RELEASED_HEAD = "model.23.cv", "model.23.one2one_cv"

#: A channel that never says anything else than this has no variance to speak of.
_LEAST_VARIANCE = 1e-4

_PICTURES = 32


def trainable(file: Path, network: Any, pictures: Input) -> Any:  # noqa: ANN401
    """Return a network with the weights of a released file; `network` is changed.

    Args:
        file: ONNX, FP32, made by `streetwatch export`.
        network: Of the same shape and labels (`models.train.with_labels`).
        pictures: (N, 3, H, W) RGB in 0..1, of those that will be trained on.

    Raises:
        ExtraMissingError: the extra `train` is not installed.
        ModelError: the file can't be read, or holds another network.
    """
    import torch  # noqa: PLC0415

    given = _weights(file)
    network.eval()
    with torch.no_grad():
        try:
            normed = dict(_filled(network, given))
        except (KeyError, RuntimeError) as error:
            raise ModelError(f"{file}: not a released YOLO26n of these labels: {error}") from error
        for name, (mean, variance) in _seen(network, normed, torch.tensor(pictures)).items():
            norm = normed[name].bn
            norm.bias.copy_(norm.bias + mean)
            norm.weight.copy_((variance + norm.eps).sqrt())
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
    return network


def _weights(file: Path) -> Mapping[str, Any]:
    try:
        import onnx  # noqa: PLC0415
        import torch  # noqa: PLC0415
        from onnx import numpy_helper  # noqa: PLC0415
    except ImportError as error:
        raise extra_missing("train", "going on from a released model") from error
    try:
        held = onnx.load(str(file)).graph.initializer
    except Exception as error:  # protobuf raises classes of its own
        raise ModelError(f"{file}: not an ONNX file that can be read: {error}") from error
    return {one.name: torch.tensor(numpy_helper.to_array(one).copy()) for one in held}


def _filled(network: Any, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Fill in the weights; yield each convolution that has a norm, which does nothing so far."""
    for name, module in network.named_modules():
        source = name.replace(_HEAD, _RELEASED_HEAD)
        if hasattr(module, "bn"):
            module.conv.weight.copy_(given[f"{source}.conv.weight"])
            module.bn.running_mean.zero_()
            module.bn.running_var.fill_(1.0)
            module.bn.weight.fill_((1.0 + module.bn.eps) ** 0.5)
            module.bn.bias.copy_(given[f"{source}.conv.bias"])
            yield name, module
        elif f"{source}.bias" in given and not name.endswith(".conv"):
            module.weight.copy_(given[f"{source}.weight"])
            module.bias.copy_(given[f"{source}.bias"])


def _seen(network: Any, normed: Mapping[str, Any], pictures: Any) -> dict[str, tuple[Any, Any]]:  # noqa: ANN401
    """Return mean and variance of what each convolution gives, before its norm."""
    found: dict[str, tuple[Any, Any]] = {}

    def keep(name: str) -> Any:  # noqa: ANN401
        def hook(_module: object, _given: object, out: Any) -> None:  # noqa: ANN401
            variance = out.var((0, 2, 3)).clamp(min=_LEAST_VARIANCE)
            found[name] = out.mean((0, 2, 3)), variance

        return hook

    hooks = [module.conv.register_forward_hook(keep(name)) for name, module in normed.items()]
    head = network.model[-1]
    head.training = True  # both heads answer
    network(pictures)
    head.training = False
    for hook in hooks:
        hook.remove()
    return found


def some_pictures(listed: Path, size: int) -> Input:
    """Return pictures spread over a set, (N, 3, size, size) RGB in 0..1.

    Args:
        listed: Names the set's pictures, one a line; or a folder of them.
        size: Pixels.
    """
    named = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else ()
    files = sorted(set(named)) or sorted(map(str, listed.rglob("*.*")))
    read = (cv2.imread(file) for file in files[:: -(-len(files) // _PICTURES)])
    fitted = [cv2.resize(image, (size, size))[..., ::-1] for image in read if image is not None]
    return np.stack(fitted).transpose(0, 3, 1, 2).astype(np.float32) / np.float32(255)
