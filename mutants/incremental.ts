import type { Mutant } from "../scripts/mutants/mutant.ts";

const histories = ["test/featurestore/materialize/incremental.test.ts"];
const choices = ["test/featurestore/materialize/how-loaded.test.ts"];
const keys = ["test/featurestore/materialize/key-set.test.ts"];
const store = ["test/featurestore/online/lmdb/lmdb-store.test.ts"];
const changed = "src/featurestore/materialize/changed-keys.ts";
const choose = "src/featurestore/materialize/choose-load.ts";
const copy = "src/featurestore/materialize/copy-unchanged.ts";
const former = "src/featurestore/materialize/former-inputs.ts";

const mutants: readonly Mutant[] = [
  {
    name: "copied-though-a-row-came-into-view",
    file: changed,
    find: "(k > ${String(known)} or (t",
    replace: "(k >= ${String(asOf)} and k > ${String(known)} or (t",
    tests: histories,
  },
  {
    name: "copied-though-the-time-of-a-row-came",
    file: changed,
    find: "or (t >= ${String(before)} and t <= ${String(asOf)})",
    replace: "",
    tests: choices,
  },
  {
    name: "copied-though-the-moment-stays-and-a-file-came",
    file: changed,
    find: "Math.min(before, asOf - 1)",
    replace: "before",
    tests: choices,
  },
  {
    name: "rows-of-one-load-found-for-another-moment",
    file: changed,
    find: "key: group.key, ...change }",
    replace: "key: group.key }",
    tests: choices,
  },
  {
    name: "changed-file-taken-as-new",
    file: choose,
    find: '  if (formerInputs(inputs, current, before, folder) !== current.inputs) return "files";\n',
    replace: "",
    tests: choices,
  },
  {
    name: "erased-key-copied",
    file: copy,
    find: "return seen === from.counts.keys ? counts : undefined;",
    replace: "return seen >= 0 ? counts : undefined;",
    tests: choices,
  },
  {
    name: "erasures-of-the-load-before-taken-for-those-of-now",
    file: choose,
    find: '  if (erased?.digest !== current.erased) return "erasures";\n',
    replace: "",
    tests: choices,
  },
  {
    name: "tiles-that-no-window-needs-copied",
    file: "src/featurestore/online/codec/window-trim.ts",
    find: "const least = oldest[h] ?? -Infinity;",
    replace: "const least = Math.min(oldest[h] ?? 0, -Infinity);",
    tests: choices,
  },
  {
    name: "other-definitions-copied",
    file: choose,
    find: 'if (!isSame || before === undefined || !isLogOf(before, source)) return "definitions";',
    replace: 'if (before === undefined) return "definitions";',
    tests: choices,
  },
  {
    name: "tile-of-the-oldest-moment-trimmed",
    file: "src/featurestore/online/codec/window-trim.ts",
    find: "(bundle.words.f64[starts + first] ?? 0) < least",
    replace: "(bundle.words.f64[starts + first] ?? 0) <= least",
    tests: ["test/featurestore/online/codec/window-trim.test.ts"],
  },
  {
    name: "copied-beside-a-log-that-begins-anew",
    file: choose,
    find: "if (asOf < current.asOf || log?.loads.length !== before.loads.length + 1)",
    replace: "if (asOf < current.asOf)",
    tests: choices,
  },
  {
    name: "pushed-rows-of-the-load-before-forgotten",
    file: former,
    find: "const until = current.pushedUntil ?? -Infinity;",
    replace: "const until = -Infinity;",
    tests: ["test/featurestore/materialize/former-inputs.test.ts"],
  },
  {
    name: "record-of-when-rows-were-applied-copied",
    file: copy,
    find: "        if (key.length === appliedKey.length && key[0] === appliedKey[0]) return undefined;\n",
    replace: "",
    tests: choices,
  },
  {
    name: "keys-with-something-new-copied-too",
    file: copy,
    find: "        if (changed.has(key)) return undefined;\n",
    replace: "",
    tests: choices,
  },
  {
    name: "keys-told-by-their-hash-alone",
    file: "src/featurestore/materialize/key-set.ts",
    find: " && this.#keys.has(text(key));",
    replace: ";",
    tests: keys,
  },
  {
    name: "copy-that-begins-each-batch-with-the-last-key",
    file: "src/featurestore/online/lmdb/copy-slot.ts",
    find: "{ start: behind, exclusiveStart: true }",
    replace: "{ start: behind }",
    tests: store,
  },
  {
    name: "copy-that-ends-with-its-first-batch",
    file: "src/featurestore/online/lmdb/copy-slot.ts",
    find: "if (bytes >= batchBytes) return key;",
    replace: "if (bytes >= batchBytes) return undefined;",
    tests: store,
  },
  {
    name: "sets-of-values-stored-in-no-order",
    file: "src/dsl/functions/aggregates/tally.ts",
    find: "[e::varchar for e in list_sort(${v})]",
    replace: "[e::varchar for e in ${v}]",
    tests: ["test/featurestore/materialize/stored-states.test.ts"],
  },
];

export default mutants;
