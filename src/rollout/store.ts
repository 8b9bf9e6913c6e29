// What the database knows of the rollouts of a project, for commands that only look, and the messages to them. They
// start no worker.

import { isServed } from "./alive.ts";
import { engine, quiet } from "./engine.ts";
import { type Plan, readPlan } from "./plan.ts";
import { codes, Refused } from "./refused.ts";
import type { StackResult } from "./stack.ts";
import type { Event, State } from "./states.ts";
import { type Child, type RolloutStatus, statusOf } from "./status.ts";
import { names, PROTOCOL } from "./workflows.ts";

type Client = Awaited<ReturnType<ReturnType<typeof engine>["DBOSClient"]["create"]>>;
type Workflow = Awaited<ReturnType<Client["listWorkflows"]>>[number];

/** The rollouts of a project. */
export class Store {
  readonly #client: Client;
  readonly #url: string;

  private constructor(client: Client, url: string) {
    this.#client = client;
    this.#url = url;
  }

  static async open(url: string, project: string, log: (line: string) => void): Promise<Store> {
    const { DBOSClient } = engine();
    const client = await DBOSClient.create({
      systemDatabaseUrl: url,
      systemDatabasePoolSize: 2,
      applicationName: `postfix-relay-${project}`,
      logger: quiet(log),
    });
    return new Store(client, url);
  }

  /** All rollouts, the last one first. */
  async list(): Promise<RolloutStatus[]> {
    const found = await this.#workflows({ workflowName: names.rollout, loadInput: true });
    const all = await Promise.all(found.map((one) => this.#status(one, false)));
    return all.toSorted((a, b) => b.created - a.created);
  }

  /** One of them, with what its stacks have come to. An unknown one is refused. */
  async status(id: string): Promise<RolloutStatus> {
    return await this.#status(await this.#rollout(id), true);
  }

  async plan(id: string): Promise<Plan> {
    return readPlan((await this.#rollout(id)).input?.[0]);
  }

  /** What the planner has come to; undefined before its first step. */
  async state(id: string): Promise<State | undefined> {
    return (await this.#client.getEvent<State>(id, names.state, { timeoutSeconds: 0 })) ?? undefined;
  }

  /** Whether a worker lives that has the rollout, and is another one than that. */
  async isServed(id: string, other?: string): Promise<boolean> {
    const { executorId, status } = await this.#rollout(id);
    if (status !== "PENDING" || executorId === undefined || executorId === other) return false;
    return await isServed(this.#url, executorId);
  }

  /** Whether its last step is recorded, too. */
  async isClosed(id: string): Promise<boolean> {
    return ["SUCCESS", "ERROR", "CANCELLED"].includes((await this.#rollout(id)).status);
  }

  /** Tells a rollout something. An abort has a way of its own, and is read before all else. */
  async send(id: string, event: Event & { readonly token?: string }): Promise<void> {
    if (event.type === "abort") await this.#client.send(id, event, names.abort);
    await this.#client.send(id, event.type === "abort" ? { type: "begin" } : event, names.control);
  }

  /** Lets the engine try again what it has given up. */
  async unstick(id: string): Promise<void> {
    const { status } = await this.#rollout(id);
    if (status === "MAX_RECOVERY_ATTEMPTS_EXCEEDED") await this.#client.resumeWorkflow(id);
  }

  async remove(id: string): Promise<void> {
    await this.#client.deleteWorkflow(id, true);
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }

  async #rollout(id: string): Promise<Workflow> {
    const [found] = await this.#workflows({ workflowIDs: [id], workflowName: names.rollout, loadInput: true });
    if (!found)
      throw new Refused(`there is no rollout ${id}; \`postfix-relay rollout list\` shows those that are known`);
    if (found.applicationVersion !== undefined && found.applicationVersion !== PROTOCOL)
      throw new Refused(
        `another version of postfix-relay has begun ${id}; continue it with that version`,
        codes.unavailable,
      );
    return found;
  }

  /** A database that no worker has seen has no tables, and so no rollouts. */
  async #workflows(input: Parameters<Client["listWorkflows"]>[0]): Promise<Workflow[]> {
    try {
      return await this.#client.listWorkflows(input);
    } catch (error) {
      if (["42P01", "3F000", "3D000"].includes(causeOf(error))) return [];
      throw error;
    }
  }

  async #status(one: Workflow, full: boolean): Promise<RolloutStatus> {
    const id = one.workflowID;
    const state =
      one.status === "SUCCESS" ? ((one.output as State | undefined) ?? (await this.state(id))) : await this.state(id);
    const children = full
      ? await this.#workflows({ workflow_id_prefix: `${id}:`, loadOutput: true, loadInput: false })
      : [];
    return statusOf(readPlan(one.input?.[0]), state, children.map(childOf), one.createdAt);
  }
}

const causeOf = (error: unknown): string => {
  const { code, cause } = error as { code?: string; cause?: unknown };
  return code ?? (cause ? causeOf(cause) : "");
};

function childOf({ workflowID, status, output }: Workflow): Child {
  const [, ...rest] = workflowID.split(":");
  const start = Number(rest.at(-1));
  const stack = rest.slice(0, -1).join(":");
  if (status === "SUCCESS") return { stack, start, state: output as StackResult };
  if (status === "PENDING") return { stack, start, state: "running" };
  if (status === "CANCELLED") return { stack, start, state: "cancelled" };
  return { stack, start, state: ["ENQUEUED", "DELAYED"].includes(status) ? "queued" : "fault" };
}
