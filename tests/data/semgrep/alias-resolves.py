import subprocess as sp
from subprocess import call as run, Popen
# ruleid: alias-resolves
sp.call(x)
# ruleid: alias-resolves
run(x)
# ok: alias-resolves
Popen(x)
