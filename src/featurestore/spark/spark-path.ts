import { basename, isAbsolute, relative } from "node:path";

/**
 * Signs that mean the same to a shell, a file system, Hadoop's patterns and SQL: themselves. Paths with others are never given to Spark,
 * and neither are `--`, which begins a comment there, nor names that Hadoop takes for hidden.
 */
const plain = /^[A-Za-z0-9_ .=@+~/-]+$/;

/** Whether Spark can be told of this file of this machine. */
export function isPlainPath(path: string): boolean {
  return plain.test(path) && !path.includes("--") && !/^[_.]/.test(basename(path));
}

/** The path under which Spark finds what this machine has at one; the longest of the folders in `paths` counts. */
export function sparkPath(path: string, paths: Readonly<Record<string, string>> = {}): string {
  const [found] = Object.entries(paths)
    .map(([folder, there]) => ({ folder, there, inside: relative(folder, path) }))
    .filter(({ inside }) => inside !== ".." && !inside.startsWith("../") && !isAbsolute(inside))
    .sort((a, b) => b.folder.length - a.folder.length);
  if (found === undefined) return path;
  return found.inside === "" ? found.there : `${found.there.replace(/\/$/, "")}/${found.inside}`;
}

/** How many files one pattern names; each is a line of what Spark lists. */
const filesAtOnce = 500;

/**
 * Patterns that stand for some files, each for at most {@link filesAtOnce} of those below one folder. All must be plain paths.
 *
 * @example `/data/{1.parquet,2.parquet}`
 */
export function filePatterns(files: readonly string[]): readonly string[] {
  const byFolder = new Map<string, string[]>();
  for (const file of files) {
    const folder = file.slice(0, file.lastIndexOf("/"));
    const own = byFolder.get(folder);
    if (own === undefined) byFolder.set(folder, [file]);
    else own.push(file);
  }
  return [...byFolder].flatMap(([folder, own]) =>
    Array.from({ length: Math.ceil(own.length / filesAtOnce) }, (_, i) => {
      const names = own.slice(i * filesAtOnce, (i + 1) * filesAtOnce).map((file) => file.slice(folder.length + 1));
      return names.length === 1 ? `${folder}/${names[0] ?? ""}` : `${folder}/{${names.join(",")}}`;
    }),
  );
}
