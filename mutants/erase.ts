import type { Mutant } from "../scripts/mutants/mutant.ts";

const folder = "src/featurestore/erase";
const erase = ["test/featurestore/erase/erase.test.ts"];
const served = ["test/featurestore/served/served-erasure.test.ts"];
const store = ["test/featurestore/online/lmdb/lmdb-store.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "earlier-generations-keep-the-key",
    file: "src/featurestore/online/lmdb/lmdb-store.ts",
    find: "const slots = (await this.generations(group)).flatMap(",
    replace: "const slots = (await this.generations(group)).slice(-1).flatMap(",
    tests: store,
    testName: "erases keys",
  },
  {
    name: "scan-counts-the-current-alone",
    file: "src/featurestore/online/lmdb/lmdb-store.ts",
    find: "      found.push({ generation, records });",
    replace: "      if (found.length === 0) found.push({ generation, records });",
    tests: store,
    testName: "erases keys",
  },
  {
    name: "load-brings-the-erased-back",
    file: "src/featurestore/materialize/generation-load.ts",
    find: "if (this.#isErased(key)) {",
    replace: "if (false) {",
    tests: erase,
    testName: "is known to loads",
  },
  {
    name: "load-of-the-same-files-skipped-after-forgetting",
    file: "src/featurestore/materialize/load-inputs.ts",
    find: "...(erased === undefined ? {} : { erased }),",
    replace: "",
    tests: erase,
    testName: "is known to loads",
  },
  {
    name: "logs-keep-the-erased",
    file: `${folder}/erase.ts`,
    find: "  for (const log of logs) await log.erase(key);\n",
    replace: "",
    tests: erase,
    testName: "counts what logs hold",
  },
  {
    name: "what-is-still-found-is-let-pass",
    file: `${folder}/erase.ts`,
    find: "places.filter(({ after }) => after > 0)",
    replace: "places.filter(({ after }) => after < 0)",
    tests: erase,
    testName: "counts what logs hold",
  },
  {
    name: "readers-keep-the-erased",
    file: `${folder}/erase.ts`,
    find: "if (group.entity === entity) await options.evict(",
    replace: "if (group.entity !== entity) await options.evict(",
    tests: erase,
    testName: "that readers kept",
  },
  {
    name: "another-secret-knows-no-erased-key",
    file: `${folder}/erased-keys.ts`,
    find: "standing.every((one) => one.secret === secret.id)",
    replace: "standing.length > 0",
    tests: erase,
    testName: "secret is another one",
  },
  {
    name: "key-of-another-kind-overlooked",
    file: `${folder}/erased-key.ts`,
    find: "[kindsOf(key.entity), ...loaded]",
    replace: "[kindsOf(key.entity), ...loaded.slice(0, 0)]",
    tests: erase,
    testName: "another kind",
  },
  {
    name: "rows-of-half-of-the-files",
    file: `${folder}/source-rows.ts`,
    find: "...(await within(files.slice(middle)))",
    replace: "...(await within(files.slice(middle + 1)))",
    tests: erase,
    testName: "plain counting",
  },
  {
    name: "erasure-begun-anew-each-time",
    file: `${folder}/erasure-records.ts`,
    find: "if (begun !== undefined) return begun.id;",
    replace: "",
    tests: erase,
    testName: "killed anywhere",
  },
  {
    name: "compacted-under-others",
    file: "src/featurestore/online/lmdb/compact-lmdb.ts",
    find: "if (others.length === 0) return;",
    replace: "if (others.length >= 0) return;",
    tests: erase,
    testName: "another process has open",
  },
  {
    name: "served-rows-of-one-role-alone",
    file: "src/featurestore/served/served-key.ts",
    find: "return [...ways.values()].flatMap(",
    replace: "return [...ways.values()].slice(0, 1).flatMap(",
    tests: served,
    testName: "loses the rows",
  },
  {
    name: "journals-of-others-overlooked",
    file: "src/featurestore/served/served-erasure.ts",
    find: "if (stemOf(name, endings.journal) !== undefined) rows +=",
    replace: "if (stemOf(name, endings.lock) === name) rows +=",
    tests: served,
    testName: "that lives",
  },
  {
    name: "hashed-key-is-not-found",
    file: "src/featurestore/served/served-key.ts",
    find: 'createHmac("sha256", pii.hashKey).update(value).digest("hex")',
    replace: "value",
    tests: served,
    testName: "hashed",
  },
];

export default mutants;
