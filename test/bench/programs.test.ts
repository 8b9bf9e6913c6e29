import { expect, test } from "vitest";
import { names, ofUnits, sessions, withoutWaits } from "../../bench/trace/programs.ts";
import { followed } from "../../lab/programs.ts";

// As the kernel writes it: a server that was there before (10) and its login (20), whose shell becomes that of the
// command; the init of the host (2), which starts a Postfix with its daemons, and something of its own.
const text = `# tracer: nop
#
# entries-in-buffer/entries-written: 24/24   #P:2
#
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
            sshd-10      [001] .....  100.000000: sched_process_fork: comm=sshd pid=10 child_comm=sshd child_pid=20
            sshd-20      [000] .....  100.001000: sched_process_exec: filename=/usr/sbin/sshd pid=20 old_pid=20
            sshd-20      [000] .....  100.100000: sched_process_fork: comm=sshd pid=20 child_comm=sshd child_pid=21
            bash-21      [001] .....  100.101000: sched_process_exec: filename=/bin/bash pid=21 old_pid=21
            bash-21      [001] .N...  100.102000: sched_process_exec: filename=/proc/7/root/bin/bash pid=21 old_pid=21
       postrelay-21      [001] .....  100.110000: sched_process_exec: filename=/usr/local/sbin/postrelay pid=21 old_pid=21
       postrelay-21      [001] .....  100.120000: sched_process_fork: comm=postrelay pid=21 child_comm=postrelay child_pid=22
       postrelay-21      [001] .....  100.121000: sched_process_fork: comm=postrelay pid=21 child_comm=postrelay child_pid=23
             awk-23      [001] .....  100.122000: sched_process_exec: filename=/usr/bin/awk pid=23 old_pid=23
       postrelay-22      [001] .....  100.123000: sched_process_fork: comm=postrelay pid=22 child_comm=postrelay child_pid=24
            a b)-24      [001] .....  100.124000: sched_process_exec: filename=/opt/a b pid=24 old_pid=24
            a b)-24      [001] .....  100.125000: sched_process_exit: comm=a b) pid=24 prio=120 group_dead=true
       postrelay-22      [001] .....  100.126000: sched_process_exit: comm=postrelay pid=22 prio=120 group_dead=true
             awk-23      [001] .....  100.127000: sched_process_exit: comm=awk pid=23 prio=120 group_dead=true
         systemd-2       [000] .....  100.130000: sched_process_fork: comm=systemd pid=2 child_comm=systemd child_pid=23
         postfix-23      [001] .....  100.131000: sched_process_exec: filename=/usr/sbin/postfix pid=23 old_pid=23
         postfix-23      [001] .....  100.132000: sched_process_fork: comm=postfix pid=23 child_comm=postfix child_pid=25
          master-25      [001] .....  100.133000: sched_process_exec: filename=/usr/lib/postfix/sbin/master pid=25 old_pid=25
          master-25      [001] .....  100.134000: sched_process_fork: comm=master pid=25 child_comm=master child_pid=26
            qmgr-26      [001] .....  100.135000: sched_process_exec: filename=/usr/lib/postfix/sbin/qmgr pid=26 old_pid=26
         systemd-2       [000] .....  100.140000: sched_process_fork: comm=systemd pid=2 child_comm=systemd child_pid=27
       logrotate-27      [001] .....  100.141000: sched_process_exec: filename=/usr/sbin/logrotate pid=27 old_pid=27
       postrelay-21      [001] .....  100.200000: sched_process_exit: comm=postrelay pid=21 prio=120 group_dead=true
            sshd-20      [000] .....  100.210000: sched_process_exit: comm=sshd pid=20 prio=120 group_dead=true
`;
const command = (path: string) => (path === "/proc/7/root/bin/bash" ? "postrelay check" : undefined);

test("a command has its login, its times and its programs, each before those that it has forked", () => {
  const [one, ...others] = sessions(followed(text), command);
  expect(others).toEqual([]);
  expect(one).toMatchObject({ command: "postrelay check", connected: 100, begin: 100.102, end: 100.2 });
  expect(one && names(one.process)).toEqual(["postrelay", "a b", "awk"]);
});

test("of units those count that start Postfix, up to its master", () => {
  expect(ofUnits(followed(text))).toEqual(["postfix", "master"]);
});

test("a process ID that comes again is another process", () => {
  expect(followed(text).filter(({ pid }) => pid === 23)).toMatchObject([
    { begin: 100.121, end: 100.127, parent: { pid: 21 } },
    { begin: 100.13, parent: { pid: 2 } },
  ]);
});

test("what the kernel has lost is an error", () => {
  expect(() => followed(text.replace("24/24", "24/25"))).toThrow("held only 24 of 25 events");
});

test.each([
  ["no wait", "a b b", "a b b"],
  ["never looked twice", "a look b", "a look b"],
  ["one look more", "a look sleep look b", "a look b"],
  ["many looks of two programs", "a x y sleep x y sleep x y sleep x y b", "a x y b"],
  ["looks that end early as long as nothing is there", "a x sleep x sleep x y b", "a x y b"],
  ["sleep before the first look", "a sleep x sleep x b", "a x b"],
  ["two waits, with work between", "a x sleep x b c y sleep y sleep y d", "a x b c y d"],
  ["work that looks like none", "a x sleep x sleep x b x x c", "a x b x x c"],
])("of a wait the last look counts: %s", (_, all, kept) => {
  expect(withoutWaits(all.split(" ")).join(" ")).toBe(kept);
});
