#!/bin/sh
# A server that accepts a connection and then says nothing, until the client has enough.
exec cat > /dev/null
