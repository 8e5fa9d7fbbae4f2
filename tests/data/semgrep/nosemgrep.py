# ruleid: nosemgrep
eval(a)
# ok: nosemgrep
eval(a)  # nosemgrep
# ok: nosemgrep
eval(a)  # nosemgrep: nosemgrep
# ok: nosemgrep
eval(a)  # nosem: other-rule, folder.nosemgrep
# ruleid: nosemgrep
eval(a)  # nosemgrep: other-rule
if x:
    # nosemgrep: nosemgrep
    eval(b)
# ok: nosemgrep
eval(
    c,
)  # nosemgrep
