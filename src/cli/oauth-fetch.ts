// Node's own fetch within a time and a size: what is asked of an endpoint of OAuth 2.0. TLS is verified as Node does.

import type { CustomFetchOptions } from "oauth4webapi";
import { EndpointError, SECONDS } from "./oauth-error.ts";

/** Bytes of an answer. Tokens have some thousand. */
const LARGEST = 2 ** 18;

/** What is known of an answer that cannot be read. */
export interface Seen {
  status?: number;
}

/** Asks once. Notes the status of a whole answer; one that asks for patience is an EndpointError. */
export async function fetchWithin(
  url: string,
  init: CustomFetchOptions<"POST", URLSearchParams>,
  signal: AbortSignal,
  seen: Seen,
): Promise<Response> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(SECONDS * 1000)]);
  const response = await fetch(url, { ...init, signal: within });
  const { status } = response;
  const { host } = new URL(url);
  const body = await bodyOf(response, host);
  if (status >= 500 || status === 429)
    throw new EndpointError(`${host} answers with HTTP ${status}; try again later`, { temporary: true });
  seen.status = status;
  const type = response.headers.get("content-type");
  // Without its other headers: one that asks for a login would hide the error in the body.
  return new Response(body, { status, headers: type ? { "content-type": type } : {} });
}

/** All bytes of an answer; null for none. */
async function bodyOf(response: Response, host: string): Promise<Buffer<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST) throw new EndpointError(`${host} answers with more than ${LARGEST / 1024} KiB`);
    chunks.push(chunk);
  }
  return size > 0 ? Buffer.concat(chunks) : null;
}
