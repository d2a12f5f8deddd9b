import { tmpdir } from "node:os";
import { TondoError } from "../../../core/index.ts";
import { Engine } from "../../duckdb/index.ts";
import { collectColumns, type ColumnsRead } from "../files/read-columns.ts";
import type { OutputFile } from "./manifest.ts";
import { columnKind, filesOfPart, scanSet } from "./scan-set.ts";
import type { TrainingSet } from "./training-set.ts";

/** What to read of a training set. */
export interface ReadSetColumnsOptions {
  readonly set: Pick<TrainingSet, "folder" | "manifest">;
  readonly part: OutputFile["part"];
  /** Columns of numbers, truth values or moments: as numbers, NaN where missing. */
  readonly numbers: readonly string[];
  /** Columns to be read as texts, whatever they are: `null` where missing. */
  readonly texts?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Reads columns of a part of a training set for a trainer, in the order of its rows: the same whatever the set's files are and however they
 * are partitioned. What memory does not suffice for is spilled to the system's folder for temporary files. A part that the set does not have
 * has no rows.
 *
 * @throws TondoError `ROWS_INVALID` where the set has no such column, `SOURCE_CHANGED` where one is of texts instead of numbers or a file has
 * other columns than its manifest says, `SOURCE_MISSING`, `SOURCE_UNREADABLE`, `LIMIT_EXCEEDED`, `IO_FAILED`, `ABORTED`
 */
export async function readSetColumns(options: ReadSetColumnsOptions): Promise<ColumnsRead> {
  const { set, part, numbers, texts = [], signal } = options;
  const { folder, manifest } = set;
  const names = [...new Set([...numbers, ...texts])];
  if (filesOfPart(manifest, part).length === 0) {
    return {
      rows: 0,
      numbers: new Map(numbers.map((name) => [name, new Float64Array(0)])),
      texts: new Map(texts.map((name) => [name, []])),
    };
  }
  const text = numbers.find((name) => columnKind(manifest, name) === "string");
  if (text !== undefined) {
    throw new TondoError("SOURCE_CHANGED", `${folder}: the column "${text}" holds texts, and numbers are needed`, {
      where: folder,
      hint: "Encode it in the vector.",
    });
  }
  const engine = await Engine.open({ spillFolder: tmpdir() });
  try {
    const relation = await scanSet(engine, { folder, manifest, part }, names, { ordered: true });
    const columns = [...numbers, ...texts].map((name) => ({ name, kind: columnKind(manifest, name) ?? "string" }));
    return await collectColumns(engine, relation, columns, numbers.length, `the training set "${folder}"`, signal);
  } finally {
    engine.close();
  }
}
