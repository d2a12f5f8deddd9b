import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where Debian and Homebrew put what they install; `*` stands for a version. */
const installed = [
  { folder: "/usr/lib/postgresql", below: "bin" },
  { folder: "/usr/pgsql", below: "bin" },
  { folder: "/opt/homebrew/opt", below: "bin" },
];

/**
 * The folder that holds `initdb` and `postgres`: `POSTGRES_BIN`, else the newest version that the system's packages
 * installed, else a folder of the PATH.
 *
 * @throws Error that says what to install
 */
export function findPostgres(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment["POSTGRES_BIN"];
  if (chosen) {
    if (complete(chosen)) return chosen;
    throw new Error(`POSTGRES_BIN is ${chosen}, but initdb and postgres are not both in that folder.`);
  }
  const path = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const found = [...installed.flatMap(versions), ...path].find(complete);
  if (found !== undefined) return found;
  throw new Error(
    "No PostgreSQL found for the tests that need a server. Install it (Debian and Ubuntu: apt-get install postgresql; " +
      "macOS: brew install postgresql), or set POSTGRES_BIN to the folder of initdb and postgres. " +
      "npm run test:unit runs the tests that need none.",
  );
}

function complete(folder: string): boolean {
  return ["initdb", "postgres"].every((name) => existsSync(join(folder, name)));
}

/** Newest first: 16 before 9.6. */
function versions(place: { readonly folder: string; readonly below: string }): readonly string[] {
  if (!existsSync(place.folder)) return [];
  const number = (name: string): number => Number(/[\d.]+$/.exec(name)?.[0] ?? 0);
  return readdirSync(place.folder)
    .filter((name) => /^(postgresql@?)?[\d.]*$/.test(name))
    .sort((a, b) => number(b) - number(a))
    .map((name) => join(place.folder, name, place.below));
}
