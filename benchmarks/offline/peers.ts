import { join } from "node:path";
import { parseBytes } from "../../src/core/index.ts";
import { pysparkFolder, findJava } from "../../test/servers/pyspark.ts";
import type { Case } from "../harness/suite.ts";
import { PeerProcess } from "../peers/peer-process.ts";
import { feastPython, pythonWith } from "../peers/python.ts";
import { eventFiles, rowFile } from "./data.ts";
import { matchedStates } from "./by-hand.ts";
import { fiveWorld } from "./five-groups.ts";
import { joinByHand, verifySame } from "./join-by-hand.ts";
import { joinOurs } from "./join-ours.ts";
import { sizesOf } from "./sizes.ts";
import { loadRows, openWorld, type World, type WorldOptions } from "./world.ts";

/** Another product that joins as of a moment. */
interface Peer {
  readonly name: "polars" | "feast" | "spark";
  readonly against: string;
  /** Which of the rows that tie stands is not said: any is taken for right. */
  readonly breaksTies: boolean;
  readonly rounds?: number;
  start(script: string, args: readonly string[]): Promise<PeerProcess>;
}

const peers: readonly Peer[] = [
  {
    name: "polars",
    against: "polars 1.44 join_asof, ties broken by a sort, to a data frame",
    breaksTies: true,
    start: async (script, args) => PeerProcess.start(await pythonWith("polars", ["polars==1.44.2"]), [script, ...args]),
  },
  {
    name: "feast",
    against: "Feast 0.67, DuckDB offline store, ties by luck, to an Arrow table",
    breaksTies: false,
    rounds: 5,
    start: async (script, args) => PeerProcess.start(await feastPython(), [script, ...args]),
  },
  {
    name: "spark",
    against: "Spark 4.3 local[2], a window over rows and states, result thrown away",
    breaksTies: true,
    rounds: 5,
    start: async (script, args) => {
      findJava();
      return PeerProcess.start("python3", [script, ...args], { PYTHONPATH: await pysparkFolder() });
    },
  },
];

const joins: readonly { readonly name: string; readonly world: WorldOptions }[] = [
  { name: "join-1-group", world: { vector: "latest", sources: [{ sizes: sizesOf() }], memory: "2GB" } },
  // What polars takes for it, and the most that this process may.
  { name: "join-5-groups", world: { ...fiveWorld, memory: "3.5GB" } },
];

/** The joins of one group and of five by other products, from files to results, in turns with ours. */
export const peerCases: readonly Case[] = joins.flatMap((one) => peers.map((peer) => peerCase(peer, one)));

function peerCase(peer: Peer, { name: joinName, world: options }: (typeof joins)[number]): Case {
  const name = `${joinName}-${peer.name}`;
  return {
    name,
    against: peer.against,
    unit: "s",
    ...(peer.rounds === undefined ? {} : { rounds: peer.rounds, warmUps: 1 }),
    async setup() {
      const world = await openWorld(options);
      const { engine, folder } = world;
      const rows = await rowFile(engine, sizesOf());
      const files = [];
      for (const source of options.sources) files.push(await eventFiles(engine, source));
      const output = join(folder, "peer.parquet");
      const script = join(import.meta.dirname, "../peers/point-in-time", `${peer.name}_peer.py`);
      const process = await peer.start(script, ["--rows", rows, "--output", output, ...files]);
      const contest = {
        pieces: 1,
        ours: async () => {
          await loadRows(engine, rows);
          await joinOurs(world);
        },
        baseline: () => process.measure("join"),
        verify: async () => {
          await contest.ours();
          await process.measure("join");
          await process.ask("write");
          await (peer.breaksTies ? verifyEqual(world, name, output) : verifyAmongTied(world, name, output));
        },
        also: () => ({
          peer_peak_mb: Math.round(process.peak / 1e6),
          limit_mb: (parseBytes(options.memory ?? "") ?? 0) / 1e6,
        }),
        close: async () => {
          process.close();
          await world.close();
        },
      };
      return contest;
    },
  };
}

/** The columns of a peer's file for group `g`. */
function valuesOf(g: number): readonly string[] {
  return ["a", "b", "c", "d", "s"].map((column) => `${column}${String(g)}`);
}

/** The peer's values, made into slots as by hand, are ours. */
async function verifyEqual(world: World, name: string, output: string): Promise<void> {
  const values = world.events.flatMap((_, g) => valuesOf(g));
  await joinByHand(world, { query: `select row, ${values.join(", ")} from read_parquet('${output}')` });
  await verifySame(world, name);
  await world.engine.run("drop table hand", "clearing up");
}

/** Each of the peer's rows is of one of the states that a row may find: those of the newest moment, of which ours is one. */
async function verifyAmongTied({ engine, events, rows }: World, name: string, output: string): Promise<void> {
  for (const [g, of] of events.entries()) {
    const same = ["a", "b", "c", "d", "s"].map((column) => `p.${column}${String(g)} is not distinct from m.${column}`);
    const [found] = await engine.rows(
      `${matchedStates(of)}, p as (from read_parquet('${output}'))
      select (select count(distinct row) from p)::int as n, (select count(*) from p)::int as m,
        (select count(*) from p where not exists (from matched m where m.row = p.row and ${same.join(" and ")}))::int as other`,
      "comparing",
    );
    if (found?.["n"] !== rows || found["m"] !== rows || found["other"] !== 0)
      throw new Error(`${name}: ${String(found?.["other"])} of ${String(found?.["m"])} rows differ, ties aside`);
  }
}
