import type { Socket } from "node:net";

/** So many lines may wait to be read before the client has to wait. */
const ENOUGH = 1000;

/** The lines that a client sends, one at a time. It notices the end of the connection even while nobody reads. */
export class Lines {
  /** Milliseconds that it waits after each chunk that it has read, which is of 64 kB at most; of 16 kB in TLS. */
  slow = 0;
  /** Whether nothing more will come: the client has closed the connection, or it is broken. */
  ended = false;
  readonly #socket: Socket;
  readonly #lines: string[] = [];
  #part = "";
  #resting = false;
  #wake = () => {};

  constructor(socket: Socket) {
    this.#socket = socket.setEncoding("latin1");
    socket.on("data", this.#take).on("end", this.#end).on("close", this.#end).on("error", this.#end);
  }

  /** The next line without its end, which is CR LF and nothing else; undefined after the last one. */
  async next(): Promise<string | undefined> {
    while (!this.#lines.length && !this.ended) {
      if (!this.#resting) this.#socket.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#lines.shift();
  }

  /** Reads no more, so that another one can, and forgets what it has read. */
  stop(): void {
    this.#socket.off("data", this.#take).off("end", this.#end).off("close", this.#end).pause();
  }

  readonly #take = (chunk: unknown) => {
    const lines = (this.#part + chunk).split("\r\n");
    this.#part = lines.pop() ?? "";
    this.#lines.push(...lines);
    if (this.slow) this.#rest();
    else if (this.#lines.length > ENOUGH) this.#socket.pause();
    this.#wake();
  };

  #rest(): void {
    this.#socket.pause();
    this.#resting = true;
    const goOn = () => {
      this.#resting = false;
      this.#socket.resume();
    };
    setTimeout(goOn, this.slow).unref();
  }

  readonly #end = () => {
    this.ended = true;
    this.#wake();
  };
}
