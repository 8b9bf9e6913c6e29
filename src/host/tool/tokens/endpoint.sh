# endpoint: asks a token endpoint (OAuth 2.0) for a token. Secrets are in files and on the stdin of curl.

# token_ask FOLDER: asks for a token for the login with that folder; the answer is in its file `answer`. Prints the HTTP
# code. 75: nobody has answered. Sets: failure
token_ask() {
  local code='' seed=''
  seed=$(token_seed "$1")
  rm -f "$1/answer"
  code=$(token_request "$1" "$seed" | curl -q --config - 2>"$1/curl") || {
    failure="the token endpoint does not answer: $(sed -n 's/^curl: ([0-9]*) //p' "$1/curl" | head -n 1)"
    return 75
  }
  durable "$1/answer"
  printf '%s\n' "$code"
}

# token_request FOLDER SEED: prints what curl is to do. Which secrets there are decides how it is asked.
token_request() {
  local endpoint='' scope='' thumbprint=''
  endpoint=$(token_value "$1" endpoint) scope=$(token_value "$1" scope) thumbprint=$(token_value "$1" thumbprint)
  printf '%s\n' 'silent' 'show-error' 'connect-timeout = 10' 'max-time = 30' 'max-filesize = 1000000' \
    'proto = "=https"' 'header = "Accept: application/json"' 'write-out = "%{http_code}"' "output = \"$1/answer\"" \
    "url = \"$endpoint\""
  if [ -n "$2" ]; then
    token_form grant_type refresh_token
    token_form refresh_token "$(sed -n 's/^login refresh-token://p' "$2")"
  elif [ -s "$1/key" ] && [ -z "$thumbprint" ]; then
    # The signature says who asks and for what.
    token_form grant_type urn:ietf:params:oauth:grant-type:jwt-bearer
    token_form assertion "$(token_assertion "$1" "$(token_value "$1" user)" "$scope")"
    return
  else
    token_form grant_type client_credentials
  fi
  token_form client_id "$(token_value "$1" client)"
  [ -z "$scope" ] || token_form scope "$scope"
  if [ -s "$1/key" ]; then
    token_form client_assertion_type urn:ietf:params:oauth:client-assertion-type:jwt-bearer
    token_form client_assertion "$(token_assertion "$1" "$(token_value "$1" client)" '')"
  elif [ -n "$(token_secret "$1" client-secret)" ]; then
    token_form client_secret "$(token_secret "$1" client-secret)"
  fi
}

# token_form NAME VALUE: prints a field of the form for curl.
token_form() {
  local value=''
  value=$(printf '%s\n' "$2" | sed 's/[\\"]/\\&/g')
  printf 'data-urlencode = "%s=%s"\n' "$1" "$value"
}

# token_assertion FOLDER SUBJECT SCOPE: prints a JWT, signed: this program may act for the subject. Entra, which knows
# the certificate, wants PS256, and Google RS256.
token_assertion() {
  local time='' head='' body='' thumbprint='' folder="$1"
  time=$(date +%s) thumbprint=$(token_value "$1" thumbprint)
  head='{"alg":"RS256","typ":"JWT"}'
  [ -z "$thumbprint" ] || head='{"alg":"PS256","typ":"JWT","x5t#S256":"'$thumbprint'"}'
  head=$(printf %s "$head" | token_base64)
  body=$(printf '{"iss":"%s","sub":"%s","aud":"%s","jti":"%s","nbf":%s,"iat":%s,"exp":%s%s}' \
    "$(token_value "$1" client)" "$2" "$(token_value "$1" endpoint)" "$(cat /proc/sys/kernel/random/uuid)" "$time" \
    "$time" "$((time + 600))" "${3:+,\"scope\":\"$3\"}" | token_base64)
  set --
  [ -z "$thumbprint" ] || set -- -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
  printf '%s.%s.%s\n' "$head" "$body" \
    "$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 "$@" -sign "$folder/key" 2>/dev/null | token_base64)"
}

# token_base64: turns stdin into base64url.
token_base64() { base64 -w 0 | tr '+/' '-_' | tr -d '='; }

# token_member NAME: prints that member of the JSON object on stdin, a text or a number, on one line.
token_member() {
  tr -s '\r\n\t' ' ' | NAME=$1 awk '
    # hex(DIGITS): their value.
    function hex(digits,   i, value) {
      for (i = 1; i <= 4; i++) value = value * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
      return value
    }
    # utf8(CODE): that character; a half of one, or one that is not printed, is another one.
    function utf8(code) {
      if (code < 32) return " "
      if (code < 128) return sprintf("%c", code)
      if (code < 2048) return sprintf("%c%c", 192 + int(code / 64), 128 + code % 64)
      if (code >= 55296 && code < 57344) return "?"
      return sprintf("%c%c%c", 224 + int(code / 4096), 128 + int(code / 64) % 64, 128 + code % 64)
    }
    # plain(TEXT): without escapes. A secret that somebody repeats is known as it is alone.
    function plain(text,   out, at, char) {
      while (at = index(text, "\\")) {
        out = out substr(text, 1, at - 1)
        char = substr(text, at + 1, 1)
        text = substr(text, at + 2)
        if (char == "u") { out = out utf8(hex(tolower(substr(text, 1, 4)))); text = substr(text, 5) }
        else out = out (index("nrtbf", char) ? " " : char)
      }
      return out text
    }
    {
      if (!match($0, "\"" ENVIRON["NAME"] "\" *: *(\"([^\"\\\\]|\\\\.)*\"|[0-9.]+)")) exit
      text = substr($0, RSTART, RLENGTH)
      sub(/^"[^"]*" *: */, "", text)
      if (text ~ /^"/) text = substr(text, 2, length(text) - 2)
      print plain(text)
    }'
}
