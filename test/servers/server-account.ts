import { execFileSync } from "node:child_process";

/** An account of the machine, by its numbers. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom to run PostgreSQL as, which refuses root: nobody else where this process is an ordinary account; as root
 * `POSTGRES_AS`, else `postgres`, else `nobody`.
 *
 * @throws Error where root finds no such account
 */
export function serverAccount(environment: NodeJS.ProcessEnv = process.env): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const wanted = environment["POSTGRES_AS"];
  const names = wanted ? [wanted] : ["postgres", "nobody"];
  for (const name of names) {
    const uid = numberOf("-u", name);
    const gid = numberOf("-g", name);
    if (uid !== undefined && gid !== undefined) return { name, uid, gid };
  }
  throw new Error(
    `PostgreSQL does not run as root, and there is no account ${names.join(" or ")}: set POSTGRES_AS to one that exists.`,
  );
}

function numberOf(flag: "-u" | "-g", name: string): number | undefined {
  try {
    return Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    // `id` fails for an account that does not exist: the next candidate is tried.
    return undefined;
  }
}
