import yaml
# ruleid: with-open-as
with open("a") as f:
    data = yaml.load(f)
# ruleid: with-open-as
with open("b") as f, open("c") as g:
    pass
    yaml.load(g)
    done()
# ok: with-open-as
with open("d") as f:
    yaml.safe_load(f)
# ok: with-open-as
with gzip.open("e") as f:
    yaml.load(f)
