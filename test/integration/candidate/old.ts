import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { LabHost, LabRelay } from "../../../lab/index.ts";
import type { Ran } from "../../../lab/shell.ts";
import { digest, type Files } from "../../../src/postfix/generation.ts";

// What version 0.1.0 did on a host (state folder of format 1): the folder format-1 has its host tool, compressed, and
// the files it sent for a Relay with a fallback, a header to strip and an alias, with OWNER and RELAY for what differs.
const folder = join(import.meta.dirname, "format-1");

/** What may differ from one run of the old steps to the next. */
interface Options {
  password?: string;
  domain?: string;
  rotation?: "overlap" | "cutover";
}

/** The five steps of the version whose state folder has format 1. */
export class Old {
  readonly host: LabHost;
  readonly owner: string;
  readonly #files: Record<string, string>;
  readonly #relay: string;

  constructor(host: LabHost, relay: LabRelay, ca: string) {
    this.host = host;
    this.owner = `project/stack/${host.name}`;
    this.#relay = relay.host;
    const names = readdirSync(folder).filter((name) => !name.endsWith(".gz"));
    const text = (name: string) => readFileSync(join(folder, name), "utf8");
    this.#files = Object.fromEntries(
      names.map((name) => [name, text(name).replaceAll("RELAY", relay.host).replace("OWNER", this.owner)]),
    );
    this.#files["relay_ca.pem"] = ca;
  }

  /** The step -packages. */
  async install(): Promise<void> {
    const tool = gunzipSync(readFileSync(join(folder, "postfix-relay.sh.gz"))).toString();
    await this.host.must("cat > /var/tmp/old.sh", { input: tool });
    await this.host.must("sh /var/tmp/old.sh install; code=$?; rm /var/tmp/old.sh; exit $code", {
      input: this.#fields(),
    });
  }

  /** The steps -main-cf, -sasl-passwd and -service: the configuration is live and on probation. */
  async activate({
    password = "relaypass",
    domain = "example.com",
    rotation = "overlap",
  }: Options = {}): Promise<void> {
    const { sasl_passwd, ...open } = this.#generation(password, domain);
    await this.#call("stage main-cf", this.#fields({}, open));
    await this.#call("stage sasl-passwd", this.#fields({ rotation }, { sasl_passwd: sasl_passwd ?? "" }));
    await this.#call("activate", this.#fields({ digest: digest({ ...open, sasl_passwd: sasl_passwd ?? "" }) }));
  }

  /** All steps after -packages; returns the result of the last one. */
  async apply(options: Options = {}): Promise<Ran> {
    await this.activate(options);
    const { password = "relaypass", domain = "example.com" } = options;
    const fields = {
      digest: digest(this.#generation(password, domain)),
      from: `root@${this.host.name}.example.com`,
      to: "ops@example.org",
      timeout: "15",
    };
    return await this.host.run("postfix-relay deliver", { input: this.#fields(fields) });
  }

  #generation(password: string, domain: string): Files {
    const mainCf = this.#files["main.cf"]?.replace("mydomain = example.com", `mydomain = ${domain}`) ?? "";
    const account = (port: number) => `[${this.#relay}]:${port} relayuser:${password}\n`;
    return { ...this.#files, "main.cf": mainCf, sasl_passwd: account(587) + account(465) };
  }

  #fields(fields: Record<string, string> = {}, files: Files = {}): string {
    return [
      ...Object.entries({ owner: this.owner, ...fields }).map(([name, value]) => `#% ${name} ${value}\n`),
      ...Object.entries(files).map(([name, text]) => `#% file ${name}\n${text}`),
    ].join("");
  }

  async #call(verb: string, input: string): Promise<void> {
    await this.host.must(`postfix-relay ${verb}`, { input });
  }
}
