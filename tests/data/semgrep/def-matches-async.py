import time
# ruleid: def-matches-async
async def f():
    time.sleep(1)
# ruleid: def-matches-async
@d
def g():
    x = 1
    time.sleep(1)
    return
