"""Bases of every table that belongs to an account."""

from typing import Any, ClassVar, Self, TypeVar

from django.db import models

from mailexpert.core.scope import current_account, is_beside_wall

Row = TypeVar("Row", bound=models.Model, covariant=True)


class AccountManager(models.Manager[Row]):
    """The first fence: without an active account there is nothing to ask."""

    def get_queryset(self) -> models.QuerySet[Row]:
        rows = super().get_queryset()
        if is_beside_wall():
            return rows
        wall_column: str = self.model.wall_column  # type: ignore[attr-defined]
        return rows.filter(**{wall_column: current_account()})


class Walled(models.Model):
    """A table behind the wall. `append_only`: the application may add and read rows, never change them.
    `hot`: no key to the account's row, because a check per row costs too much there; the account's erasure
    names such tables itself."""

    wall_column: ClassVar[str] = "account_id"
    append_only: ClassVar[bool] = False
    hot: ClassVar[bool] = False

    account_id = models.BigIntegerField(default=current_account, editable=False)

    objects: ClassVar[AccountManager[Self]] = AccountManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"


class AccountRow(Walled):
    id = models.BigAutoField(primary_key=True)

    class Meta(Walled.Meta):
        abstract = True


class AccountForeignKey(models.ForeignKey[Any, Any]):
    """A reference within one account. Its constraint is composite, (account_id, x_id) → (account_id, id), and is
    made by core.walls; a plain one would pass through the wall. `checked=False` leaves the constraint away where a
    check per row costs too much: who deletes the target then deletes such rows itself."""

    def __init__(self, to: Any, on_delete: Any, *, checked: bool = True, **options: Any) -> None:
        self.checked = checked
        options["db_constraint"] = False
        super().__init__(to, on_delete, **options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, options = super().deconstruct()
        options.pop("db_constraint", None)
        return name, path, args, options
