import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { median, OwnTime } from "../harness/sample.ts";
import type { Case } from "../harness/suite.ts";
import { windows } from "./by-hand.ts";
import { type EventsOptions, hundredMillion, rowFile } from "./data.ts";
import { joinByHand, verifySame } from "./join-by-hand.ts";
import { slotColumns } from "./join-ours.ts";
import { sizesOf } from "./sizes.ts";
import { openWorld, type World } from "./world.ts";

/** What the engine of a training set may hold. */
const limit = { memory: "2GB", bytes: 2e9 } as const;

/** What a set made in a process of its own says. */
interface Made {
  readonly seconds: number;
  readonly rows: number;
  readonly peak: number;
}

/** A world and a training set of it, made again and again. */
class Repeated {
  readonly world: World;
  readonly rows: string;
  readonly output: string;
  readonly peaks: number[] = [];

  constructor(world: World, rows: string) {
    this.world = world;
    this.rows = rows;
    this.output = join(world.folder, "set");
  }

  async make(): Promise<OwnTime> {
    await rm(this.output, { recursive: true, force: true });
    const child = join(import.meta.dirname, "windows-child.ts");
    const args = [child, this.world.folder, this.rows, this.output, limit.memory];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { seconds, rows, peak } = JSON.parse(stdout) as Made;
    if (rows !== this.world.rows) throw new Error(`${String(rows)} rows of ${String(this.world.rows)}`);
    this.peaks.push(peak);
    return new OwnTime(seconds * 1e9);
  }

  /** Some of its rows against a range join by hand. */
  async verify(name: string): Promise<void> {
    const { engine, plan, events, rows } = this.world;
    const verified = `row % ${String(Math.max(1, Math.floor(rows / 1_000)))} = 0`;
    const columns = slotColumns(plan).map((slot, i) => `"${plan.slots[i]?.name ?? ""}" as ${slot.name}`);
    const files = join(this.output, "train.parquet");
    await engine.run(
      `create or replace temp table ours as select row, ${columns.join(", ")} from read_parquet('${files}')`,
      "reading the set",
    );
    const few = `(from l where ${verified})`;
    const ofKeys = `(select * from ${events[0] ?? ""} where key in (select "key" from ${few}))`;
    await joinByHand(this.world, windows(ofKeys, 1, few));
    await verifySame(this.world, name, verified);
    for (const table of ["ours", "hand"]) await engine.run(`drop table ${table}`, "clearing up");
  }
}

async function repeated(source: EventsOptions): Promise<Repeated> {
  const world = await openWorld({ vector: "windows", sources: [source] });
  return new Repeated(world, await rowFile(world.engine, source.sizes));
}

/**
 * A training set of ten times as many events, keys and rows as in `windows`, from files to files, by its time for an event; with the peak of
 * its process's memory, a median too. Each is made in a process of its own; starting it is not counted.
 */
export const windowsHundredMillion: Case = {
  name: "windows-100m",
  against: "ours of a tenth of it, at the same limit of memory",
  unit: "ns/event",
  rounds: 5,
  warmUps: 0,
  onRequest: true,
  async setup() {
    const all = await repeated(hundredMillion);
    const tenth = await repeated({ sizes: sizesOf(), files: 2 });
    const megabytes = (peaks: readonly number[]): number => Math.round(median(peaks) / 1e6);
    return {
      pieces: hundredMillion.sizes.events,
      baselinePieces: sizesOf().events,
      ours: () => all.make(),
      baseline: () => tenth.make(),
      verify: async () => {
        for (const [i, one] of [tenth, all].entries()) {
          await one.make();
          await one.verify(`windows-100m, ${i === 0 ? "a tenth of it" : "all"}`);
        }
      },
      also: () => ({
        peak_mb: megabytes(all.peaks),
        limit_mb: limit.bytes / 1e6,
        peak_by_limit: median(all.peaks) / limit.bytes,
        baseline_peak_mb: megabytes(tenth.peaks),
      }),
      close: async () => {
        await all.world.close();
        await tenth.world.close();
      },
    };
  },
};
