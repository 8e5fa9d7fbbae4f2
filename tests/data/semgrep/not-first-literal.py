import os
from os import popen
# ruleid: not-first-literal
popen(command)
# ruleid: not-first-literal
os.popen(f"ls {x}", "r")
# ok: not-first-literal
os.popen("ls", mode)
# ok: not-first-literal
popen("ls")
