async def f():
    # ruleid: await-expression
    await g(1)
    # ok: await-expression
    g(1)
