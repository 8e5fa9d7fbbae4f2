import requests
s = requests.Session()
# ruleid: typed-receiver
s.get(url)
# ok: typed-receiver
t.get(url)
