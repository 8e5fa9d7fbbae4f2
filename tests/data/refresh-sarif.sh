#!/bin/sh
# Fetches the SARIF schema anew from the source package that ships it (see sarif-2.1.0.md).
set -eu
cd "$(dirname "$0")"
version=0.8.0
curl --fail --silent --location "https://static.crates.io/crates/serde-sarif/serde-sarif-$version.crate" |
  tar --extract --gzip --to-stdout "serde-sarif-$version/src/schema.json" >sarif-2.1.0.json.new
mv sarif-2.1.0.json.new sarif-2.1.0.json
