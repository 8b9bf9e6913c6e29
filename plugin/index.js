require("postfix-relay/plugin");
