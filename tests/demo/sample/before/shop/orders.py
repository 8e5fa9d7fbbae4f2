"""Orders: what was bought, and by whom."""

import requests
from fastapi import APIRouter, Depends

from shop.db import session

router = APIRouter(prefix="/orders")


def exchange_rate(currency: str) -> float:
    """The day's rate, from the bank."""
    answer = requests.get(f"https://rates.example.com/{currency}")
    return float(answer.json()["rate"])


@router.get("/{order_id}")
async def get_order(order_id: int, db=Depends(session)):
    return await db.get("order", order_id)


@router.get("/")
async def list_orders(db=Depends(session)):
    return await db.all("order")
