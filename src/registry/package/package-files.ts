/** The names of a package's files. The registry itself looks into none of them. */
export const packageFiles = {
  /** What the package is and which files it has. */
  manifest: "manifest.json",
  /** The vector's plan. */
  vector: "vector.json",
  /** The statistics of the vector's fitted functions. */
  fitted: "fitted.json",
  /** The model's learned parameters. */
  model: "model.json",
  /** A few input rows with the scores they gave when the package was sealed. */
  golden: "golden.json",
} as const;

/** Files by name, as {@link buildPackage} takes them. */
export type FileContents = Readonly<Record<string, string | Uint8Array>>;

const segment = "[A-Za-z0-9][A-Za-z0-9._-]*";
const filePath = new RegExp(`^${segment}(?:/${segment})*$`);

/**
 * Whether a file may have this name in a package: segments of letters, digits, `.`, `_`, `-` that begin with a
 * letter or digit, joined by `/`, at most 200 characters. Such a name is safe in every file system: nothing absolute,
 * no `..`, no backslash, nothing hidden.
 */
export function isPackagePath(name: string): boolean {
  return name.length <= 200 && filePath.test(name);
}
