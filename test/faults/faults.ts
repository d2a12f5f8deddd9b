import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { env, execPath } from "node:process";
import { createInterface } from "node:readline";
import { Engine } from "../../src/featurestore/duckdb/index.ts";
import type { Work } from "./work.ts";

/** What was done at one point. */
export interface Fault {
  readonly work: string;
  readonly point: string;
  readonly seed: number;
  /** How many times the process passed the point before it ended there. */
  readonly after: number;
}

/** Which points of which work, how many times, and from which seed on. */
export interface FaultOptions {
  readonly works: readonly Work[];
  readonly kills: number;
  readonly seed: number;
  /** One of so many points, others for each seed; default: each. */
  readonly stride?: number;
  readonly onFault?: (fault: Fault) => void;
}

interface Ended {
  readonly signal: string | null;
  readonly code: number | null;
  readonly acknowledged: readonly string[];
  readonly points: Readonly<Record<string, number>>;
}

/** The points of a work with `before` and `after`. */
export function pointsOf({ points }: Work): readonly string[] {
  return points.flatMap((point) => [`before ${point}`, `after ${point}`]);
}

/**
 * Ends processes by SIGKILL at each point of some work, and holds what they leave against the oracle.
 *
 * @returns the faults that were made
 * @throws where a point is never reached, one is reached that has no name, or what is left is wrong: the message says how to do it again
 */
export async function makeFaults({ works, kills, seed, stride = 1, onFault }: FaultOptions): Promise<readonly Fault[]> {
  const made: Fault[] = [];
  const engine = await Engine.open({ threads: 1 });
  const folder = await mkdtemp(path.join(tmpdir(), "tondo-faults-"));
  try {
    let turn = seed;
    for (const work of works) {
      const times = new Map(pointsOf(work).map((point) => [point, 0]));
      // A history may have nothing that a point is around: another one has.
      for (let round = 0; round < kills * 3 && Math.min(...times.values()) < kills; round++) {
        const own = seed + round;
        const prepared = path.join(folder, `${work.name}-${String(own)}`);
        await work.prepare(prepared, own, engine);
        const counts = await countPoints(work, prepared, path.join(folder, "whole"), own, engine);
        for (const point of times.keys()) {
          const passed = counts[point] ?? 0;
          if (passed === 0) continue;
          if (turn++ % stride !== 0) {
            times.set(point, (times.get(point) ?? 0) + 1);
            continue;
          }
          const sure = work.isTimed === true ? Math.ceil(passed / 2) : passed;
          const fault = { work: work.name, point, seed: own, after: (own * 7919) % sure };
          // What waits for servers and clocks may pass a point in one run and not in the next.
          if (!(await makeFault(work, fault, prepared, path.join(folder, "killed"), engine))) continue;
          times.set(point, (times.get(point) ?? 0) + 1);
          made.push(fault);
          onFault?.(fault);
        }
        await rm(prepared, { recursive: true });
      }
      const rare = [...times].filter(([, n]) => n < kills).map(([point]) => point);
      if (rare.length > 0)
        throw new Error(`${work.name}, from seed ${String(seed)} on, does not reach: ${rare.join("; ")}`);
    }
    return made;
  } finally {
    engine.close();
    await rm(folder, { recursive: true });
  }
}

/** Kills some work at a point, and holds what it leaves against the oracle; `false` where the work ended before, which is held against it too. */
async function makeFault(work: Work, fault: Fault, prepared: string, home: string, engine: Engine): Promise<boolean> {
  const { point, seed, after } = fault;
  await cp(prepared, home, { recursive: true });
  const { signal, code, acknowledged } = await doWork(work, home, seed, { point, after });
  const what = `${work.name}, seed ${String(seed)}, killed ${point}, passed ${String(after)} times before`;
  const wasKilled = signal === "SIGKILL";
  if (!wasKilled && (work.isTimed !== true || code !== 0)) throw new Error(`${what}: it was not reached`);
  await checked(work, home, seed, acknowledged, engine, what);
  return wasKilled;
}

async function checked(
  work: Work,
  home: string,
  seed: number,
  acknowledged: readonly string[],
  engine: Engine,
  what: string,
): Promise<void> {
  try {
    await work.check(home, seed, acknowledged, engine);
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  await rm(home, { recursive: true });
}

/** Lets a process do all of its work, and counts how many times it passes each point. @throws where one has no name in the list */
async function countPoints(
  work: Work,
  prepared: string,
  home: string,
  seed: number,
  engine: Engine,
): Promise<Ended["points"]> {
  await cp(prepared, home, { recursive: true });
  const { points, code, acknowledged } = await doWork(work, home, seed);
  const what = `${work.name}, seed ${String(seed)}`;
  if (code !== 0) throw new Error(`${what} fails by itself`);
  await checked(work, home, seed, acknowledged, engine, `${what}, ended by itself`);
  const named = new Set(pointsOf(work));
  const unnamed = Object.keys(points).filter((point) => !named.has(point));
  if (unnamed.length > 0) throw new Error(`${what} passes points without a name: ${unnamed.join("; ")}`);
  return points;
}

async function doWork(
  { name }: Work,
  home: string,
  seed: number,
  fatal?: { readonly point: string; readonly after: number },
): Promise<Ended> {
  const [points, script] = ["use-points.ts", "do-work.ts"].map((file) => path.join(import.meta.dirname, file));
  const given = fatal === undefined ? {} : { TONDO_FAULT_POINT: fatal.point, TONDO_FAULT_AFTER: String(fatal.after) };
  const child = spawn(execPath, ["--import", points ?? "", script ?? "", name, home, String(seed)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...env, ...given },
  });
  const ended = once(child, "exit") as Promise<[number | null, string | null]>;
  const acknowledged: string[] = [];
  let counts: Ended["points"] = {};
  for await (const line of createInterface(child.stdout)) {
    const said = JSON.parse(line) as { readonly acknowledged?: string; readonly points?: Ended["points"] };
    if (said.acknowledged !== undefined) acknowledged.push(said.acknowledged);
    counts = said.points ?? counts;
  }
  const [code, signal] = await ended;
  return { code, signal, acknowledged, points: counts };
}
