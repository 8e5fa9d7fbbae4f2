# ruleid: dots-dictionary
a = {'x': 1, 'debug': True}
# ruleid: dots-dictionary
b = {"debug": True, **more}
# ok: dots-dictionary
c = {'debug': False}
