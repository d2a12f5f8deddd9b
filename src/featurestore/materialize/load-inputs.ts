import { canonicalJson, type Micros, sha256 } from "../../core/index.ts";
import type { SourcePlan } from "../../dsl/index.ts";
import { transportsAtRest } from "../offline/files/source-files.ts";
import type { SourceFile } from "../offline/sources/source-digests.ts";
import { codecVersion } from "../online/codec/index.ts";
import type { GroupLayout } from "../online/index.ts";

/** What decides the records of a load. */
export interface LoadInputs {
  readonly source: SourcePlan;
  readonly layout: GroupLayout;
  /** What the rows that are pushed beside it are filed under; tables have none. */
  readonly overlay: string | undefined;
  readonly files: readonly SourceFile[];
  /** A table has no time: as of when it was loaded changes nothing. */
  readonly asOf: Micros;
  /** A digest of the keys that were left out since they were erased. */
  readonly erased: string | undefined;
  /** Since when rows that no load before had applied are taken in; absent where all are. Tables have none. */
  readonly since?: Micros | undefined;
}

/** A digest of all that decides the records of a load: definitions, files, moment. Pointers keep it. */
export function loadInputs({ source, layout, overlay, files, asOf, erased, since }: LoadInputs): string {
  return sha256(
    canonicalJson({
      // What was erased since is left out by a load of the same, and what was forgotten to be erased is in it again.
      ...(erased === undefined ? {} : { erased }),
      codecVersion,
      layout,
      ...(overlay === undefined ? {} : { overlay }),
      files: files.map(({ digest }) => digest),
      ...(since === undefined ? {} : { since }),
      moment: source.kind === "table" ? null : asOf,
      transports: transportsAtRest(source),
    }),
  );
}
