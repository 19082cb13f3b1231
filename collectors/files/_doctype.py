"""Apple's exports begin with a document type of their own; some versions of iOS wrote one that no XML parser accepts."""

from __future__ import annotations

from typing import BinaryIO

from collectors.source import NotThisFormat

_HEAD = 2**20


class WithoutDoctype:
    """The bytes of an XML file without its document type. Raises NotThisFormat when that declares entities."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        head = stream.read(_HEAD)
        start = head.find(b"<!DOCTYPE")
        if 0 <= start < head.find(b"<HealthData") or (start >= 0 and b"<HealthData" not in head):
            end = head.find(b"]>", start)
            plain_end = head.find(b">", start)
            if b"[" not in head[start : plain_end + 1]:
                end = plain_end - 1
            if end < 0:
                raise NotThisFormat("begins with a document type that does not end")
            if b"<!ENTITY" in head[start:end]:
                raise NotThisFormat("declares entities, which no Apple Health export does: it is not read")
            head = head[:start] + head[end + 2 :]
        self.head = head

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size` when it is not negative."""
        if not self.head:
            return self.stream.read(size)
        taken, self.head = (self.head, b"") if size < 0 else (self.head[:size], self.head[size:])
        return taken + self.stream.read() if size < 0 else taken
