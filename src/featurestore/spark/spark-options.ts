import { isAbsolute } from "node:path";
import { TondoError } from "../../core/index.ts";
import { refusedSetting } from "./spark-settings.ts";

/** How the user's own Spark is run. */
export interface SparkOptions {
  /** `spark-sql` or `spark-submit` of Spark 4: a path, from the working folder where it is relative, or a name on the PATH; default `spark-sql`. */
  readonly command?: string;
  /** Where Spark runs: `local[8]`, `yarn`, `k8s://https://...`, `spark://host:7077`; default: what its own settings say. */
  readonly master?: string;
  /** Settings, such as `spark.executor.memory`. Those that would change values are refused. */
  readonly conf?: Readonly<Record<string, string>>;
  /** Into how many parts the rows of a join of windows are dealt; default: one for each 64 MB of its source's files. */
  readonly shards?: number;
  /**
   * A folder that this machine and Spark's workers see alike, from the working folder where it is relative: rows pass through it, and nothing
   * of them is left in it. Default: beside the output, which is right where Spark runs on this machine.
   */
  readonly scratch?: string;
  /** Where Spark finds what lies below a folder of this machine, by folder: `{ "/mnt/lake": "s3a://lake" }`. */
  readonly paths?: Readonly<Record<string, string>>;
}

/** Into how many parts a join may be dealt. */
export const maxShards = 10_000;

/**
 * Checks what can be checked before Spark is started.
 *
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function checkSparkOptions({ command, master, conf = {}, shards, paths = {} }: SparkOptions): void {
  if (command?.trim() === "" || command?.startsWith("-") === true)
    throw invalid(`command: "${command}" is no program`, "Give `spark-sql`, or the path to it.");
  if (master !== undefined && !/^[\w[\],*:/.@?=%+-]+$/.test(master))
    throw invalid(`master: "${master}" is none`, "It is written like local[4], yarn or spark://host:7077.");
  if (shards !== undefined && !(Number.isInteger(shards) && shards >= 1 && shards <= maxShards))
    throw invalid(
      `shards: ${String(shards)} is no count of parts`,
      `Give a whole number from 1 to ${String(maxShards)}.`,
    );
  for (const [name, value] of Object.entries(conf)) {
    if (!/^[A-Za-z][\w.-]*$/.test(name) || !/^[^\0\r\n]*$/.test(value))
      throw invalid(`conf: "${name}" is no setting of Spark`, "Settings are written like spark.executor.memory.");
    const reason = refusedSetting(name, value);
    if (reason !== undefined) throw invalid(`conf: ${name} = ${value}: ${reason}`, "Leave it out.");
  }
  for (const [folder, there] of Object.entries(paths)) {
    if (!isAbsolute(folder) || !/^([a-z][a-z0-9+.-]*:\/)?\/[\w.@/=+-]*$/i.test(there)) {
      throw invalid(
        `paths: "${folder}" as "${there}" is no place for Spark to look`,
        'An absolute folder stands for another one, or for an address like "s3a://bucket/folder".',
      );
    }
  }
}

function invalid(message: string, hint: string): TondoError {
  return new TondoError("INVALID_ARGUMENT", message, { hint });
}
