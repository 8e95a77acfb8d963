"""Evidence packs over HTTP: `/desk/cases/{name}/evidence.zip`."""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from streetwatch.service.desk.book import Book
from streetwatch.service.desk.questions import CaseName
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.pack import Signing, pack


def packs_router(
    book: Book, evidence: EvidenceStore, signing: Callable[[], Signing | None] = lambda: None
) -> APIRouter:
    """Build the router. `NoSuchCaseError` is the API's to answer."""
    router = APIRouter(prefix="/desk/cases", tags=["desk"])

    @router.get(
        "/{name}/evidence.zip",
        response_class=StreamingResponse,
        responses={200: {"content": {"application/zip": {}}, "description": "The pack."}},
    )
    def evidence_pack(name: CaseName) -> StreamingResponse:
        """Everything about a case as one ZIP; what is wrong with it stands in `FINDINGS.txt`."""
        made = pack(book.case(name), evidence, signing())
        headers = {
            "Content-Disposition": f'attachment; filename="{made.name}"',
            "Evidence-Findings": str(len(made.findings)),
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(made.stream(), media_type="application/zip", headers=headers)

    return router
