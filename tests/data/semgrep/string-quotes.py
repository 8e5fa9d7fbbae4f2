# ruleid: string-quotes
f("a")
# ruleid: string-quotes
f(r'''a''')
# ok: string-quotes
f('b')
