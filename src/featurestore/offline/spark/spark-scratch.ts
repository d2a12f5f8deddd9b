import { glob, mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { TondoError } from "../../../core/index.ts";
import { filePatterns, isPlainPath, sparkPath } from "../../spark/index.ts";

/** Where a join's files lie in the scratch folder, all in one folder of its own. */
export interface UnitFiles {
  readonly folder: string;
  /** The keys that are asked about, numbered. */
  readonly keys: string;
  /** The rows that ask. */
  readonly asked: string;
  /** What this process has read for Spark, of the place of the source with this number. */
  readonly place: (number: number) => string;
  /** The folder that Spark writes. */
  readonly result: string;
}

/** The files of the join that has this name. */
export function unitFiles(name: string): UnitFiles {
  return {
    folder: name,
    keys: join(name, "keys.parquet"),
    asked: join(name, "asked.parquet"),
    place: (number) => join(name, `place${String(number)}.parquet`),
    result: join(name, "result"),
  };
}

/** The folder that rows pass through between this process and Spark, as both see it. */
export class SparkScratch {
  /** Absolute. */
  readonly folder: string;
  readonly #paths: Readonly<Record<string, string>>;

  /**
   * @throws TondoError `INVALID_ARGUMENT` where Spark could not be told of the folder
   */
  constructor(folder: string, paths: Readonly<Record<string, string>> = {}) {
    this.folder = resolve(folder);
    if (!isPlainPath(join(this.folder, "x"))) {
      throw new TondoError("INVALID_ARGUMENT", `Spark cannot be told of the folder "${this.folder}"`, {
        where: this.folder,
        hint: "Give `scratch`, a folder whose path is of the letters A to Z, digits, blanks and _ . = @ + ~ / - alone.",
      });
    }
    this.#paths = paths;
  }

  /** Where something of this name lies, for this process. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** The same for Spark, as a text in SQL. */
  literal(name: string): string {
    return `'${sparkPath(this.path(name), this.#paths)}'`;
  }

  /** Texts in SQL of what Spark is told to read files of this machine, whose paths must be plain, and absolute. */
  literalsOf(files: readonly string[]): readonly string[] {
    return filePatterns(files.map((file) => sparkPath(file, this.#paths))).map((pattern) => `'${pattern}'`);
  }

  /** Makes the folder, or one in it. */
  async make(name = ""): Promise<void> {
    await mkdir(this.path(name), { recursive: true });
  }

  /** Removes a folder in it. */
  async remove(name: string): Promise<void> {
    await rm(this.path(name), { recursive: true, force: true });
  }

  /** The Parquet files that Spark wrote into a folder, in the order of its parts. */
  async written(name: string): Promise<readonly string[]> {
    const files: string[] = [];
    for await (const file of glob("part-*.parquet", { cwd: this.path(name) })) files.push(join(this.path(name), file));
    return files.sort();
  }
}
