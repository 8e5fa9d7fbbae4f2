# ruleid: async-def
async def f(): pass
# ok: async-def
def g(): pass
