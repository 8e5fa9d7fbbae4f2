#!/bin/sh
# Fetches the vendored test data anew. Needs curl, python3 and the network; tests themselves never run this.
#
#   tests/data/refresh.sh            the versions below, checked against their digests
#
# To take newer versions: change version and digest here, run, read the diff, commit both.
#
# - webhook-examples.jsonl   npm @octokit/webhooks-examples (MIT): GitHub's example payloads, one per line,
#                            as {"event": ..., "payload": ...}; nothing is left out or changed.
# - github-schema.graphql    npm @octokit/graphql-schema (MIT): GitHub's GraphQL schema. As published it is not
#                            valid: the type EnterpriseOwnerInfo has two fields twice. The second copy of a field
#                            is dropped here, and the script prints which ones.
set -eu
cd "$(dirname "$0")"

EXAMPLES_VERSION=7.6.1
EXAMPLES_SHA256=89e6cb1c6345d32e3dd775617fa54effbdc26c859e514898d7728e95e9738280
SCHEMA_VERSION=15.26.1
SCHEMA_SHA256=053e74249dafce2118fd9b7ae499b067d57c5f910c57745699ac45108bc68d1e

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { # name, version, sha256
    curl --fail --silent --show-error --location --output "$work/$1.tgz" \
        "https://registry.npmjs.org/@octokit/$1/-/$1-$2.tgz"
    echo "$3  $work/$1.tgz" | sha256sum --check --quiet
    mkdir "$work/$1"
    tar -xzf "$work/$1.tgz" -C "$work/$1" --strip-components=1
}

fetch webhooks-examples "$EXAMPLES_VERSION" "$EXAMPLES_SHA256"
fetch graphql-schema "$SCHEMA_VERSION" "$SCHEMA_SHA256"

python3 - "$work" <<'PYTHON'
import json, pathlib, re, sys

work = pathlib.Path(sys.argv[1])

events = json.loads((work / "webhooks-examples/api.github.com/index.json").read_text())
with open("webhook-examples.jsonl", "w", newline="\n") as out:
    for event in events:
        for payload in event["examples"]:
            line = {"event": event["name"], "payload": payload}
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")

# A field begins with its description at two spaces of indentation and ends before the next one.
schema = (work / "graphql-schema/schema.graphql").read_text()
FIELD = re.compile(r'(?:^  """\n(?:.*\n)*?^  """\n)?^  (\w+)(?:\(\n(?:^    .*\n|^\n)*^  \))?.*\n\n?', re.M)

def without_second_copies(match):
    seen, kept = set(), []
    for field in FIELD.finditer(match["body"]):
        name = field[1]
        if name in seen:
            print(f"dropped the second {match['name']}.{name}")
            continue
        seen.add(name)
        kept.append(field[0])
    return match["head"] + "".join(kept).rstrip("\n") + "\n}"

TYPE = re.compile(r"^(?P<head>(?:type|interface) (?P<name>\w+)[^{]*\{\n)(?P<body>(?:.*\n)*?)^\}", re.M)
duplicated = re.compile(r"^type EnterpriseOwnerInfo\b", re.M)
pathlib.Path("github-schema.graphql").write_text(
    TYPE.sub(lambda m: without_second_copies(m) if duplicated.match(m[0]) else m[0], schema), newline="\n"
)
PYTHON

cp "$work/graphql-schema/LICENSE.md" github-schema.LICENSE.md
echo "refreshed: $(wc -l < webhook-examples.jsonl) example payloads, $(wc -l < github-schema.graphql) lines of schema"
