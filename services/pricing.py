"""How an amount of money is written. It never decides what anything costs."""

from decimal import Decimal

from django.conf import settings


def money(amount: Decimal) -> str:
    """The amount with its currency sign, cents only where there are any: $105, $52.50, and “free” for nothing."""
    if not amount:
        return "free"
    whole = amount == amount.to_integral_value()
    return f"{settings.CURRENCY_SIGN}{amount:,.0f}" if whole else f"{settings.CURRENCY_SIGN}{amount:,.2f}"


def fee(amount: Decimal) -> str:
    """As `money`, but blank when nothing is charged, so that a page leaves the sentence out."""
    return money(amount) if amount else ""
