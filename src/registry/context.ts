import type { Clock } from "../core/index.ts";
import type { Database } from "../database/index.ts";
import type { ArtifactStore } from "./artifacts/artifact-store.ts";
import type { RegistryLimits } from "./limits.ts";

/** What the registry's functions work with. */
export interface RegistryContext {
  readonly database: Database;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
  /** Who does it, where a call does not say. */
  readonly actor: string;
  readonly limits: RegistryLimits;
}
