import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder, TondoError, writeFileAtomic } from "../../core/index.ts";
import type { VectorPlan } from "../../dsl/index.ts";
import {
  endings,
  isPartFile,
  servedFolder,
  servedName,
  servedPlanFile,
  servedVectorFolder,
  stemOf,
  unpublishedFolder,
} from "./served-places.ts";

/** A file that a compaction made, and where it is to be. */
export interface PublishedFile {
  /** Its name in the compaction's folder. */
  readonly file: string;
  readonly vector: string;
  readonly fingerprint: string;
  /** As `2026-11-22`. */
  readonly day: string;
  /** The name it gets. */
  readonly name: string;
  readonly rows: number;
}

/** What a compaction is to do once it counts. */
export interface Commit {
  readonly version: 1;
  readonly files: readonly PublishedFile[];
  /** The plans of the vectors, by fingerprint. */
  readonly plans: Readonly<Record<string, VectorPlan>>;
  /** The sealed folders that are in the files. */
  readonly sealed: readonly string[];
}

/** From here on a compaction counts: what is left of it is done by whoever comes next. */
export async function writeCommit(home: string, id: string, commit: Commit): Promise<void> {
  await writeFileAtomic(join(unpublishedFolder(home), `${id}${endings.commit}`), JSON.stringify(commit));
}

/**
 * Does what a commit says, or what is left of it: files appear under their names, one after the other, then what they were made from goes, then the commit.
 * Each row is in one file, so readers meet no row twice meanwhile.
 */
export async function finishCommit(home: string, id: string): Promise<Commit> {
  const folder = unpublishedFolder(home);
  const path = join(folder, `${id}${endings.commit}`);
  const commit = checked(await readFile(path, "utf8"), path);
  for (const one of commit.files) await publish(home, join(folder, `${id}${endings.compacting}`), one, commit.plans);
  for (const name of commit.sealed) await rm(join(folder, name), { recursive: true, force: true });
  await rm(join(folder, `${id}${endings.compacting}`), { recursive: true, force: true });
  await syncFolder(folder);
  await rm(path);
  await syncFolder(folder);
  return commit;
}

async function publish(
  home: string,
  from: string,
  { file, vector, fingerprint, day, name }: PublishedFile,
  plans: Commit["plans"],
): Promise<void> {
  const folder = servedVectorFolder(home, vector, fingerprint);
  const plan = plans[fingerprint];
  const planPath = join(folder, servedPlanFile);
  await mkdir(join(folder, day), { recursive: true });
  if (plan !== undefined && !existsSync(planPath)) {
    for (const left of (await readdir(folder)).filter(isPartFile)) await rm(join(folder, left), { force: true });
    await writeFileAtomic(planPath, JSON.stringify(plan));
  }
  const temporary = join(from, file);
  // It was moved already where it is not there.
  if (existsSync(temporary)) await rename(temporary, join(folder, day, name));
  for (const changed of [join(folder, day), folder, dirname(folder), servedFolder(home), home])
    await syncFolder(changed);
}

function checked(text: string, path: string): Commit {
  const commit = JSON.parse(text) as Commit;
  const isWhole =
    (commit.version as number) === 1 &&
    commit.sealed.every((name) => stemOf(name, endings.sealed) !== undefined && isPlain(name)) &&
    commit.files.every(
      ({ file, day, name, fingerprint }) => isPlain(file) && isPlain(day) && isPlain(name) && isPlain(fingerprint),
    );
  if (isWhole) return commit;
  throw new TondoError("IO_FAILED", "a commit of the log of served features is of another version, or damaged", {
    where: path,
    hint: "Compact with the version of Tondo that wrote it.",
  });
}

/** Whether a name leads nowhere else. */
function isPlain(name: string): boolean {
  return name === servedName(name).replaceAll("%2E", ".") && !name.includes("..");
}
