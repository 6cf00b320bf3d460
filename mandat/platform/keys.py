"""Keys: bigint inside, `public_id` (uuid4) in every address, event and file. No integer leaves the database."""

import uuid

from django.db import models


class Keyed(models.Model):
    """A row that the outside names by its `public_id`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
