import { relative } from "node:path";
import { canonicalJson, parseTypeName, TondoError, type Value } from "../../core/index.ts";
import type { FileTransportPlan, GroupPlan, ProjectPlan, SourcePlan } from "../../dsl/index.ts";
import { type Engine, sqlText } from "../duckdb/index.ts";
import type { FilePlaces } from "../offline/files/file-places.ts";
import { openFiles } from "../offline/files/file-scan.ts";
import { filesOf, transportsAtRest } from "../offline/files/source-files.ts";
import { relationOf } from "../offline/sources/source-relation.ts";
import { sourceOf } from "../online/find-feature.ts";
import type { ErasedKey } from "./erased-key.ts";

/** A file of a source that has rows of an erased key. */
export interface SourceFileRows {
  /** From the project's folder, where it lies inside. */
  readonly path: string;
  readonly rows: number;
}

/** Where a key still stands among a source's own rows. */
export interface SourceRows {
  readonly source: string;
  readonly files: readonly SourceFileRows[];
  /** What could not be looked through, and why: topics, files that are missing or broken. */
  readonly unread: readonly string[];
}

/** What {@link rowsOfKey} works with. */
export interface SourceRowsOptions extends FilePlaces {
  readonly project: ProjectPlan;
  readonly engine: Engine;
  readonly signal?: AbortSignal;
}

/**
 * How many rows of a key the files of sources have: of the sources of all groups of its entity, by the expressions that these take their keys from. Rows
 * count as they stand: versions, deletions and rows without a time too. Sources without any are left out.
 *
 * @throws TondoError `ABORTED`
 */
export async function rowsOfKey(key: ErasedKey, options: SourceRowsOptions): Promise<readonly SourceRows[]> {
  const { project, signal } = options;
  const found = new Map<string, { files: Map<string, number>; unread: Set<string> }>();
  const seen = new Set<string>();
  for (const group of project.groups) {
    const source = sourceOf(project, group);
    const reading = canonicalJson([source.name, group.key]);
    if (group.entity !== key.entity.name || seen.has(reading)) continue;
    seen.add(reading);
    const own = found.get(source.name) ?? { files: new Map<string, number>(), unread: new Set<string>() };
    found.set(source.name, own);
    for (const transport of source.transports) {
      if (transport.format === "kafka") own.unread.add(`the topic ${transport.topic}`);
      if (transport.format === "postgres") own.unread.add(`the table ${transport.table}`);
    }
    try {
      for (const place of transportsAtRest(source)) {
        // What was pushed is not the owner's: it goes with the key.
        if (place.pushed !== undefined) continue;
        for (const [path, rows] of await rowsOfPlace(key, group, source, place, options))
          own.files.set(path, Math.max(own.files.get(path) ?? 0, rows));
      }
    } catch (error) {
      if (signal?.aborted === true || !(error instanceof TondoError)) throw error;
      // An erasure is not to wait for a source that is not there; that it was not looked through is said.
      own.unread.add(`${error.code}: ${error.message}`);
    }
  }
  return [...found]
    .map(([source, { files, unread }]) => ({
      source,
      files: [...files].map(([path, rows]) => ({ path, rows })),
      unread: [...unread],
    }))
    .filter(({ files, unread }) => files.length > 0 || unread.length > 0);
}

/** The rows of a key in each file of a place that has any: all are counted at once, and where there are some by halves. */
async function rowsOfPlace(
  key: ErasedKey,
  group: GroupPlan,
  source: SourcePlan,
  place: FileTransportPlan,
  options: SourceRowsOptions,
): Promise<readonly (readonly [string, number])[]> {
  const { engine, signal, held, folder } = options;
  const what = `source "${source.name}"`;
  const bare = bareSource(source, place);
  const conditions = key.values.map((value, i) => `key${String(i)} = ${literal(value, key, i)}`).join(" and ");
  const count = async (files: readonly string[]): Promise<number> => {
    const { unchecked } = await relationOf(engine, bareGroup(group), bare, async (_, columns, column) =>
      (await openFiles(engine, { format: place.format, files, what, hidden: new Set(source.pii ?? []) }, columns)).sql(
        column,
      ),
    );
    const sql = `select count(*)::double as n from (${unchecked}) where ${conditions}`;
    const [row] = await engine.rows(sql, `looking for a key in ${what}`);
    return Number(row?.["n"] ?? 0);
  };
  const within = async (files: readonly string[]): Promise<readonly (readonly [string, number])[]> => {
    if (signal?.aborted === true)
      throw new TondoError("ABORTED", "looking for a key was cancelled", { cause: signal.reason });
    const rows = files.length === 0 ? 0 : await count(files);
    const [only = ""] = files;
    if (rows === 0) return [];
    if (files.length === 1) return [[nameOf(only), rows]];
    const middle = Math.ceil(files.length / 2);
    return [...(await within(files.slice(0, middle))), ...(await within(files.slice(middle)))];
  };
  const nameOf = (file: string): string => {
    const name = held?.inNames(file) ?? file;
    const inside = relative(folder, name);
    return name === file && !inside.startsWith("..") ? inside : name;
  };
  return within(await filesOf(place, options, what));
}

/** A group of which nothing is asked but keys. */
function bareGroup(group: GroupPlan): GroupPlan {
  return { ...group, reads: [], stored: [], features: [] };
}

/** A place of a source as rows without time, versions or deletions: each counts as it stands. */
function bareSource(
  { name, columns }: SourcePlan,
  { known: _known, lag: _lag, ...place }: FileTransportPlan,
): SourcePlan {
  return { name, kind: "table", transports: [place], columns };
}

/** A part of a key as SQL has it in a source's relation. */
function literal(value: Value, { entity }: ErasedKey, part: number): string {
  const { kind } = parseTypeName(entity.key[part]?.type ?? "string");
  if (kind === "string") return sqlText(String(value));
  if (kind === "bool") return value === true ? "true" : "false";
  return `${String(value)}::bigint`;
}
