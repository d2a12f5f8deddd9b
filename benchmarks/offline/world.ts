import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VectorPlan } from "../../src/dsl/index.ts";
import { Engine, loadProject } from "../../src/featurestore/index.ts";
import { eventFiles, type EventsOptions, rowFile } from "./data.ts";
import { definitions, type VectorName } from "./definitions.ts";
import type { Sizes } from "./sizes.ts";

/** What a case is about. */
export interface WorldOptions {
  readonly vector: VectorName;
  /** The files that the vector reads, in the order of its sources. */
  readonly sources: readonly EventsOptions[];
  /** Of the left rows: default as the first source. */
  readonly rows?: Sizes;
  /** Which share of the left rows are of one key, in per cent. */
  readonly hot?: number;
  /** What the engine may hold; both sides have the same engine. */
  readonly memory?: string;
}

/** An engine with the table `l` of left rows (`row`, `q`, `"key"`), and a folder with the definitions. */
export interface World {
  readonly engine: Engine;
  readonly folder: string;
  readonly plan: VectorPlan;
  /** How many rows `l` has. */
  readonly rows: number;
  /** SQL of each source. */
  readonly events: readonly string[];
  close(): Promise<void>;
}

/** Finds the data or makes them. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { vector: name, sources, memory = "4GB", hot } = options;
  const folder = await mkdtemp(join(tmpdir(), "tondo-bench-"));
  const engine = await Engine.open({ memory, threads: 2, spillFolder: join(folder, "spill") });
  const close = async (): Promise<void> => {
    engine.close();
    await rm(folder, { recursive: true });
  };
  try {
    const paths: string[] = [];
    for (const source of sources) paths.push(await eventFiles(engine, source));
    const rows = options.rows ?? sources[0]?.sizes;
    if (rows === undefined) throw new Error(`${name} has no source`);
    const left = await rowFile(engine, rows, hot);
    await loadRows(engine, left);
    await writeFile(join(folder, "bench.tondo"), definitions({ [name]: paths }));
    const { plan } = await loadProject(folder);
    const vector = plan.vectors.find((one) => one.name === name);
    if (vector === undefined) throw new Error(`no vector ${name}`);
    return {
      engine,
      folder,
      plan: vector,
      rows: rows.rows,
      events: paths.map((path) => `read_parquet('${path}')`),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes the table `l` of a file of rows. */
export async function loadRows(engine: Engine, file: string): Promise<void> {
  await engine.run(
    `create or replace temp table l as select row, epoch_us(asked_at) as q, "key" from read_parquet('${file}') order by row`,
    "loading rows",
  );
}
