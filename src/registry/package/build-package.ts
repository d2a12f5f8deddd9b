import { strToU8, zipSync } from "fflate";
import { TondoError } from "../../core/index.ts";
import { checkLimit, defaultLimits, type RegistryLimits } from "../limits.ts";
import { type FileContents, isPackagePath } from "./package-files.ts";

/**
 * Puts files into a ZIP that depends on nothing but their names and bytes: stored, sorted, of 1 January 1980. Texts
 * become UTF-8.
 *
 * @throws TondoError `INVALID_ARGUMENT` for a name that is not safe everywhere, `LIMIT_EXCEEDED`
 * @example `const bytes = buildPackage({ "manifest.json": "{}", "model.json": canonicalJson(model) });`
 */
export function buildPackage(files: FileContents, limits: RegistryLimits = defaultLimits): Uint8Array {
  const names = Object.keys(files).sort();
  checkLimit("a package's files", names.length, limits, "maxPackageFiles");
  const lower = new Set<string>();
  const entries: Record<string, Uint8Array> = {};
  let size = 0;
  for (const name of names) {
    if (!isPackagePath(name)) {
      throw new TondoError("INVALID_ARGUMENT", `${JSON.stringify(name.slice(0, 250))} cannot be a file of a package`, {
        hint: "Use letters, digits, ., _ and -, with / between folders; no name may begin with a dot.",
      });
    }
    if (lower.has(name.toLowerCase())) {
      throw new TondoError("INVALID_ARGUMENT", `two files of a package differ only in case: ${name}`, {
        hint: "Rename one: on some systems they would be the same file.",
      });
    }
    lower.add(name.toLowerCase());
    const content = files[name] ?? "";
    const bytes = typeof content === "string" ? strToU8(content) : content;
    size += bytes.length;
    checkLimit("a package's bytes", size, limits, "maxPackageBytes");
    entries[name] = bytes;
  }
  // ZIP has clock times without a zone: this one is the first that it can hold, in whatever zone the machine is.
  return zipSync(entries, { level: 0, mtime: new Date(1980, 0, 1), os: 0 });
}
