# Judges zones with pyspf: stdin is a list of {zones, domain, addresses}, stdout the result for each address.
import json
import socket
import sys

import spf

zones = {}


def lookup(name, qtype, strict=True, timeout=None, level=0):
    for entry in zones.get(name.lower().rstrip("."), []):
        kind, value = entry.split(" ", 1)
        if kind != qtype:
            continue
        if kind == "TXT":
            yield ((name, kind), (value.encode(),))
        elif kind == "MX":
            yield ((name, kind), (10, value))
        elif kind == "AAAA":
            yield ((name, kind), socket.inet_pton(socket.AF_INET6, value))
        else:
            yield ((name, kind), value)


spf.DNSLookup = lookup
# It counts void look-ups in another way than others do.
spf.MAX_VOID_LOOKUPS = 1000

results = []
for case in json.load(sys.stdin):
    zones = case["zones"]
    each = []
    for address in case["addresses"]:
        query = spf.query(i=address, s="postmaster@" + case["domain"], h="mail.example.net", strict=True)
        each.append(query.check()[0])
    results.append(each)
json.dump(results, sys.stdout)
