import type { Micros } from "../../../core/index.ts";
import type { AppliedLoad, AppliedLog } from "../../applied/index.ts";

/** When the rows of a file of the first load were applied, as SQL: before all that could be known. */
const always = "-4611686018427387904";

/** A load with its place in the log. */
interface PlacedLoad extends AppliedLoad {
  readonly index: number;
}

/** Loads that say since when they took rows in, and say no earlier one than those before them: the first that can have applied a row did, or none of them. */
type Chain = readonly PlacedLoad[];

/**
 * SQL of the moment before which no row of a file was applied, by the load that first read it; missing where none did. Where some loads took in a part of the rows
 * alone, a struct of such moments: of the others together, and of each chain, with the time before which no row of the file was.
 */
export function sinceSql(log: AppliedLog, first: number | undefined): string {
  const { plain, chains } = chainsOf(log);
  if (chains.length === 0) return first === undefined ? "null::bigint" : atSql(plain, first);
  if (first === undefined) {
    const parts = chains.flatMap((_, i) => [`at${String(i)} bigint`, `from${String(i)} bigint`]);
    return `null::struct(${["plain bigint", ...parts].join(", ")})`;
  }
  const members = chains.flatMap((chain, i) => [
    `at${String(i)} := ${atSql(chain, first)}`,
    `from${String(i)} := ${fromSql(chain, first)}`,
  ]);
  return `struct_pack(${[`plain := ${atSql(plain, first)}`, ...members].join(", ")})`;
}

/**
 * SQL of when a row was first applied: the first load that took in what was known by `k` and happened at `t`, and had its file. Missing where none did.
 * Rows of the first load keep their `k`.
 *
 * @param k SQL of when the row says it could be known
 * @param t SQL of when it happened
 * @param since SQL of what {@link sinceSql} gives for its file
 */
export function appliedSql(log: AppliedLog, k: string, t: string, since: string): string {
  const { plain, chains } = chainsOf(log);
  const last = plain.at(-1);
  if (last === undefined) return "null::bigint";
  const found = search(plain, k, ({ index, appliedAt }) => (index === 0 ? k : bigint(appliedAt)));
  const own = chains.length === 0 ? since : `${since}.plain`;
  // `greatest` passes over what is missing, and so does `least`.
  const byPlain = `case when ${own} is not null and ${k} <= ${momentSql(last.asOf)} then greatest(${own}, ${found}) end`;
  if (chains.length === 0) return byPlain;
  const byChains = chains.map((chain, i) =>
    chainSql(chain, k, t, { at: `${since}.at${String(i)}`, from: `${since}.from${String(i)}` }),
  );
  return `least(${[byPlain, ...byChains].join(", ")})`;
}

/** Whether rows may wait for a load that takes them in: the last one took in a part of them alone. */
export function mayWait({ loads }: AppliedLog): boolean {
  return loads.at(-1)?.since !== undefined;
}

/** SQL of whether a row waits for a load that takes it in: some load read its file, the last one took in what was known by `k`, and none applied it. For its parameters see {@link appliedSql}. */
export function waitsSql(log: AppliedLog, k: string, t: string, since: string): string {
  const last = log.loads.at(-1);
  if (last?.since === undefined) return "false";
  return `${since} is not null and ${k} <= ${momentSql(last.asOf)} and (${appliedSql(log, k, t, since)}) is null`;
}

/** Of a chain the first load that had the file and took in what was known by then: where the row happened since what that says it applied it, and where not no later one did. */
function chainSql(
  chain: Chain,
  k: string,
  t: string,
  { at, from }: { readonly at: string; readonly from: string },
): string {
  const last = momentSql(chain.at(-1)?.asOf ?? 0);
  const since = search(chain, k, (load) => bigint(load.since ?? 0));
  const found = search(chain, k, ({ appliedAt }) => bigint(appliedAt));
  return `case when ${at} is not null and ${k} <= ${last} and ${t} >= greatest(${from}, ${since}) then greatest(${at}, ${found}) end`;
}

/** The loads of a log that took in all that they read, and as few chains of the others as there can be. */
function chainsOf({ loads }: AppliedLog): { readonly plain: readonly PlacedLoad[]; readonly chains: readonly Chain[] } {
  const placed = loads.map((load, index): PlacedLoad => ({ ...load, index }));
  const chains: PlacedLoad[][] = [];
  for (const load of placed) {
    const { since } = load;
    if (since === undefined) continue;
    const chain = chains.find((one) => (one.at(-1)?.since ?? -Infinity) <= since);
    if (chain === undefined) chains.push([load]);
    else chain.push(load);
  }
  return { plain: placed.filter(({ since }) => since === undefined), chains };
}

/** SQL of when the first of some loads that had a file was applied. */
function atSql(loads: readonly PlacedLoad[], first: number): string {
  const load = loads.find(({ index }) => index >= first);
  if (load === undefined) return "null::bigint";
  return load.index === 0 ? `${always}::bigint` : bigint(load.appliedAt);
}

/** SQL of since when the first load of a chain that had a file took rows in. */
function fromSql(chain: Chain, first: number): string {
  const load = chain.find(({ index }) => index >= first);
  return load?.since === undefined ? "null::bigint" : bigint(load.since);
}

/** SQL of something of the first of some loads that took in what was known by `k`: a binary search, since conditions are asked of many rows. */
function search(loads: readonly PlacedLoad[], k: string, of: (load: PlacedLoad) => string): string {
  const within = (low: number, high: number): string => {
    const load = loads[low];
    if (load === undefined) return "null::bigint";
    if (low === high) return of(load);
    const middle = (low + high) >>> 1;
    const bound = momentSql(loads[middle]?.asOf ?? 0);
    return `case when ${k} <= ${bound} then ${within(low, middle)} else ${within(middle + 1, high)} end`;
  };
  return within(0, loads.length - 1);
}

function bigint(moment: Micros): string {
  return `${momentSql(moment)}::bigint`;
}

function momentSql(moment: Micros): string {
  return String(moment);
}
