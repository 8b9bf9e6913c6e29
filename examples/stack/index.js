module.exports = require("postfix-relay/stack");
