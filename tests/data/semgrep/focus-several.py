f(
    # ruleid: focus-several
    1,
    # ruleid: focus-several
    2,
)
