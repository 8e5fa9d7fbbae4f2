# ruleid: metavariable-decorator
@cached
def f(): pass

# ok: metavariable-decorator
@other
def g(): pass

# ok: metavariable-decorator
def h(): pass
