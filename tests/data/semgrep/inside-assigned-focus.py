import subprocess

def f():
    command = input()
    # ruleid: inside-assigned-focus
    subprocess.run(command, check=True, shell=True)
    for i in range(2):
        # ruleid: inside-assigned-focus
        subprocess.call(command, shell=True)
    # ok: inside-assigned-focus
    subprocess.run(command)
    # ok: inside-assigned-focus
    subprocess.run("ls", shell=True)
