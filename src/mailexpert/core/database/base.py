"""PostgreSQL with a wall: role and account of the session follow `core.scope` before every statement."""

from typing import Any

from django.db.backends.postgresql import base

from mailexpert.core import scope
from mailexpert.core.database.creation import WalledCreation
from mailexpert.core.database.operations import WalledOperations
from mailexpert.core.database.roles import APP, NO_DATABASE, OWNER

SET_SCOPE = "SELECT set_config('role', %s, false), set_config('mailexpert.account', %s, false)"


class DatabaseWrapper(base.DatabaseWrapper):
    creation_class = WalledCreation
    ops_class = WalledOperations
    _scope_in_session: tuple[str, str] | None = None
    _rolls_back: bool = False

    def init_connection_state(self) -> None:
        super().init_connection_state()  # type: ignore[no-untyped-call]
        self.forget_scope()
        if self._follow_before_statement not in self.execute_wrappers:
            self.execute_wrappers.insert(0, self._follow_before_statement)

    def forget_scope(self) -> None:
        """After a connect, a rollback or a change of role by hand nothing is known of the session."""
        self._scope_in_session = None

    def follow_scope(self) -> None:
        role = OWNER if scope.is_beside_wall() else APP
        wanted = role, str(scope.active_account() or "")
        if wanted == self._scope_in_session or self.alias == NO_DATABASE or self._rolls_back:
            return
        assert self.connection is not None
        with self.connection.cursor() as cursor:
            cursor.execute(SET_SCOPE, wanted)
        self._scope_in_session = wanted

    def _follow_before_statement(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.follow_scope()
        return execute(sql, params, many, context)

    def _prepare_cursor(self, cursor: Any) -> Any:
        # cursor.copy() passes no execute wrapper, so the scope must be right when the cursor is made.
        if self.connection is not None:
            self.follow_scope()
        return super()._prepare_cursor(cursor)  # type: ignore[misc]

    def _rollback(self) -> None:
        self.forget_scope()
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        # A failed transaction takes no other statement than this one, so the scope must wait for it.
        self._rolls_back = True
        try:
            super()._savepoint_rollback(sid)  # type: ignore[misc]
        finally:
            self._rolls_back = False
            self.forget_scope()
