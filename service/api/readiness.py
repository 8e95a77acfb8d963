"""Is the service fit for work: values that the API shows and a probe asks for."""

from dataclasses import dataclass

from streetwatch.vision.shift import NONE, Shift
from streetwatch.vision.types import Seconds, Size
from streetwatch.zones.place import Place

#: A camera whose last picture is older than this is not watched.
FRESH_S: Seconds = 30.0

#: A message that waits longer than this means that cases do not reach the platform.
LAG_LIMIT_S: Seconds = 300.0


#: A detector's thread that is not heard of for so long judges nothing: the longest detection and
#: the longest wait for the database are over long before.
SILENT_S: Seconds = 60.0


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """One camera's state; `reason` never holds a password.

    Attributes:
        state: Of its capture.
        last_frame_age_s: Since its last picture was captured; None before the first.
        condition: As people see it: live, late, offline, frozen, dark, blurred or moved.
        origin: Whether `cameras.yaml` or the console says what it is.
        version: For `If-Match`.
        size: Of its pictures, pixels.
        place: Where it stands.
        shift: How far its picture has moved since its zones were drawn, which go along with it:
            to the right and down, as shares of width and height.
    """

    id: str
    name: str
    source: str
    state: str
    reason: str
    last_frame_age_s: Seconds | None
    condition: str = ""
    origin: str = ""
    version: str = ""
    size: Size | None = None
    place: Place | None = None
    shift: Shift = NONE

    @property
    def is_fresh(self) -> bool:
        """Whether its pictures are of now."""
        return self.last_frame_age_s is not None and self.last_frame_age_s <= FRESH_S


@dataclass(frozen=True, slots=True)
class TargetHealth:
    """What waits for one target.

    Attributes:
        oldest_s: Age of the oldest message that does not wait for a person.
    """

    id: str
    pending: int
    parked: int
    oldest_s: Seconds

    @property
    def is_late(self) -> bool:
        """Whether cases do not get through to it."""
        return self.oldest_s > LAG_LIMIT_S


@dataclass(frozen=True, slots=True)
class EvidenceHealth:
    """How evidence is kept. Nothing is lost while it waits, so it makes no service unfit.

    Attributes:
        copies_awaited: Pictures that are not masked yet, candidates' too.
        files_waiting: Files that are not in the S3 store yet.
        oldest_s: How long the oldest of these waits.
        refused: Why the store took none the last time; empty where it did.
    """

    copies_awaited: int = 0
    files_waiting: int = 0
    oldest_s: Seconds = 0.0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The cameras and the outbox.

    A camera that is down does not make the service unfit: the others are watched. Nor does a target
    that is down while another is served: who restarts the service for it helps neither.

    Attributes:
        targets: Those that stand in the settings.
        late_share: Of the detector's latest looks, how many came too late; 0..1.
        overloaded: Whether these are more than it promises. All cameras are looked at less often
            alike: the service is as fit as the machine lets it be.
        detector_silent_s: How long its thread has not been heard of.
        evidence: How it is kept.
    """

    cameras: tuple[CameraHealth, ...]
    outbox_pending: int
    outbox_parked: int
    outbox_oldest_s: Seconds
    targets: tuple[TargetHealth, ...] = ()
    late_share: float = 0.0
    overloaded: bool = False
    detector_silent_s: Seconds = 0.0
    evidence: EvidenceHealth = EvidenceHealth()

    @property
    def is_ready(self) -> bool:
        """Whether some camera is watched and cases get through."""
        watched = not self.cameras or any(camera.is_fresh for camera in self.cameras)
        judged = self.detector_silent_s <= SILENT_S
        late = self.late_targets
        return watched and judged and (not late or len(late) < len(self.targets))

    @property
    def late_targets(self) -> tuple[str, ...]:
        """The targets to which cases do not get through."""
        return tuple(one.id for one in self.targets if one.is_late)
