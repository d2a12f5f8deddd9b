import type { ProjectPlan } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import type { ErasedKeys } from "../erase/erased-keys.ts";
import { withExtracted } from "../extract/index.ts";
import type { OnlineStore } from "../online/index.ts";
import { collectPushed } from "./collect-pushed.ts";
import { addEmptyParts } from "./empty-part.ts";
import { withPushed } from "./pushed-places.ts";

/** Where rows lie beside the files of sources. */
export interface AtRestOptions {
  readonly home: string;
  readonly folder: string;
  /** The store, where anything was ever loaded. */
  readonly store: OnlineStore | undefined;
  /** Opens an engine, where rows that were pushed are still to be put into files. */
  readonly engine: () => Promise<Engine>;
  /** Which keys were erased: their rows come into no file. */
  readonly erased: () => Promise<ErasedKeys>;
}

/**
 * Definitions over the files that tables were extracted into until now, and those that hold what was pushed.
 *
 * @throws TondoError as `withExtracted` and `collectPushed` do
 */
export async function atRest(project: ProjectPlan, options: AtRestOptions): Promise<ProjectPlan> {
  const { home, store, engine, erased } = options;
  const { sources, groups } = project;
  await addEmptyParts(sources, home, engine);
  if (store !== undefined) await collectPushed({ sources, groups, home, store, engine, erased });
  return withPushed(await withExtracted(project, options), options);
}
