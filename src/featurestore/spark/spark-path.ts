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
 * Patterns that stand for some files, by the paths under which Spark finds them: each for at most {@link filesAtOnce} of one store. What is in
 * braces may hold slashes: Hadoop takes such a pattern for several. All must be plain paths, and absolute.
 *
 * @example `/data/{day=1/0.parquet,day=2/0.parquet}`
 */
export function filePatterns(files: readonly string[]): readonly string[] {
  const stores = Map.groupBy(files, (file) => /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(file)?.[0] ?? "");
  return [...stores.values()].flatMap((own) =>
    Array.from({ length: Math.ceil(own.length / filesAtOnce) }, (_, i) =>
      patternOf(own.slice(i * filesAtOnce, (i + 1) * filesAtOnce)),
    ),
  );
}

/** One pattern for files of one store. */
function patternOf(files: readonly string[]): string {
  const [first = "", ...others] = files;
  if (others.length === 0) return first;
  const foldersOf = (file: string): readonly string[] => file.split("/").slice(0, -1);
  const common = others.reduce((shared, file) => {
    const folders = foldersOf(file);
    const other = shared.findIndex((folder, i) => folder !== folders[i]);
    return other < 0 ? shared : shared.slice(0, other);
  }, foldersOf(first));
  const folder = common.join("/");
  return `${folder}/{${files.map((file) => file.slice(folder.length + 1)).join(",")}}`;
}
