import { TondoError } from "../../core/index.ts";
import type { RegistryContext } from "../context.ts";
import { checkModelName, parseModelReference } from "../names.ts";
import type { PartitionPath } from "../partition-path.ts";
import { loadSnapshot, readRevision } from "./load-snapshot.ts";
import type { ModelSnapshot } from "./model-snapshot.ts";
import type { Resolution } from "./resolution.ts";
import { resolveVersion } from "./resolve.ts";

/** How a resolver weighs freshness against cost. */
export interface ResolverOptions {
  /** How old an answer may be while the database answers; 1,000 by default. */
  readonly maxStalenessMs?: number;
  /** How long to wait for a slow or absent database before the last known answer is given; 250 by default. */
  readonly maxWaitMs?: number;
  /** How many models, and versions by id, are remembered at most; 1,000 of each by default. */
  readonly maxRemembered?: number;
}

/** Resolution in the process, for programs that ask at every request. */
export interface Resolver {
  /** As `Registry.resolve`, from memory wherever that is fresh enough. */
  resolve(reference: string, path?: PartitionPath): Promise<Resolution>;
  /** A model's snapshot, not older than the bound, or the last known one while the database is away. */
  snapshot(model: string): Promise<ModelSnapshot>;
  /** The same without waiting: `undefined` where there is none that is fresh enough. */
  current(model: string): ModelSnapshot | undefined;
  /** Milliseconds since a model's snapshot was last known to be the newest; `undefined` where there is none. */
  ageMs(model: string): number | undefined;
}

interface Remembered {
  snapshot: ModelSnapshot;
  /** When the check began that last found it to be the newest, by the monotonic clock. */
  checkedAt: number;
  /** While the database is away: no new attempt before this. */
  quietUntil: number;
}

/** Opens a resolver; it holds no timers and needs no closing. */
export function openResolver(context: RegistryContext, options: ResolverOptions = {}): Resolver {
  const { maxStalenessMs = 1_000, maxWaitMs = 250, maxRemembered = 1_000 } = options;
  const models = new Map<string, Remembered>();
  const refreshes = new Map<string, Promise<ModelSnapshot>>();
  const versions = new Map<string, Resolution>();

  const refresh = async (model: string): Promise<ModelSnapshot> => {
    const checkedAt = performance.now();
    const known = models.get(model);
    try {
      let snapshot = known?.snapshot;
      if (snapshot?.revision !== (await readRevision(context, model))) snapshot = await loadSnapshot(context, model);
      remember(models, model, { snapshot, checkedAt, quietUntil: 0 }, maxRemembered);
      return snapshot;
    } catch (error) {
      if (known === undefined || !isAway(error)) throw error;
      known.quietUntil = performance.now() + maxStalenessMs;
      return known.snapshot;
    }
  };

  const refreshOnce = (model: string): Promise<ModelSnapshot> => {
    const running = refreshes.get(model);
    if (running !== undefined) return running;
    const started = refresh(model).finally(() => refreshes.delete(model));
    refreshes.set(model, started);
    return started;
  };

  const ageMs = (model: string): number | undefined => {
    const known = models.get(model);
    return known === undefined ? undefined : performance.now() - known.checkedAt;
  };

  const current = (model: string): ModelSnapshot | undefined =>
    (ageMs(model) ?? Infinity) <= maxStalenessMs ? models.get(model)?.snapshot : undefined;

  const snapshot = async (model: string): Promise<ModelSnapshot> => {
    const fresh = current(model);
    if (fresh !== undefined) return fresh;
    const known = models.get(checkModelName(model));
    if (known === undefined) return refreshOnce(model);
    if (performance.now() < known.quietUntil) return known.snapshot;
    return within(maxWaitMs, refreshOnce(model), known.snapshot);
  };

  return {
    current,
    snapshot,
    ageMs,
    resolve: async (reference, path = []) => {
      const { model, tag, versionId } = parseModelReference(reference);
      if (tag !== undefined) return (current(model) ?? (await snapshot(model))).resolve(tag, path);
      const key = `${model}@${versionId}`;
      const known = versions.get(key);
      if (known !== undefined) return known;
      // Versions are immutable: what was found once stays true.
      const found = await resolveVersion(context, model, versionId);
      remember(versions, key, found, maxRemembered);
      return found;
    },
  };
}

/** What a promise gives, or something else where that takes longer. A failure that comes too late is nobody's. */
async function within<T>(timeoutMs: number, promise: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((settle) => {
    timer = setTimeout(settle, timeoutMs, otherwise);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function isAway(error: unknown): boolean {
  return error instanceof TondoError && (error.code === "DATABASE_UNAVAILABLE" || error.code === "DATABASE_BUSY");
}

/** Puts an entry last and drops the first where there are too many. */
function remember<T>(map: Map<string, T>, key: string, value: T, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= limit) return;
  const first = map.keys().next().value;
  if (first !== undefined) map.delete(first);
}
