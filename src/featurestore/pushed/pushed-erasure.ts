import { dirname, join } from "node:path";
import { parseTypeName } from "../../core/index.ts";
import { fromRaw, functionLibrary, type ProjectPlan, type Raw, type UserFunction } from "../../dsl/index.ts";
import { carrierOf, type Engine, toCarrier } from "../duckdb/index.ts";
import type { ErasableLog, ErasedKey } from "../erase/erasable-log.ts";
import { PartWriter } from "../extract/part-writer.ts";
import { describeFiles, scanFiles } from "../offline/files/file-scan.ts";
import { groupName, type OnlineStore } from "../online/index.ts";
import { pushedText } from "../online/pushed-values.ts";
import { lockPushed } from "./collect-pushed.ts";
import { pushedFolder, removeUnfinished, wholeParts } from "./pushed-parts.ts";
import { pushedColumn } from "./pushed-places.ts";
import { rowKeys } from "./row-keys.ts";

/** Where pushed rows lie that an erasure looks through. */
export interface PushedErasureOptions {
  readonly home: string;
  readonly project: () => Promise<ProjectPlan>;
  /** The store, where anything was ever loaded. */
  readonly store: () => Promise<OnlineStore | undefined>;
  readonly openEngine: () => Promise<Engine>;
  /** The functions of the project's own. */
  readonly functions: readonly UserFunction[];
}

/** A source of which rows can be of an entity, and what tells. */
interface KeyedSource {
  readonly name: string;
  readonly isOf: (texts: readonly string[]) => readonly boolean[];
  /** All groups over it, with what their pushed rows are filed under. */
  readonly overlays: readonly KeyedOverlay[];
}

interface KeyedOverlay {
  readonly group: string;
  readonly overlay: string;
  /** Whether the group is of the key's entity: what its rows came to goes, too. */
  readonly isOfKey: boolean;
}

/**
 * The rows that programs pushed, in overlays, log and files: those of an erased key go whole, for all groups that they came in. What windows of other keys
 * made of them stays, as with rows of files.
 */
export function pushedErasure(options: PushedErasureOptions): ErasableLog {
  const each = async (key: ErasedKey, how?: "count"): Promise<number> => {
    const store = await options.store();
    let found = 0;
    for (const source of await keyedSources(key, options)) {
      const isOne = ({ text }: { readonly text: string }): boolean => source.isOf([text])[0] === true;
      using _lock = how === "count" ? undefined : await lockPushed(options.home);
      if (how === undefined) await removeUnfinished(options.home, source.name);
      found += (await store?.pushed?.dropLogged(source.name, isOne, how)) ?? 0;
      for (const { group, overlay, isOfKey } of source.overlays) {
        found += (await store?.pushed?.drop(group, overlay, isOne, how)) ?? 0;
        if (isOfKey) found += (await store?.pushed?.dropFolded?.(group, overlay, key.bytes, how)) ?? 0;
      }
      found += await inParts(source, options, how);
    }
    return found;
  };
  return { name: "pushed rows", scan: (key) => each(key, "count"), erase: (key) => each(key) };
}

async function keyedSources(key: ErasedKey, options: PushedErasureOptions): Promise<readonly KeyedSource[]> {
  const { sources, groups } = await options.project();
  const wanted = Buffer.from(key.bytes);
  const store = await options.store();
  const found: KeyedSource[] = [];
  for (const source of sources) {
    const over = groups.filter((group) => group.source === source.name);
    const own = over.filter(({ entity }) => entity === key.entity.name);
    if (own.length === 0 || source.kind === "table") continue;
    const keysOf = own.map((group) => rowKeys(group, source, functionLibrary(options.functions)));
    const isOf = (texts: readonly string[]): readonly boolean[] => {
      const keys = keysOf.map((keys) => keys(texts));
      return texts.map((_, i) => keys.some((found) => found[i] !== undefined && wanted.equals(found[i])));
    };
    const overlays: KeyedOverlay[] = [];
    for (const { name, isOfKey } of over.map((group) => ({ name: groupName(group), isOfKey: own.includes(group) })))
      for (const overlay of (await store?.pushed?.overlays(name)) ?? [])
        overlays.push({ group: name, overlay, isOfKey });
    found.push({ name: source.name, isOf, overlays });
  }
  return found;
}

/** Removes the rows of a key from the files of a source, or counts them. A file that has none is left as it is. */
async function inParts(
  { name, isOf }: KeyedSource,
  { home, openEngine }: PushedErasureOptions,
  how: "count" | undefined,
): Promise<number> {
  const parts = await wholeParts(home, name);
  if (parts.length === 0) return 0;
  const folder = pushedFolder(home, name);
  const engine = await openEngine();
  let found = 0;
  try {
    for (const { file, last, name: of } of parts) {
      const set = { format: "parquet" as const, files: [join(folder, file)], what: `the pushed rows of "${name}"` };
      const columns = Object.entries(await describeFiles(engine, set)).map(([column, type]) => ({
        name: column,
        kind: parseTypeName(type).kind,
        zoned: false,
      }));
      const kinds = Object.fromEntries(columns.map(({ name: column, kind }) => [column, kind]));
      const places = new Map(columns.map(({ name: column }, i) => [column, `c${String(i)}`]));
      const read = await scanFiles(engine, set, kinds, (column) => places.get(column) ?? "c");
      const carried = columns.map(({ kind }, i) => toCarrier(`c${String(i)}`, kind));
      const rows: { readonly values: readonly Raw[]; readonly isOne: boolean }[] = [];
      for await (const chunk of engine.chunks(`select ${carried.join(", ")} from (${read})`, `reading ${set.what}`)) {
        const values = columns.map(({ kind }, i) => chunk.column(i, carrierOf(kind)));
        const own = Array.from({ length: chunk.rows }, (_, row) => values.map((column): Raw => column[row] ?? null));
        const is = isOf(
          own.map((row) =>
            pushedText(
              new Map(
                columns.flatMap(({ name: column }, i) =>
                  column === pushedColumn ? [] : [[column, row[i] ?? null] as const],
                ),
              ),
            ),
          ),
        );
        for (const [i, row] of own.entries()) rows.push({ values: row, isOne: is[i] === true });
      }
      const kept = rows.filter(({ isOne }) => !isOne);
      found += rows.length - kept.length;
      if (how === "count" || kept.length === rows.length) continue;
      const writer = await PartWriter.open(engine, columns);
      try {
        writer.append(kept.map(({ values }) => values.map((value, i) => fromRaw(value, columns[i]?.kind ?? "string"))));
      } finally {
        writer.finish();
      }
      await writer.write(dirname(join(folder, file)), last, undefined, undefined, { name: of });
    }
    return found;
  } finally {
    engine.close();
  }
}
