import yaml
# ruleid: fix-text
yaml.load(a)
# ok: fix-text
yaml.load(a, Loader=b)
