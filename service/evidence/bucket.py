"""An object store that speaks S3: whole objects, put at once or not at all."""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import parse_qs, urlsplit

from streetwatch.service.config.secrets import hidden
from streetwatch.service.incidents.errors import InputError, StorageError, StreetwatchError
from streetwatch.service.outbound.airlock import Airlock
from streetwatch.service.outbound.outbound import Outbound, endpoint_of
from streetwatch.vision.types import Seconds

if TYPE_CHECKING:
    from obstore.store import S3Store

_TIMEOUT: Final = timedelta(seconds=20)
_CONNECT_TIMEOUT: Final = timedelta(seconds=5)

#: Rounds try again by themselves: a round is not to hang in one object.
_RETRIES: Final = 1

#: An error of the store may be a whole page.
_LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Address:
    """Where a bucket is.

    Attributes:
        prefix: Before every key, empty or ending in a slash.
        endpoint: Of the store (URL); None: Amazon's.
    """

    bucket: str
    prefix: str
    endpoint: str | None
    region: str

    @classmethod
    def of(cls, url: str) -> Self:
        """Read `s3://BUCKET/PREFIX?endpoint=URL&region=NAME`."""
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        prefix = parts.path.strip("/")
        return cls(
            parts.netloc,
            f"{prefix}/" if prefix else "",
            asked.get("endpoint", [None])[0],
            (asked.get("region") or ["us-east-1"])[0],
        )


@dataclass(frozen=True)
class Bucket:
    """One bucket.

    Attributes:
        access_key: Who we are there; never said again.
        secret_key: Proves it; never said again.
        outbound: Where the store may stand.
    """

    address: Address
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    outbound: Outbound

    @cached_property
    def _store(self) -> "S3Store":
        try:
            from obstore.store import S3Store  # noqa: PLC0415 -- an extra
        except ImportError:
            raise InputError(
                "evidence.url: needs the extra `s3`: pip install 'streetwatch[s3]'"
            ) from None
        where = self.address
        is_plain = (where.endpoint or "").startswith("http://")
        # Both keys are always given: nothing looks for others in the machine's metadata.
        return S3Store(
            where.bucket,
            prefix=where.prefix.rstrip("/") or None,
            config={
                "access_key_id": self.access_key,
                "secret_access_key": self.secret_key,
                "region": where.region,
                "virtual_hosted_style_request": where.endpoint is None,
                "checksum_algorithm": "SHA256",
                **({"endpoint": where.endpoint} if where.endpoint else {}),
            },
            client_options={
                "timeout": _TIMEOUT,
                "connect_timeout": _CONNECT_TIMEOUT,
                "proxy_url": self._airlock.url,
                # Of a plain connection the airlock reads the first request alone.
                **({"allow_http": True, "pool_max_idle_per_host": "0"} if is_plain else {}),
            },
            retry_config={"max_retries": _RETRIES, "retry_timeout": _TIMEOUT},
        )

    @cached_property
    def _airlock(self) -> Airlock:
        """The way there: the client would look the name up once more, and follow redirects."""
        airlock = Airlock(self.outbound)
        weakref.finalize(self, airlock.let_go)
        return airlock

    def checked(self) -> Self:
        """Return it, once it is sure that what speaks S3 is installed.

        Raises:
            InputError: it is not, or the address is none.
        """
        try:
            _ = self._store
        except (ValueError, TypeError) as error:
            raise InputError(f"evidence.url: {error}") from None
        return self

    def put(self, key: str, content: bytes) -> None:
        """Put an object, replacing an earlier one; the store checks its SHA-256.

        Raises:
            StorageError: it is not there.
        """
        with self._asked(f"{key} could not be put") as store:
            store.put(key, content, use_multipart=False)

    def get(self, key: str) -> bytes | None:
        """Return an object; None where there is none.

        Raises:
            StorageError: it can't be told.
        """
        with self._asked(f"{key} can't be read") as store, suppress(FileNotFoundError):
            return bytes(store.get(key).bytes())
        return None

    def has(self, key: str) -> bool:
        """Tell whether there is an object.

        Raises:
            StorageError: it can't be told.
        """
        with self._asked(f"{key} can't be asked for") as store, suppress(FileNotFoundError):
            store.head(key)
            return True
        return False

    def delete(self, key: str) -> None:
        """Delete an object, if it is there.

        Raises:
            StorageError: it may be there still.
        """
        with self._asked(f"{key} could not be deleted") as store, suppress(FileNotFoundError):
            store.delete(key)

    def keys(self, prefix: str) -> Iterator[tuple[str, Seconds]]:
        """Yield the keys under a prefix, which is a whole folder, and when each was put.

        Raises:
            StorageError: it can't be told.
        """
        with self._asked(f"{prefix} can't be listed") as store:
            for some in store.list(prefix):
                for one in some:
                    yield one["path"], one["last_modified"].timestamp()

    @contextmanager
    def _asked(self, what: str) -> "Iterator[S3Store]":
        """Lend the store for one question; what it refuses says which that was."""
        from obstore.exceptions import BaseError  # noqa: PLC0415 -- an extra

        store = self._reached()
        try:
            yield store
        except (BaseError, OSError) as error:
            reason = hidden(
                str(error).partition("\n")[0], frozenset({self.access_key, self.secret_key})
            )
            text = f"{type(error).__name__}: {reason[:_LONGEST_REASON]}"
            raise StorageError(
                f"evidence store {self.address.bucket}: {what}: {text}"
            ) from None  # the cause may hold what was sent

    def _reached(self) -> "S3Store":
        """Return the store; where it stands where it may not, that is said in words."""
        endpoint = endpoint_of(self.address.endpoint or "")
        if endpoint is not None:
            try:
                self.outbound.address(*endpoint)
            except StreetwatchError as error:
                raise StorageError(f"evidence store: {error}") from None
        return self._store
