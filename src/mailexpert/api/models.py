"""Answers that a client may ask for twice."""

from typing import ClassVar

from django.db import models

from mailexpert.core.models import AccountManager, AccountRow


class Answer(AccountRow):
    """What a POST with an Idempotency-Key was answered; asked again within 24 hours, it is answered the same.
    `status` is null while the first one is still at work."""

    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField()
    status = models.SmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(default=b"")
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[AccountManager["Answer"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id", "key"], name="api_answer_once")]
        indexes = [models.Index(fields=["at"], name="api_answer_age")]
