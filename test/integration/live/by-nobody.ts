import { type LabHost, type LabRelay, until } from "../../../lab/index.ts";

/** How many messages a user hands in. */
const SIZE = 40;

const program = (run: string) => `
i=0
while [ $i -lt ${SIZE} ]; do
  i=$((i + 1))
  if printf 'Subject: ${run}-%s\\n\\nx\\n' $i |
    timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups /usr/sbin/sendmail -i ${run}@example.org
  then echo $i >> /var/tmp/${run}.accepted
  fi
  sleep 0.05
done`;

/** Messages that a user without rights hands in while something happens to a host. */
export async function byNobody(host: LabHost, run: string) {
  await host.must(`systemd-run --quiet --collect --unit=nobody-${run} sh -c "$(cat)"`, { input: program(run) });
  const numbers = (texts: string[]) => texts.map(Number).sort((a, b) => a - b);
  const done = async () => (await host.run(`systemctl --quiet is-active nobody-${run}`)).code !== 0;
  /** The accepted ones of the forty. */
  const accepted = async () =>
    numbers((await host.run(`cat /var/tmp/${run}.accepted`)).stdout.split("\n").filter(Boolean));
  return {
    done,
    accepted,
    /**
     * Waits for all, and returns which of those that were accepted have not arrived, or have arrived more than once.
     * Postfix that is restarted cuts off what it is sending, and the relay host may have that already: then a second
     * copy is no fault.
     */
    async lost(relay: LabRelay, { restarted = false } = {}): Promise<string[]> {
      await until(`${host.name}: all ${SIZE} are handed in`, done, { seconds: 300, every: 200 });
      const wanted = await accepted();
      let there: number[] = [];
      const all = async () => {
        const subjects = (await relay.messages()).map(({ headers }) => headers.subject?.[0] ?? "");
        there = numbers(
          subjects.filter((text) => text.startsWith(`${run}-`)).map((text) => text.slice(run.length + 1)),
        );
        if (wanted.every((one) => there.includes(one))) return true;
        await host.run("postqueue -f");
        return false;
      };
      await until("", all, { seconds: 60, every: 1000 }).catch(() => {});
      const twice = restarted ? [] : there.filter((one, at) => there.indexOf(one) !== at);
      return [
        ...wanted.filter((one) => !there.includes(one)).map((one) => `${one} is lost`),
        ...twice.map((one) => `${one} came twice`),
      ];
    },
  };
}
