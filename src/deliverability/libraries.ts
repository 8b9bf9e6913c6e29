// The libraries that judge, loaded when there is something to judge: that takes 0.1 s of a processor.

/** Loads them once. No clock should run meanwhile: on a busy machine this takes longer than the DNS. */
export async function libraries() {
  const [{ spf }, { dmarc }, { getDomain }] = await Promise.all([
    import("mailauth/lib/spf/index.js"),
    import("mailauth/lib/dmarc/index.js"),
    import("tldts"),
  ]);
  return { spf, dmarc, getDomain };
}
