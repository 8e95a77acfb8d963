"""What seals evidence in tests: one key, so that what is signed is the same each time."""

from streetwatch.service.evidence.keys import Signer
from streetwatch.service.evidence.manifest import Seal

SIGNER = Signer.of("c3RyZWV0d2F0Y2ggc2lnbnMgb25seSB0ZXN0cyAhISE=", "the tests' key")

SEAL = Seal(SIGNER, "streetwatch 0", "model@1", "f" * 64)
