"""Tokens at rest: one text, encrypted and signed (Fernet) with keys derived from the settings' secret keys.

The first key encrypts, every key decrypts: to rotate, put a new key in front and keep the old one until each source has
refreshed once. A sealed token names its owner, so that it cannot be moved to another person or source.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.items import dumps, instant, instant_text
from store.store import StoreError, Token

_PURPOSE = b"fitboard tokens v1"


class TokenBox:
    """Seals and opens tokens. `keys` are texts of the settings, newest first; none is needed until a token is touched."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys]) if keys else None

    def seal(self, person: str, token: Token) -> str:
        """`token` as one printable text that tells nothing without the key."""
        content: dict[str, Any] = {
            "owner": [person, token.source],
            "access": token.access,
            "refresh": token.refresh,
            "expires_at": instant_text(token.expires_at) if token.expires_at else None,
            "account": token.account,
        }
        return self._cipher().encrypt(dumps(content).encode()).decode("ascii")

    def unseal(self, person: str, source: str, sealed: str, version: int) -> Token:
        """The token that `seal` wrote. Raises StoreError when no key opens it or it is another owner's."""
        try:
            content = json.loads(self._cipher().decrypt(sealed))
        except InvalidToken:
            raise StoreError(
                f"The stored sign-in of {source} cannot be opened with FITBOARD_SECRET_KEY. No data is lost: "
                f"set the key it was stored with, or connect {source} again."
            ) from None
        if content["owner"] != [person, source]:
            raise StoreError(f"The stored sign-in of {source} belongs to another account. Connect {source} again.")
        return Token(
            source=source,
            access=content["access"],
            refresh=content["refresh"],
            expires_at=instant(content["expires_at"]) if content["expires_at"] else None,
            account=content["account"],
            version=version,
        )

    def _cipher(self) -> MultiFernet:
        if self._fernet is None:
            raise StoreError("A sign-in cannot be stored or read without a key: set FITBOARD_SECRET_KEY to a long random text.")
        return self._fernet


def _derived(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
