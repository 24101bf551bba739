"""Amounts of money, and the currencies in which they are stated."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainSerializer

from schemas.fields import Incoming, Label, Outgoing

IN_USE = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD
HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD
LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK
PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
WITHDRAWN = "ANG BGN BYR CUC EEK HRK LTL LVL MRO SLL STD VEF ZMK ZWL"
"""Since 2010; budgets of earlier years are stated in them."""

CURRENCIES = frozenset(f"{IN_USE} {WITHDRAWN}".split())
"""Codes of ISO 4217."""


def check_currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError("a currency is a code of ISO 4217, such as USD")
    return code


Currency = Annotated[
    str,
    Field(pattern=r"^[A-Z]{3}$", description="ISO 4217", examples=["USD"]),
    AfterValidator(check_currency),
]


def in_digits(amount: Decimal) -> str:
    """Without an exponent, which the database's driver gives to round numbers."""
    return f"{amount:f}"


SURE_DIGITS = 15
"""How many digits of a number in JSON survive being read as a binary fraction."""


def refuse_inexact(amount: object) -> object:
    if isinstance(amount, float) and len(Decimal(repr(amount)).as_tuple().digits) > SURE_DIGITS:
        raise ValueError(f"an amount of more than {SURE_DIGITS} digits is sent as a string")
    return amount


Exact = Annotated[Decimal, PlainSerializer(in_digits, return_type=str, when_used="json")]
Amount = Annotated[
    Exact,
    Field(
        ge=0,
        max_digits=18,
        decimal_places=4,
        description="exact, as sent; with more than 15 digits as a string",
        examples=["25000"],
    ),
    BeforeValidator(refuse_inexact),
]
Stage = Literal["planned", "committed", "spent"]


class BudgetLine(Incoming, Outgoing):
    """An amount for one thing, from one source."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "amount": "25000", "currency": "USD", "stage": "planned", "source": "Regular fund",
                    "year": 2026, "gender_responsive": True,
                }
            ]
        }
    )  # fmt: skip

    amount: Amount
    currency: Currency
    stage: Stage
    source: Label | None = Field(None, description="who gives it")
    year: int | None = Field(None, ge=1900, le=2199, description="null: for all of the period")
    gender_responsive: bool = Field(False, description="that it answers to needs that differ by gender")


Budget = Annotated[list[BudgetLine], Field(max_length=200)]


class BudgetTotal(Outgoing):
    """What lines of one currency and year come to. Currencies are never added up."""

    currency: str
    year: int | None
    planned: Exact
    committed: Exact
    spent: Exact
    gender_responsive: Exact
    """Of what is planned, what answers to needs that differ by gender."""
