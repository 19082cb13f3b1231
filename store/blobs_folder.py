"""Blobs as files of a folder: written beside their place, made durable, then put there in one step."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from store.blobs import BlobError, checked

_DRAFT = ".draft-"  # a name never starts with a dot, so a draft that a kill left behind is never read as a blob


class FolderBlobs:
    """The port `Blobs` in `folder`, which is made on the first write."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"FolderBlobs({str(self._folder)!r})"

    def read(self, name: str) -> bytes | None:
        try:
            return (self._folder / checked(name)).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise self._failed(error) from None

    def write(self, name: str, content: bytes) -> None:
        place = self._folder / checked(name)
        draft = place.with_name(f"{_DRAFT}{secrets.token_hex(6)}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                with draft.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(place)
            finally:
                draft.unlink(missing_ok=True)
            _settle(place.parent)
        except OSError as error:
            raise self._failed(error) from None

    def names(self, prefix: str = "") -> list[str]:
        try:
            found = [each for each in self._folder.rglob("*") if each.is_file() and not each.name.startswith(".")]
        except OSError as error:
            raise self._failed(error) from None
        names = (each.relative_to(self._folder).as_posix() for each in found)
        return sorted(each for each in names if each.startswith(prefix))

    def delete(self, name: str) -> None:
        try:
            (self._folder / checked(name)).unlink(missing_ok=True)
        except OSError as error:
            raise self._failed(error) from None

    def _failed(self, error: OSError) -> BlobError:
        why = error.strerror or type(error).__name__
        return BlobError(f"The folder {self._folder} cannot be used ({why}): set FITBOARD_MODELS to one that can be written to.")


def _settle(folder: Path) -> None:
    """Make the new entry of the folder durable, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # a system whose folders cannot be opened
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
