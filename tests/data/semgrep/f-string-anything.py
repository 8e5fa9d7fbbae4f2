# ruleid: f-string-anything
a = f"{x}"
# ruleid: f-string-anything
b = f"one {x} two {y!r}"
# ok: f-string-anything
c = f"nothing"
# ok: f-string-anything
d = "{x}"
