# ruleid: string-regex
connect("http://a")
# ok: string-regex
connect("https://a")
# ok: string-regex
connect(url)
