// What a run of the benchmark has found: the JSON that it writes.

/** One case, done by one contestant, once for each number. */
export interface Row {
  readonly case: string;
  readonly contestant: string;
  readonly hosts: number;
  /** Seconds from the start of its program to the end. */
  readonly seconds: number[];
  /** Seconds of CPU of all processes of the program on this machine, and of each host. Nothing else counts. */
  cpu?: { here: number[]; host: number[] };
  /** The most memory (RSS) that its processes on this machine had at once, in MiB. */
  memory?: number;
  /** SSH logins on each host in one run. */
  logins?: number;
  state?: State;
}

/** Bytes of the state for each host: of the file as it lies on the disk, and of the text in it. */
export interface State {
  readonly file: number;
  readonly plain: number;
}

/** The machine, and what ran on it. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly kernel: string;
  /** Load of the last minute, before and after. */
  readonly load: number[];
  /** Programs, with their versions. */
  readonly versions: Record<string, string>;
}

/** A run of the benchmark. */
export interface Results {
  readonly machine: Machine;
  readonly quick: boolean;
  /** The contestants, with what they do. */
  readonly contestants: Record<string, string>;
  readonly rows: Row[];
  /** What was left out, and why. */
  readonly notes: string[];
}
