// A report of undelivered mail (RFC 3464): a multipart/report with fields for programs in its second part.

import { fieldsOf, valueIn } from "./header.ts";

/** The parts of a message, each with its header; those of a message inside of a part are not looked into. */
function partsOf(message: string): string[] {
  const type = valueIn(fieldsOf(message), "content-type");
  const [, quoted, bare] = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(type) ?? [];
  const boundary = quoted?.replace(/\\(.)/g, "$1") ?? bare;
  if (boundary === undefined || !/^multipart\/report\b/i.test(type)) return [];
  const text = `\n${message.replaceAll("\r\n", "\n")}`;
  const [, ...parts] = text.split(`\n--${boundary}`);
  return parts.flatMap((part) => (part.startsWith("--") ? [] : [part.replace(/^[ \t]*\n/, "")]));
}

/** The text of a part, without its header. */
function bodyOf(part: string): string {
  const body = part.slice(part.indexOf("\n\n") + 2);
  const encoding = valueIn(fieldsOf(part), "content-transfer-encoding").toLowerCase();
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8").replaceAll("\r\n", "\n");
  if (encoding !== "quoted-printable") return body;
  const bytes = body
    .replace(/=\n/g, "")
    .replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/**
 * The reason in a report that the message with this word in its subject could not be delivered: status and words of the
 * server. Undefined where a message is no such report: one that it is delayed, or an answer, is none.
 */
export function returnedIn(message: string, token: string): string | undefined {
  const parts = partsOf(message);
  const isStatus = (part: string) =>
    fieldsOf(part).some(
      ({ name, value }) => name === "content-type" && /^message\/(global-)?delivery-status/i.test(value),
    );
  const status = parts.find(isStatus);
  if (status === undefined || !parts.some((part) => `${part}${bodyOf(part)}`.includes(token))) return undefined;
  for (const block of bodyOf(status).split(/\n[ \t]*\n/)) {
    const fields = fieldsOf(block.replace(/^\s+/, ""));
    if (!/^failed\b/i.test(valueIn(fields, "action"))) continue;
    const words = valueIn(fields, "diagnostic-code").replace(/^[\w-]+\s*;\s*/, "");
    return [valueIn(fields, "status"), words]
      .filter((text) => text !== "")
      .join(" ")
      .replace(/\s+/g, " ");
  }
  return undefined;
}
