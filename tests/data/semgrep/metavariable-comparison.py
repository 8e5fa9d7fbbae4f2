# ruleid: metavariable-comparison
set_port(80)
# ok: metavariable-comparison
set_port(443)
# ok: metavariable-comparison
set_port(8080)
# ok: metavariable-comparison
set_port(port)
