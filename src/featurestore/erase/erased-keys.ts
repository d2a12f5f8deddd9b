import { canonicalJson, sha256, TondoError } from "../../core/index.ts";
import type { Database } from "../../database/index.ts";
import { type StandingErasure, standingErasures } from "./erasure-records.ts";
import { type ErasureSecret, readSecret, secretFile } from "./erasure-secret.ts";

/** The erased keys of one entity: only whether a key is one can be found out. */
export interface ErasedOfEntity {
  /** Another one where other keys are erased. */
  readonly digest: string;
  /** Whether a key was erased, by its bytes as stores know it. */
  readonly has: (key: Uint8Array) => boolean;
}

/** The erased keys of an entity; `undefined` where none was erased. */
export type ErasedKeys = (entity: string) => ErasedOfEntity | undefined;

/**
 * The keys that loads leave out.
 *
 * @throws TondoError `ERASURES_UNREADABLE` where some were erased under a secret that this home does not have
 */
export async function readErasedKeys(database: Database, home: string): Promise<ErasedKeys> {
  const standing = await standingErasures(database);
  if (standing.length === 0) return () => undefined;
  const secret = await readSecret(home);
  const digests = new Map<string, Set<string>>();
  for (const { entity, digest } of standing) {
    const own = digests.get(entity) ?? new Set<string>();
    digests.set(entity, own.add(digest));
  }
  return (entity) => {
    const own = digests.get(entity);
    if (own === undefined) return undefined;
    const known = requireSecret(
      secret,
      standing.filter((one) => one.entity === entity),
      home,
    );
    return {
      digest: sha256(canonicalJson([...own].sort())),
      has: (key) => own.has(known.digest(entity, key)),
    };
  };
}

/** The secret under which keys were erased. @throws TondoError `ERASURES_UNREADABLE` where the home has another one, or none */
export function requireSecret(
  secret: ErasureSecret | undefined,
  standing: readonly StandingErasure[],
  home: string,
): ErasureSecret {
  if (secret !== undefined && standing.every((one) => one.secret === secret.id)) return secret;
  const entities = [...new Set(standing.filter((one) => one.secret !== secret?.id).map(({ entity }) => entity))];
  throw new TondoError(
    "ERASURES_UNREADABLE",
    `keys of ${entities.join(", ")} were erased under a secret that this home does not have: which they are cannot be told`,
    {
      where: home,
      hint: `Copy ${secretFile} from the home in which they were erased. Where it is lost, \`tondo erase --list\` names the erasures, and --forget --record ID lets loads bring back what was erased by one.`,
      details: { entities },
    },
  );
}
