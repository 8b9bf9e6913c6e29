// Rollouts on a PostgreSQL server of their own, that of Debian on a lab host: several workers, other logins, and what
// is wrong with a --database.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { filesWith } from "../watch.ts";
import { openWorld } from "../world.ts";
import { idIn, type Running, TestProject, until } from "./project.ts";

vi.setConfig({ testTimeout: 600_000 });

const { server } = await openWorld({ server: { packages: ["postgresql"] } });
const password = "poison-Dq5Zt8";
const place = `${server.address}:5432/rollouts`;
const database = ["--database", `postgres://ops@${place}`];
const projects: TestProject[] = [];
const running: Running[] = [];

/** A login with a checkout of its own: the same files, and nothing else in common. */
function login(name: string): TestProject {
  const project = new TestProject(6, { PGPASSWORD: password, USER: name, LOGNAME: name });
  for (const stack of project.stacks) project.does(stack, 'env >"$STAND_IN/env.$stack"; events 1');
  projects.push(project);
  return project;
}

beforeAll(async () => {
  await server.must(`
    cd /etc/postgresql/*/main
    echo "listen_addresses = '*'" >>postgresql.conf
    echo 'host rollouts ops 0.0.0.0/0 scram-sha-256' >>pg_hba.conf
    systemctl restart postgresql
    pg_isready --quiet --timeout=30`);
  const sql = `create role ops login password '${password}'; create database rollouts owner ops`;
  await server.must("runuser -u postgres -- psql -v ON_ERROR_STOP=1 postgres", { input: sql.replace(";", ";\n") });
});
afterAll(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  for (const project of projects) await project.remove();
});

function start(project: TestProject, ...args: string[]): Running {
  const one = project.start(...args, ...database);
  running.push(one);
  return one;
}

test("begun on Friday, and continued on Monday by another login on another checkout", async () => {
  const [friday, monday] = [login("anna"), login("ben")];
  const go = ["--all", "--yes", "--no-gate", "--approval", "after-canary"];
  const begun = await friday.run("start", ...go, ...database);
  const id = idIn(begun.stderr);
  expect([begun.code, begun.stdout], begun.stderr).toEqual([3, expect.stringContaining("1 succeeded, 5 pending")]);
  await server.must("systemctl restart postgresql && pg_isready --quiet --timeout=30");
  expect((await monday.run("list", ...database)).stdout).toContain(id);
  expect((await monday.run("approve", id, ...database)).code).toBe(0);
  const { code, stdout, stderr } = await monday.run("resume", id, ...database);
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining("6 succeeded")]);
  expect([friday.begun(), monday.begun().toSorted()]).toEqual([["s01"], ["s02", "s03", "s04", "s05", "s06"]]);
});

test("a worker and its machine are gone: another one ends the rollout without an operator", async () => {
  const [first, second] = [login("anna"), login("ben")];
  for (const stack of first.stacks.slice(1)) first.does(stack, until("never"));
  const helper = start(second, "worker", "--id", "helper", "--concurrency", "2");
  const leader = start(first, "start", "--all", "--yes", "--no-gate", "--concurrency", "4");
  // What it runs when it dies is what the other one has to begin again.
  await first.until(() => first.begun().length > 1, leader);
  const id = idIn(leader.stderr());
  leader.child.kill("SIGKILL");
  await leader.ended;
  first.killJobs(id);
  const dead = Date.now();
  const { code, stdout, stderr } = await start(second, "watch", id).ended;
  console.log(`after the death of a worker, another one has ended its rollout in ${(Date.now() - dead) / 1000} s`);
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining("6 succeeded")]);
  expect([...first.ended(), ...second.ended()].toSorted()).toEqual(first.stacks);
  helper.child.kill("SIGINT");
  expect(await helper.ended).toMatchObject({ code: 130 });
});

