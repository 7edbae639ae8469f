"""Orders of the account's shop: told once, taken off again when they come back."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from mailexpert.api.answers import READ, WRITE, WRITE_ONE
from mailexpert.api.problems import Problem
from mailexpert.api.shapes import OrderIn, OrderNumber, OrderOut, RefundIn
from mailexpert.mail.goals import MOST_BY_PROGRAM, amount
from mailexpert.tracking import actions_orders
from mailexpert.tracking.models import Conversion, Goal

router = Router(tags=["orders"])


@router.get("", response={200: OrderOut, **READ})
def one_order(request: HttpRequest, number: Query[OrderNumber]) -> dict[str, Any]:
    """An order that was told, by your own number of it."""
    try:
        return _shown(actions_orders.find(number), number)
    except actions_orders.NoSuchOrder as problem:
        raise Problem(404, "No such order", "No order with this number was told.") from problem


@router.post("", response={200: OrderOut, 201: OrderOut, **WRITE})
def tell_order(request: HttpRequest, wanted: OrderIn) -> Status[dict[str, Any]]:
    """Count an order for a goal, once for each number: 201 the first time, 200 after that. `click` is what stood as
    `mex` in the address of the page. Which mailing or person it came of is counted and never answered."""
    order = actions_orders.Order(
        number=wanted.number, goal=_goal(wanted.goal), cents=_cents(wanted.value), currency=wanted.currency,
        at=wanted.at, click=wanted.click, email_hash=wanted.email_sha256,
    )  # fmt: skip
    try:
        made, is_new = actions_orders.take(order)
    except actions_orders.OtherOrder as problem:
        raise Problem(
            409, "Another order", "This number was told before, with another value, currency or goal."
        ) from problem
    except actions_orders.TooOld as problem:
        raise Problem(
            422, "Too long ago", "An order can be told until 30 days after it was made."
        ) from problem
    return Status(201 if is_new else 200, _shown(made, wanted.number))


@router.post("/refunds", response={200: OrderOut, **WRITE_ONE})
def refund(request: HttpRequest, wanted: RefundIn) -> dict[str, Any]:
    """Say how much of an order has come back by now, in all; without `refunded` it was cancelled. Told again it changes
    nothing."""
    back = None if wanted.refunded is None else _cents(wanted.refunded)
    try:
        return _shown(actions_orders.refund(wanted.number, back), wanted.number)
    except actions_orders.NoSuchOrder as problem:
        raise Problem(404, "No such order", "No order with this number was told.") from problem
    except actions_orders.MoreThanPaid as problem:
        raise Problem(422, "More than was paid", "`refunded` is more than the order's value.") from problem


def _goal(event: str) -> Goal:
    """By the name that pages call; without one the account's only goal with an amount."""
    found = Goal.objects.filter(archived_at=None, kind=Goal.Kind.VALUE)
    if event:
        found = found.filter(event=event.lower())
    goals = list(found[:2])
    if len(goals) != 1:
        raise Problem(422, "Which goal?", "Give as `goal` the name of one of your goals with an amount.")
    return goals[0]


def _cents(value: Decimal) -> int:
    found = amount(value, MOST_BY_PROGRAM)
    if found is None:
        raise Problem(422, "No amount", "Give an amount from 0 to 100000000, with at most two decimals.")
    return found


def _shown(found: Conversion, number: str) -> dict[str, Any]:
    return {
        "number": number, "goal": found.goal.event, "value": Decimal(found.first_cents) / 100,
        "refunded": Decimal(found.first_cents - found.cents) / 100, "currency": found.currency,
        "state": "counted" if found.n else "cancelled",
    }  # fmt: skip
