import requests
# ruleid: dots-arguments
requests.get(url, verify=False)
# ruleid: dots-arguments
requests.get(url, timeout=1, verify=False, stream=True)
# ok: dots-arguments
requests.get(url, verify=True)
# ok: dots-arguments
requests.get(url)
