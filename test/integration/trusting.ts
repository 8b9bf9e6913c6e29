import type { LabHost } from "../../lab/index.ts";

/** Lets a host trust the lab's certificate authority, as all hosts trust those of relay services. */
export async function trusting(host: LabHost, ca: string): Promise<void> {
  await host.must("cat > /usr/local/share/ca-certificates/lab.crt && update-ca-certificates", { input: ca });
}
