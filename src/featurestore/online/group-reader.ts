import {
  formatMicros,
  type Micros,
  parseTypeName,
  TondoError,
  type TypeName,
  type ValueKind,
} from "../../core/index.ts";
import {
  type FunctionLibrary,
  type GroupPlan,
  missingRaw,
  noFunctions,
  type SourcePlan,
  storedFingerprint,
  type StoredPlan,
} from "../../dsl/index.ts";
import { decodeFolds, decodePushed, foldedUpTo, type PushedRow } from "./codec/index.ts";
import { foldsBeside, refuseFolded } from "./fold-of.ts";
import { firstMoment, type GroupPointer, groupName } from "./group-pointer.ts";
import type { RowLayout } from "./group-layout.ts";
import type { StoreView } from "./online-store.ts";
import type { PushedBeside } from "./pushed-beside.ts";
import { PushedReader } from "./pushed-values.ts";
import { recentKey, tooManyRecent } from "./recent-rows.ts";
import { rowReader } from "./row-reader.ts";
import type { RecordReader, StoredAnswers, WantedValue } from "./stored-answers.ts";
import { windowReader } from "./window-reader.ts";

/** A stored value that is wanted of a group, and where its answer goes in a row of answers. */
export interface Wanted {
  readonly stored: string;
  readonly target: number;
}

/** A stored value that is wanted, as this program defines it. */
interface Defined extends Wanted, Pick<WantedValue, "kind" | "missing"> {
  readonly fingerprint: string;
  /** What its fingerprint was before its column became a float: where it is one. */
  readonly narrower: string | undefined;
}

/** Rows that were pushed under a key, by its place among those asked for. */
interface Versioned {
  readonly index: number;
  readonly rows: readonly PushedRow[];
}

/** What was pushed under some keys, by key. */
export type PushedFound = readonly (PushedBeside | undefined)[];

/** Reads some stored values of one group: knows its definition, and finds them in whatever layout was loaded. */
export class GroupReader {
  readonly name: string;
  readonly key: readonly ValueKind[];
  readonly #group: GroupPlan;
  readonly #source: SourcePlan["kind"];
  readonly #wanted: readonly Defined[];
  readonly #plan: SourcePlan;
  readonly #functions: FunctionLibrary;
  #pushed: PushedReader | undefined;
  #bound: { readonly pointer: GroupPointer; readonly read: RecordReader } | undefined;

