import yaml
# ruleid: fix-text
yaml.safe_load(a)
# ok: fix-text
yaml.load(a, Loader=b)
