// The page of advice, from the table of the host tool.

import { readFileSync } from "node:fs";

const who: Record<string, string> = {
  own: "Postfix",
  taken: "delivery",
  login: "relay, to AUTH",
  connect: "relay, on connecting",
  tls: "relay, to STARTTLS",
  reply: "relay",
};
const again: Record<string, string> = { stop: "no", wait: "yes", code: "if 4xx", sender: "if 4xx" };

const programs: Record<string, string> = {
  smtp: "SMTP client",
  submit: "sendmail, postdrop, pickup",
  queue: "other daemons",
  local: "local",
  smtpd: "smtpd",
  master: "master",
  maps: "newaliases, postalias, postmap",
  other: "other programs",
};

/** Who says it, and the pattern without that. */
function pattern(text: string): [says: string, words: string] {
  const parts = text.split(/\|(?=\^)/).map((part) => {
    const [, own = "", rest = ""] = /^\^own (?:\[a-z\]\+ |\(?([a-z|]+)\)? )?(.*)$/.exec(part) ?? [];
    if (own) return { says: own.split("|").map((name) => programs[name] ?? name), words: rest.replace(/^\.\*/, "") };
    const [, names = "", words = ""] = /^\^\(?([a-z|]*)\)? ?(.*)$/.exec(part) ?? [];
    return {
      says: names.split("|").map((name) => who[name] ?? "anybody"),
      words: words.replace(/^\[a-z\]\+ /, "").replace(/^\.\*/, ""),
    };
  });
  const says = [...new Set(parts.flatMap((part) => part.says))].join("; ");
  return [
    says,
    parts
      .map(({ words }) => words)
      .filter(Boolean)
      .join("|"),
  ];
}

/** A pattern as code in a cell of a table, without brackets around the whole. */
function cell(words: string): string {
  const inner = /^\(([^()]*|[^()]*\([^()]*\)[^()]*)\)$/.exec(words)?.[1] ?? words;
  return inner ? `\`${inner.replaceAll("|", "\\|")}\`` : "anything else";
}

function row(line: string): string {
  const [, mark = "", text = "", advice = ""] = /^(\w+) (.*?) -> (.*)$/.exec(line) ?? [];
  const [says, words] = pattern(text);
  return `| ${says} | ${cell(words)} | ${advice} | ${again[mark]} |`;
}

/** The page as Markdown. */
export function advicePage(): string {
  const table = readFileSync(new URL("../../src/host/tool/candidate/advice.txt", import.meta.url), "utf8");
  const sections = table.split(/^# - /m).slice(1);
  const tables = sections.map((section) => {
    const [title = "", ...lines] = section.trim().split("\n");
    return `## ${title}

| Who says it | Words in the log | What to do | Another try |
| --- | --- | --- | --- |
${lines
  .filter((line) => line && !line.startsWith("#"))
  .map(row)
  .join("\n")}
`;
  });
  return `# What to do about a failed delivery

What the test delivery says when it fails, and what \`postrelay explain\` says on a host about any line of Postfix's log:

\`\`\`sh
grep status=deferred /var/log/mail.log | tail -n 1 | postrelay explain
\`\`\`

The first matching row wins, so rows further up are more specific. Words are extended regular expressions, looked for in the
reason at the end of a delivery line (in parentheses), in lower case and with each \`-\` as a blank. *Postfix* is any program of the
one on the host itself; a reason without the program's name counts as one of the SMTP client. *On connecting* is a reply to the
connection or to HELO, *relay* alone is one to the sender, the recipient or the message; *delivery* is one that succeeded.
*Another try* says whether the test delivery waits for one until \`testDelivery.timeoutSeconds\` are over; a refusal that no
other try can help ends it at once. Made by \`npm run docs\` from src/host/tool/candidate/advice.txt.

${tables.join("\n")}`;
}
