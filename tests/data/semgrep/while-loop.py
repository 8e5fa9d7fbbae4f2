# ruleid: while-loop
while True:
    a()
# ok: while-loop
while x:
    a()
