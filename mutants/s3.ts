import type { Mutant } from "../scripts/mutants/mutant.ts";

const folder = "src/featurestore/s3";
const cache = ["test/featurestore/s3/cache-session.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "object-in-use-removed",
    file: `${folder}/cache-entries.ts`,
    find: "if (inUse.has(path)) continue;",
    replace: "",
    tests: cache,
  },
  {
    name: "newest-object-removed-first",
    file: `${folder}/cache-entries.ts`,
    find: "(a, b) => a.usedAt - b.usedAt",
    replace: "(a, b) => b.usedAt - a.usedAt",
    tests: cache,
  },
  {
    name: "versions-of-an-object-share-a-copy",
    file: `${folder}/cached-object.ts`,
    find: 'const version = `${etag.replaceAll(/[^A-Za-z0-9-]/g, "").slice(0, 80)}-',
    replace: "const version = `e-1-",
    tests: cache,
  },
  {
    name: "copy-cut-short-read",
    file: `${folder}/cached-object.ts`,
    find: "found.isFile() && found.size === object.bytes",
    replace: "found.isFile()",
    tests: cache,
  },
  {
    name: "objects-of-the-first-page-alone",
    file: `${folder}/s3-requests.ts`,
    find: "next: IsTruncated === true ? NextContinuationToken : undefined",
    replace: "next: undefined",
    tests: ["test/featurestore/s3/s3-requests.test.ts"],
  },
  {
    name: "listed-object-without-size-left-out",
    file: `${folder}/s3-requests.ts`,
    find: 'throw new BrokenAnswer("a listed object without key, ETag or size");',
    replace: 'return { bucket, key: Key ?? "", etag: ETag ?? "", bytes: Size ?? 0 };',
    tests: ["test/featurestore/s3/s3-requests.test.ts"],
  },
  {
    name: "replaced-object-read-on",
    file: `${folder}/s3-requests.ts`,
    find: "if (answer.ETag !== etag) throw replaced(where);",
    replace: "",
    tests: ["test/featurestore/s3/s3-requests.test.ts"],
  },
];

export default mutants;
