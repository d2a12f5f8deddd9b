import { deepStrictEqual } from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { open } from "../../src/index.ts";
import { OwnTime } from "../harness/sample.ts";
import { scaled } from "../harness/scale.ts";
import type { Case } from "../harness/suite.ts";
import { at, ids, loadedAt, makeProject, users, vectorOf, walk } from "./world.ts";

/** Requests in one call: five of them are ten thousand. */
const requests = scaled(2000, 200);
/** The requests that percentiles are of: the last ones. */
const counted = 5 * requests;
/** How many come at once; a millisecond later so many more. */
const burst = 2;
/** Later than any load beside is as of, and in the same hops. */
const asked = at + 1_000_000;

/** A process that loads a group while it is told to. */
class LoaderBeside {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  #isGoing = false;
  loads = 0;

  private constructor(folder: string) {
    const program = join(import.meta.dirname, "load-beside.ts");
    this.#child = spawn(process.execPath, [program, folder], { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  static async start(folder: string): Promise<LoaderBeside> {
    const loader = new LoaderBeside(folder);
    await loader.#until("ready");
    return loader;
  }

  /** Loads from now on. */
  async go(): Promise<void> {
    if (this.#isGoing) return;
    this.#isGoing = true;
    this.#child.stdin.write("go\n");
    await this.#until("loaded");
  }

  /** Loads no more when it returns. */
  async rest(): Promise<void> {
    if (!this.#isGoing) return;
    this.#isGoing = false;
    this.#child.stdin.write("rest\n");
    await this.#until("resting");
  }

  async end(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.stdin.end();
    await ended;
  }

  async #until(word: string): Promise<void> {
    for (;;) {
      const line = await this.#lines.next();
      if (line.done === true) throw new Error("the process that loads beside has ended");
      if (line.value === "loaded") this.loads++;
      if (line.value === word) return;
    }
  }
}

/** The last times, microseconds. */
class Latencies {
  readonly #times: Float64Array = new Float64Array(counted).fill(NaN);
  #next = 0;

  add(microseconds: number): void {
    this.#times[this.#next++ % counted] = microseconds;
  }

  /** The time that this share of all took at the most. */
  at(share: number): number {
    const sorted = this.#times.filter((time) => time === time).sort();
    return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  }
}

/** Ten thousand requests of twenty values, one after another, while another process loads the group that half of them come from. */
export const underLoad: Case = {
  name: "latency-under-load",
  against: "the same requests without loads beside",
  unit: "us/request",
  rounds: 5,
  warmUps: 1,
  async setup() {
    const folder = await makeProject();
    const tondo = await open({ folder, actor: "bench" });
    await tondo.apply();
    await tondo.materialize({ asOf: loadedAt });
    const reader = (await tondo.features()).prepare(await vectorOf(tondo, "spend"));
    const loader = await LoaderBeside.start(folder);
    const next = walk(ids(users));
    const latencies = new Latencies();
    const request = async (into: Latencies | undefined): Promise<OwnTime> => {
      let whole = 0;
      for (let i = 0; i < requests; i++) {
        if (i % burst === 0) await pause(1);
        const began = process.hrtime.bigint();
        await reader.read({ columns: { user: next() } }, asked);
        const nanoseconds = Number(process.hrtime.bigint() - began);
        into?.add(nanoseconds / 1000);
        whole += nanoseconds;
      }
      return new OwnTime(whole);
    };
    return {
      pieces: requests,
      ours: async () => {
        await loader.go();
        return request(latencies);
      },
      baseline: async () => {
        await loader.rest();
        return request(undefined);
      },
      verify: async () => {
        const some = ids(users).slice(0, 200);
        const read = async (id: string): Promise<unknown> =>
          (await reader.read({ columns: { user: id } }, asked)).values;
        const before = await Promise.all(some.map(read));
        await loader.go();
        for (const [i, id] of some.entries()) deepStrictEqual(await read(id), before[i], id);
      },
      also: () => ({
        p50_us: latencies.at(0.5),
        p99_us: latencies.at(0.99),
        p999_us: latencies.at(0.999),
        loads: loader.loads,
      }),
      close: async () => {
        await loader.end();
        await tondo.close();
      },
    };
  },
};
