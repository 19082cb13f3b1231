"""Blobs as objects of an S3 bucket. A put is whole or nothing, and from then on it is what everybody reads (AWS promises so)."""

from __future__ import annotations

from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from store.blobs import BlobError, checked

# A page waits for the first read: rather no trained model for a while than a page that hangs.
_CONNECT_S: Final = 3
_READ_S: Final = 10
_ATTEMPTS: Final = 4


class S3Blobs:
    """The port `Blobs` under `prefix` of `bucket`, which must exist. Credentials and region are boto3's own."""

    def __init__(self, bucket: str, prefix: str = "", *, endpoint: str | None = None) -> None:
        self._bucket, self._start = bucket, f"{prefix}/" if prefix else ""
        settings = Config(
            connect_timeout=_CONNECT_S,
            read_timeout=_READ_S,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            # At another endpoint a bucket has no host name of its own.
            s3={"addressing_style": "path" if endpoint else "auto"},
        )
        try:
            self._client: Any = boto3.session.Session().client("s3", endpoint_url=endpoint, config=settings)
        except (BotoCoreError, ValueError) as error:
            raise BlobError(f"S3 cannot be set up ({type(error).__name__}): check AWS_DEFAULT_REGION and the address.") from None

    def __repr__(self) -> str:
        return f"S3Blobs('s3://{self._bucket}/{self._start}')"

    def read(self, name: str) -> bytes | None:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._start + checked(name))
            content: bytes = answer["Body"].read()
        except ClientError as error:
            if _code(error) in ("NoSuchKey", "404"):
                return None
            raise self._failed(error) from None
        except BotoCoreError as error:
            raise self._failed(error) from None
        return content

    def write(self, name: str, content: bytes) -> None:
        try:
            self._client.put_object(Bucket=self._bucket, Key=self._start + checked(name), Body=content)
        except (ClientError, BotoCoreError) as error:
            raise self._failed(error) from None

    def names(self, prefix: str = "") -> list[str]:
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._start + prefix)
            found = [each["Key"].removeprefix(self._start) for page in pages for each in page.get("Contents", ())]
        except (ClientError, BotoCoreError) as error:
            raise self._failed(error) from None
        return sorted(found)

    def delete(self, name: str) -> None:
        try:
            self._client.delete_object(Bucket=self._bucket, Key=self._start + checked(name))
        except (ClientError, BotoCoreError) as error:
            raise self._failed(error) from None

    def _failed(self, error: ClientError | BotoCoreError) -> BlobError:
        # The message of the error is left out: botocore's may hold a signed address.
        why = _code(error) if isinstance(error, ClientError) else type(error).__name__
        return BlobError(
            f"The bucket {self._bucket} cannot be used ({why}): check FITBOARD_MODELS, the AWS credentials, and that the bucket "
            "exists and lets them get, put, list and delete objects."
        )


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
