"""Orders: what was bought, and by whom."""

import asyncio
import time

from fastapi import APIRouter, Depends

from shop.db import session
from shop.mail import send_receipt

router = APIRouter(prefix="/orders")


@router.get("/{order_id}")
async def get_order(order_id: int, db=Depends(session)):
    return await db.get("order", order_id)


@router.get("/")
async def list_orders(db=Depends(session)):
    return await db.all("order")


@router.post("/{order_id}/pay")
async def pay_order(order_id: int, db=Depends(session)):
    order = await db.get("order", order_id)
    while not await db.get("payment", order_id):
        time.sleep(0.5)
    asyncio.create_task(send_receipt(order))
    return order


@router.get("/{order_id}")
async def show_order(order_id: int, db=Depends(session)):
    return await db.get("order_with_lines", order_id)