test("a worker that stands still is not dead; one of the same name is refused", async () => {
  const [first, second] = [login("anna"), login("ben")];
  for (const project of [first, second]) for (const stack of project.stacks) project.does(stack, until("on"));
  const helper = start(second, "worker", "--id", "helper", "--concurrency", "3");
  const leader = start(first, "start", "--all", "--yes", "--no-gate", "--wave", "100%", "--concurrency", "3");
  // Two more than the leader does at once are given out.
  await first.until(() => first.begun().length + second.begun().length === 5 && second.begun().length > 0, leader);
  helper.child.kill("SIGSTOP");
  const twin = await first.run("worker", "--id", "helper", ...database);
  expect(twin).toMatchObject({ code: 75, stderr: expect.stringContaining("a worker with the name helper is at work") });
  for (const project of [first, second]) project.open("on");
  await first.until(() => first.ended().length === first.begun().length);
  // Longer than the look of the others for those that have died.
  await new Promise((done) => setTimeout(done, 15_000));
  helper.child.kill("SIGCONT");
  const { code, stdout, stderr } = await leader.ended;
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining("6 succeeded")]);
  expect([...first.ended(), ...second.ended()].toSorted()).toEqual(first.stacks);
  expect([...first.begun(), ...second.begun()]).toHaveLength(6);
  helper.child.kill("SIGINT");
  await helper.ended;
});

test("the server ends the sessions, and is restarted, in the middle: each stack once", async () => {
  const project = login("anna");
  project.does("s01", until("one"));
  project.does("s02", until("two"));
  const leader = start(project, "start", "--stack", "s01", "--stack", "s02", "--stack", "s03", "--yes", "--no-gate");
  await project.until(() => project.begun().includes("s01"), leader);
  const sessions = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ops'";
  await server.must(`runuser -u postgres -- psql -c "${sessions}"`);
  project.open("one");
  await project.until(() => project.begun().includes("s02"), leader);
  await server.must("systemctl restart postgresql && pg_isready --quiet --timeout=30");
  project.open("two");
  const { code, stdout, stderr } = await leader.ended;
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining("3 succeeded")]);
  expect(project.begun().toSorted()).toEqual(["s01", "s02", "s03"]);
});

test.each<[what: string, url: string, env: NodeJS.ProcessEnv, exit: number, says: RegExp]>([
  ["a password in the URL", `postgres://ops:${password}@${place}`, {}, 64, /has a password in it/],
  ["another scheme", `mysql://ops@${place}`, {}, 64, /needs a URL such as postgres:\/\/USER@HOST\/NAME/],
  ["no name", `postgres://ops@${server.address}`, {}, 64, /names no database/],
  ["nothing there", `postgres://ops@${server.address}:5433/rollouts`, {}, 75, /nothing listens there/],
  ["a wrong password", `postgres://ops@${place}`, { PGPASSWORD: "wrong" }, 75, /refuses the password; give the right/],
  ["no password", `postgres://ops@${place}`, { PGPASSWORD: "" }, 75, /asks for a password; give it in PGPASSFILE/],
  ["another user", `postgres://eve@${place}`, {}, 75, /is not there: /],
])("refused: %s", async (_, url, env, exit, says) => {
  const project = login("anna");
  Object.assign(project.env, env);
  const { code, stdout, stderr } = await project.run("start", "--all", "--yes", "--database", url);
  expect([code, stderr]).toEqual([exit, expect.stringMatching(says)]);
  expect(`${stdout}${stderr}`).not.toContain(password);
  expect(project.calls()).toEqual([]);
});

test("the whole URL in a variable, with the password", async () => {
  const project = login("anna");
  Object.assign(project.env, { PGPASSWORD: "", POSTFIX_RELAY_DATABASE: `postgres://ops:${password}@${place}` });
  const { code, stdout, stderr } = await project.run("start", "--stack", "s06", "--yes", "--no-gate");
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining("1 succeeded")]);
});

test("no `pulumi` has seen the password of the database, and it lies nowhere", () => {
  const environments = projects.flatMap(({ folder, stacks }) =>
    stacks.map((stack) => join(folder, `env.${stack}`)).filter((file) => existsSync(file)),
  );
  expect(environments.length).toBeGreaterThan(5);
  for (const file of environments) expect(readFileSync(file, "utf8")).not.toMatch(/PGPASSWORD|POSTFIX_RELAY_DATABASE/);
  for (const { folder } of projects) expect(filesWith(folder, [password])).toEqual([]);
});
