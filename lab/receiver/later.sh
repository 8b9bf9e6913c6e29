#!/bin/sh
# Takes a message, and refuses it after it was accepted: pipe(8) makes a bounce of exit code 69 and of these words.
cat > /dev/null
echo '5.7.26 This message does not pass authentication checks (lab)'
exit 69
