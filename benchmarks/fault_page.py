"""The page of the reference that shows what faults come to: a section for each table."""

import re
from collections.abc import Mapping
from typing import Final

_HEAD: Final = """\
# When something fails

Written by `streetwatch bench faults --page docs/reference/faults.md`, a section at a time
(`--what cameras`, `--what store`). What happens to the disk, the database, the platform and
the clock is told in [how the service meets faults](../explanation/faults.md).
"""


def with_sections(page: str, sections: Mapping[str, str]) -> str:
    r"""Return a page with some sections in place of those that it had.

    >>> "new" in with_sections("# Old\n\n## A\n\nold\n", {"A": "new\n"})
    True
    """
    known = dict(re.findall(r"^## (.+?)\n\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    known |= sections
    told = "\n".join(f"## {title}\n\n{body.strip()}\n" for title, body in known.items())
    return f"{_HEAD}\n{told}"
