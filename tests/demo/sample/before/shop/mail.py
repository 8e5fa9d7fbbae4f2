"""Receipts by mail."""


async def send_receipt(order) -> None:
    """Hands the receipt to the mail queue."""
