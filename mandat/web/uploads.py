"""How the bytes of a file come in: to disk, and no more of them than the server is willing to hold."""

from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler


class BoundedUpload(TemporaryFileUploadHandler):
    """
    A file on its way in. What exceeds `MOST` is read and let go, so that its form can still say that it is too large.

    Forms ask for far less, by dated policy; a request that goes on beyond `END` is no longer listened to.
    """

    MOST = 64 * 1024 * 1024
    END = 4 * MOST

    def new_file(self, *args: Any, **more: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **more)
        self.came = getattr(self, "came", 0)
        self.began_at = self.came

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """
        Take in some bytes of a file.

        :raises StopUpload: once the request has brought more than it ever should
        """
        self.came += len(raw_data)
        if self.came > self.END:
            raise StopUpload(connection_reset=True)
        if self.came - self.began_at <= self.MOST:
            super().receive_data_chunk(raw_data, start)
        return None
