import { readFileSync } from "node:fs";
import { median } from "../harness/sample.ts";

/** The clock of Linux by which it counts what processes used: a hundred ticks a second. */
const tickMicros = 10_000;

/** What a process and its threads have used of processors so far, microseconds; no number where the system does not say. */
export function processorMicros(pid: number): number {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    // Behind the name, which may hold anything, stand its state and numbers; user and system time are the 12th and 13th.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * tickMicros;
  } catch {
    return NaN;
  }
}

/** Counts what this process and a server use of processors while work is done, by piece of it. */
export class ProcessorTime {
  readonly #server: number;
  readonly #own: number[] = [];
  readonly #servers: number[] = [];

  /** @param server the server's process */
  constructor(server: number) {
    this.#server = server;
  }

  /** Does work of so many pieces. */
  async during(pieces: number, work: () => Promise<void>): Promise<void> {
    const [own, server] = [process.cpuUsage(), processorMicros(this.#server)];
    await work();
    const { user, system } = process.cpuUsage(own);
    this.#own.push((user + system) / pieces);
    this.#servers.push((processorMicros(this.#server) - server) / pieces);
  }

  /** Microseconds of a processor a piece, of this process and of the server: medians of the last works, in which servers that have just started do not compile any more. */
  get used(): { readonly own_cpu_us: number; readonly node_cpu_us: number } {
    return { own_cpu_us: median(this.#own.slice(-counted)), node_cpu_us: median(this.#servers.slice(-counted)) };
  }
}

/** How many works are counted: the last ones. */
const counted = 5;