  /** @param functions the functions of the project's own, for rows that are pushed */
  constructor(
    group: GroupPlan,
    source: SourcePlan,
    wanted: readonly Wanted[],
    functions: FunctionLibrary = noFunctions,
  ) {
    this.name = groupName(group);
    this.key = group.key.map(({ type }) => parseTypeName(type).kind);
    this.#group = group;
    this.#source = source.kind;
    this.#plan = source;
    this.#functions = functions;
    this.#wanted = wanted.map(({ stored, target }) => {
      const plan = group.stored.find(({ name }) => name === stored);
      if (plan === undefined) throw new TondoError("INTERNAL", `${this.name} stores no "${stored}"`);
      const { kind } = parseTypeName(plan.type);
      return {
        stored,
        target,
        kind,
        missing: missingRaw(kind),
        fingerprint: storedFingerprint(group, stored, source),
        narrower: narrower(group, plan, source),
      };
    });
  }

  /**
   * What reads the records that a pointer names.
   * @throws TondoError `GROUP_NOT_MATERIALIZED`
   */
  bind(pointer: GroupPointer | undefined): RecordReader {
    if (pointer !== undefined && this.#bound?.pointer === pointer) return this.#bound.read;
    if (pointer === undefined) {
      throw new TondoError("GROUP_NOT_MATERIALIZED", `${this.name} has not been materialized`, {
        hint: "Run `tondo materialize`.",
        details: { group: this.name },
      });
    }
    const { layout } = pointer;
    const entries = layout.kind === "rows" ? layout.columns : layout.windows;
    const wanted = this.#wanted.map(({ stored, target, kind, missing, fingerprint, narrower }): WantedValue => {
      const index = entries.findIndex(({ name }) => name === stored);
      const loaded = entries[index]?.fingerprint;
      if (loaded === fingerprint) return { index, kind, missing, target };
      if (loaded !== undefined && loaded === narrower) return { index, kind: "int", missing, target };
      throw new TondoError(
        "GROUP_NOT_MATERIALIZED",
        index < 0
          ? `"${stored}" of ${this.name} has not been materialized: its group was loaded without it`
          : `"${stored}" of ${this.name} has not been materialized as it is defined now: its definition has changed since`,
        { hint: "Run `tondo materialize`.", details: { group: this.name, stored, asOf: pointer.asOf } },
      );
    });
    const read =
      layout.kind === "rows"
        ? this.#rowReader(layout, wanted, pointer)
        : windowReader(layout, wanted, pointer.recentFrom);
    this.#bound = { pointer, read };
    return read;
  }

  #rowReader(
    layout: RowLayout,
    wanted: readonly WantedValue[],
    { asOf, appliedAt }: Pick<GroupPointer, "asOf" | "appliedAt">,
  ): RecordReader {
    // What a load brings first counts from its switch on, which is after its records are made.
    const appliedAs = (k: Micros): Micros => (appliedAt !== undefined && k === asOf ? appliedAt : k);
    const read = rowReader(layout, wanted, this.#group.ttl, appliedAs);
    const widened = wanted.flatMap(({ kind, target }, i) => (kind === this.#wanted[i]?.kind ? [] : [target]));
    if (widened.length === 0) return read;
    return (record, at, into, base, pushed) => {
      read(record, at, into, base, pushed);
      for (const target of widened) into.values[base + target] = Number(into.values[base + target]);
    };
  }

  /**
   * Makes sure that what a pointer names can answer for a moment: that from which on requests were answered by it, and any later one.
   * @throws TondoError `MOMENT_NOT_SERVED`
   */
  checkMoment(pointer: GroupPointer, at: Micros): void {
    // A table is of no time: it answers for any moment.
    const first = firstMoment(pointer);
    if (this.#source === "table" || at >= first) return;
    const loaded = formatMicros(pointer.asOf);
    const since = first === pointer.asOf ? "" : `, served from ${formatMicros(first)} on,`;
    throw new TondoError(
      "MOMENT_NOT_SERVED",
      `${this.name} was loaded as of ${loaded}${since} and cannot answer exactly for ${formatMicros(at)}`,
      {
        hint: `Ask for "${formatMicros(first)}" or later, or materialize as of an earlier moment.`,
        details: { group: this.name, asOf: pointer.asOf, at },
      },
    );
  }

  /**
   * What was pushed under some keys beside a generation, by key, as of a moment; `undefined` where there is nothing. Of a source with `id` it is there with the recent rows of the
   * generation, of each event the version that stands.
   *
   * @throws TondoError `LIMIT_EXCEEDED` where a load had too many recent rows of a key to keep them
   */
  pushed(
    view: StoreView,
    pointer: GroupPointer,
    keys: readonly Uint8Array[],
    at: Micros,
  ): PushedFound | undefined | Promise<PushedFound | undefined> {
    const { overlay, asOf } = pointer;
    if (overlay === undefined) return undefined;
    let found: (PushedBeside | undefined)[] | undefined;
    let versioned: Versioned[] | undefined;
    let folded: number[] | undefined;
    const hasVersions = this.#plan.id !== undefined;
    const work = view.readPushed?.(this.name, overlay, keys, at, (i, record) => {
      const rows = decodePushed(record);
      if (hasVersions) (versioned ??= []).push({ index: i, rows });
      else {
        const upTo = foldedUpTo(record);
        refuseFolded(this.name, upTo, at);
        const values = this.#reader().values(rows, asOf, at);
        if (upTo !== undefined) (folded ??= []).push(i);
        if (values.length > 0 || upTo !== undefined) (found ??= [])[i] = { rows: values };
      }
    });
    const rest = (): PushedFound | undefined | Promise<PushedFound | undefined> => {
      if (versioned !== undefined) return this.#standing(view, pointer, keys, at, versioned);
      if (folded === undefined || found === undefined) return found;
      return this.#withFolds(view, pointer, keys, at, found, folded);
    };
    return work instanceof Promise ? work.then(rest) : rest();
  }

  /** Reads what rows came to that were folded, of some keys. */
  #withFolds(
    view: StoreView,
    pointer: GroupPointer,
    keys: readonly Uint8Array[],
    at: Micros,
    found: (PushedBeside | undefined)[],
    places: readonly number[],
  ): PushedFound | Promise<PushedFound> {
    const wanted = places.flatMap((index) => {
      const key = keys[index];
      const fold = key === undefined ? undefined : recentKey(key);
      return fold === undefined ? [] : [{ index, fold }];
    });
    const work = view.readPushed?.(
      this.name,
      pointer.overlay ?? "",
      wanted.map(({ fold }) => fold),
      at,
      (n, record) => {
        const index = wanted[n]?.index ?? -1;
        found[index] = { rows: found[index]?.rows ?? [], folds: foldsBeside(decodeFolds(record), pointer) };
      },
    );
    return work instanceof Promise ? work.then(() => found) : found;
  }

  /** Makes of rows that were pushed, and the recent ones that were loaded, what stands. */
  #standing(
    view: StoreView,
    { generation, asOf, appliedAt }: GroupPointer,
    keys: readonly Uint8Array[],
    at: Micros,
    pushed: readonly Versioned[],
  ): PushedFound | Promise<PushedFound> {
    const found: (PushedBeside | undefined)[] = [];
    const wanted = pushed.flatMap((one) => {
      const key = keys[one.index];
      const recent = key === undefined ? undefined : recentKey(key);
      return recent === undefined ? [] : [{ ...one, recent }];
    });
    const loaded = wanted.map((): readonly PushedRow[] => []);
    const stand = (): PushedFound => {
      for (const [n, { index, rows }] of wanted.entries()) {
        const standing = this.#reader().standing(rows, asOf, at, () => loaded[n] ?? []);
        if (standing !== undefined) found[index] = { rows: standing };
      }
      return found;
    };
    const work = view.read(
      this.name,
      generation,
      wanted.map(({ recent }) => recent),
      (n, record) => {
        if (record === undefined) return;
        const rows = decodePushed(record);
        if (rows.length === 0) throw tooManyRecent(this.name);
        // What a load brings first counts from its switch on, which is after its records are made.
        loaded[n] = rows.map((row) => (appliedAt !== undefined && row.k === asOf ? { ...row, k: appliedAt } : row));
      },
    );
    return work instanceof Promise ? work.then(stand) : stand();
  }

  #reader(): PushedReader {
    return (this.#pushed ??= new PushedReader(
      this.#group,
      this.#plan,
      this.#wanted.map(({ stored }) => stored),
      this.#functions,
    ));
  }

  /** A key of which a part is missing: all missing. */
  fillMissing(into: StoredAnswers, base: number): void {
    for (const { missing, target } of this.#wanted) {
      into.values[base + target] = missing;
      into.statuses[base + target] = "missing";
    }
  }

  /** A record that could not be read: all unavailable, with why. */
  fillUnavailable(into: StoredAnswers, base: number, cause: TondoError): void {
    into.causes ??= new Array<TondoError | undefined>(into.values.length).fill(undefined);
    for (const { missing, target } of this.#wanted) {
      into.values[base + target] = missing;
      into.statuses[base + target] = "unavailable";
      into.times[base + target] = NaN;
      into.causes[base + target] = cause;
    }
  }

  /** Whether a row has its answers. */
  hasAnswered(into: StoredAnswers, base: number): boolean {
    return this.#wanted.every(({ target }) => into.statuses[base + target] !== "unavailable");
  }
}

/** The fingerprint of a column that is a float, as it was while it was an int: what was loaded then is the same numbers. */
function narrower(group: GroupPlan, plan: StoredPlan, source: SourcePlan): string | undefined {
  if (plan.kind !== "column" || parseTypeName(plan.type).kind !== "float") return undefined;
  const type: TypeName = parseTypeName(plan.type).optional ? "int?" : "int";
  const stored = group.stored.map((one) => (one === plan ? { ...plan, type } : one));
  const columns = { ...source.columns, [plan.column]: type };
  return storedFingerprint({ ...group, stored }, plan.name, { ...source, columns });
}
