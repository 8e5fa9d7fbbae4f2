import requests
from requests import post
# ruleid: keyword-absent
requests.get(url)
# ruleid: keyword-absent
post(url, data=1)
# ok: keyword-absent
requests.get(url, timeout=3)
# ok: keyword-absent
requests.get(url, timeout=None, stream=True)
# ok: keyword-absent
post(url, **options)
# ok: keyword-absent
requests.head(url)
