// Texts that go into main.cf and its maps as the user wrote them.

import { text } from "./kinds.ts";

/** The name of a parameter. */
export const parameterName = text({ allowed: "give the name of a parameter of postconf(5)" }, [
  (value) => !/^[a-z0-9][a-z0-9_-]*$/i.test(value),
  "which is not a parameter",
]);

/** The value of a parameter. */
export const parameterValue = text(
  { allowed: "give the value on one line, as it would be in main.cf", empty: true },
  [/^\s|\s$/u, "which begins or ends with a space; Postfix would cut it off"],
  [/(^|\s)#/u, "which has a comment; Postfix would take it as a part of the value"],
  [/^.{2049}/u, "which is longer than 2048 characters"],
);

/** The name of a header field. */
export const headerName = text(
  { allowed: "give the name of a header field, such as X-Mailer" },
  [/:$/, "which ends with a colon"],
  [(value) => !/^[a-z0-9-]{1,76}$/i.test(value), "which is not the name of a header field"],
  [/^(from|to|date|message-id|sender|cc|mime-version|content-.*)$/i, "which a message needs"],
);
