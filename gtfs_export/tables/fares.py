"""fare_attributes.txt and fare_rules.txt: the usual fare of each route on which riders reported one."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision

from gtfs_export.records import Fare, PublishedNetwork
from gtfs_export.spec import Table, make_table
from gtfs_export.tables.agency import AGENCY_ID

PAID_ON_BOARD = "0"
NO_TRANSFERS = "0"


def build_fare_attributes(network: PublishedNetwork) -> Table:
    """One fare for each route that has one, under the route's id."""
    return make_table(
        "fare_attributes.txt",
        (
            {
                "fare_id": route.route_id,
                "price": price(route.fare),
                "currency_type": route.fare.currency,
                "payment_method": PAID_ON_BOARD,
                "transfers": NO_TRANSFERS,
                "agency_id": AGENCY_ID,
            }
            for route in network.routes
            if route.fare
        ),
    )


def build_fare_rules(network: PublishedNetwork) -> Table:
    """Tie each fare to its route."""
    records = ({"fare_id": route.route_id, "route_id": route.route_id} for route in network.routes if route.fare)
    return make_table("fare_rules.txt", records)


def price(fare: Fare) -> str:
    """The usual fare with as many decimals as its currency has."""
    return money(fare.amount, fare.currency)


def money(amount: Decimal, currency: str) -> str:
    """An amount with the decimals of its currency, none for CFA francs; halves go up."""
    step = Decimal(1).scaleb(-get_currency_precision(currency))
    return str(amount.quantize(step, rounding=ROUND_HALF_UP))
