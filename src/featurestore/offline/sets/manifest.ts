import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { type Json, type Micros, TondoError } from "../../../core/index.ts";
import { type Fitted, fittedFault, type VectorPlan } from "../../../dsl/index.ts";
import type { AppliedLog } from "../../applied/index.ts";
import type { JoinReport } from "../joins/join-report.ts";
import type { FileDigest } from "../files/source-files.ts";
import type { Part, SplitMicros } from "./split.ts";

/** The file in a training set's folder that says how it was made. */
export const manifestFile = "manifest.json";

/** A file that a training set consists of. */
export interface OutputFile extends FileDigest {
  readonly part: "train" | "holdout";
  readonly rows: number;
  /** The values that all of its rows have in the columns the set is partitioned by, as texts; the file does not have these columns. */
  readonly partition?: Readonly<Record<string, string | null>>;
}

/** A column of the output files, in their order. */
export interface OutputColumn {
  readonly name: string;
  readonly role: "at" | "key" | "carried" | "slot" | "label" | "raw" | "row";
  readonly type: string;
}

/** Everything that went into a training set and came of it. */
export interface Manifest {
  readonly version: 1;
  /** SHA-256 of all inputs: plan, files, rows, split, options. Two sets of one digest have the same bytes. */
  readonly inputsDigest: string;
  readonly vector: { readonly name: string; readonly fingerprint: string; readonly plan: VectorPlan };
  readonly sources: readonly { readonly source: string; readonly files: readonly FileDigest[] }[];
  /** The left side: its files, or the digest of rows given from memory. */
  readonly left: { readonly at: string; readonly files: readonly FileDigest[]; readonly digest: string | null };
  /**
   * When the rows of groups (`entity:group`) were first applied online, which the joins took for when they were known; absent where rows were taken to be
   * known when they say.
   */
  readonly applied?: Readonly<Record<string, AppliedLog>> | undefined;
  /** The last moment at which a row asks: what was applied later cannot matter. Sets of older versions do not say. */
  readonly lastAsked?: Micros | undefined;
  readonly split: SplitMicros;
  /** What was asked for, with all defaults written out: the members of a specification file. Sets of older versions have none. */
  readonly specification?: Readonly<Record<string, Json>>;
  /** How many left rows went where; they add up to `rows`. */
  readonly rows: number;
  readonly counts: Readonly<Record<Part, number>>;
  readonly fitted: Fitted;
  readonly columns: readonly OutputColumn[];
  readonly files: readonly OutputFile[];
  readonly joins: readonly JoinReport[];
  readonly engine: string;
  /** When it was made, and how long that took; no part of the digest. */
  readonly madeAt: string;
  readonly seconds: number;
}

/**
 * Reads the manifest of a training set.
 *
 * @throws TondoError `MANIFEST_INVALID`
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, manifestFile);
  const invalid = (message: string, cause?: unknown, hint = "Make the training set again."): TondoError =>
    new TondoError("MANIFEST_INVALID", message, {
      where: path,
      hint,
      ...(cause === undefined ? {} : { cause }),
    });
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw invalid(
      "there is no training set",
      error,
      "Give the folder of a training set; `tondo training-set` makes one.",
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid("the manifest is no JSON", error);
  }
  const files = member(value, "files");
  const isWhole =
    member(value, "version") === 1 &&
    typeof member(value, "inputsDigest") === "string" &&
    Array.isArray(files) &&
    files.every((file) => typeof member(file, "path") === "string" && typeof member(file, "sha256") === "string");
  if (!isWhole) throw invalid("the manifest is damaged, or of another version of Tondo");
  if (!files.every((file) => isInside(member(file, "path"))))
    throw invalid("the manifest is damaged: a file of it lies outside its folder");
  const slots = member(member(member(value, "vector"), "plan"), "slots");
  const expressions = Array.isArray(slots) ? slots.map((slot) => member(slot, "value")) : [undefined];
  const fault = expressions.includes(undefined)
    ? "it has no vector"
    : fittedFault(expressions as readonly VectorPlan["slots"][number]["value"][], member(value, "fitted"));
  if (fault !== undefined) throw invalid(`the manifest is damaged: ${fault}`);
  return value as Manifest;
}

/** A member of what JSON gave, which may be anything. */
function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** Whether a path leads to something inside the folder that it is relative to. */
function isInside(path: unknown): boolean {
  if (typeof path !== "string" || path === "" || isAbsolute(path)) return false;
  return !path.split(/[\\/]/).some((name) => name === "" || name === "." || name === "..");
}
