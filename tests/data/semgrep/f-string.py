# ruleid: f-string
execute(f"select {a}")
# ok: f-string
execute("select a")
# ok: f-string
execute(f"select")
