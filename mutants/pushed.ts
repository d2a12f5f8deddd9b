import type { Mutant } from "../scripts/mutants/mutant.ts";

const push = ["test/featurestore/pushed/push.test.ts"];
const store = ["test/featurestore/online/lmdb/lmdb-store.test.ts"];
const opened = ["test/featurestore/pushed/opened.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "pushed-rows-of-former-definitions-kept",
    file: "src/featurestore/materialize/materialize.ts",
    find: "({ k }) => !isRead || k <= held",
    replace: "({ k }) => isRead && k <= held",
    tests: push,
  },
  {
    name: "pushed-rows-of-the-load-before-dropped",
    file: "src/featurestore/materialize/materialize.ts",
    find: "one === overlay || one === before?.overlay",
    replace: "one === overlay",
    tests: push,
  },
  {
    name: "pushed-rows-of-former-definitions-not-erased",
    file: "src/featurestore/pushed/pushed-erasure.ts",
    find: "(await store?.pushed?.overlays(group)) ?? []",
    replace: "(await store?.pushed?.overlays(group))?.filter((name) => name.length === 16) ?? []",
    tests: push,
  },
  {
    name: "earlier-listing-of-pushed-rows-kept",
    file: "src/featurestore/pushed/pushed-places.ts",
    find: "const source = withoutPushed(given);",
    replace: "const source = given;\n    if (filesAtRest(given).some((one) => one.pushed !== undefined)) return given;",
    tests: push,
  },
  {
    name: "pushed-row-counted-by-its-load-too",
    file: "src/featurestore/online/group-reader.ts",
    find: "this.#pushed.values(decodePushed(record), asOf, at)",
    replace: "this.#pushed.values(decodePushed(record), -Infinity, at)",
    tests: push,
  },
  {
    name: "pushed-row-before-its-moment",
    file: "src/featurestore/online/pushed-values.ts",
    find: "k > after && k <= at",
    replace: "k > after",
    tests: push,
  },
  {
    name: "pushed-event-before-it-happened",
    file: "src/featurestore/online/window-reader.ts",
    find: "t < since || t >= until || counts",
    replace: "t < since || counts",
    tests: push,
  },
  {
    name: "pushed-state-of-one-time-never-stands",
    file: "src/featurestore/online/row-reader.ts",
    find: "t > found.t || (t === found.t && k > appliedAs(found.k))",
    replace: "t > found.t",
    tests: push,
  },
  {
    name: "pushed-row-at-the-clock",
    file: "src/featurestore/online/lmdb/lmdb-pushed.ts",
    find: "Math.max(clock() + this.lead, this.#last() + 1)",
    replace: "Math.max(clock(), this.#last() + 1)",
    tests: store,
  },
  {
    name: "pushed-where-one-group-does-not-admit-it",
    file: "src/featurestore/online/lmdb/lmdb-pushed.ts",
    find: "      admit(pointer, first, held.filter(({ k }) => k > since).length + rows.length);\n",
    replace: "",
    tests: store,
  },
  {
    name: "readers-beside-know-of-no-overlay",
    file: "src/featurestore/online/lmdb/lmdb-pushed.ts",
    find: "          switched();\n",
    replace: "",
    tests: push,
  },
  {
    name: "pushed-behind-a-load-and-before-its-moment",
    file: "src/featurestore/online/lmdb/lmdb-pushed.ts",
    find: "if (this.#last() < moment) this.#setLast(moment);",
    replace: "",
    tests: store,
  },
  {
    name: "pushed-rows-gone-for-a-rollback",
    file: "src/featurestore/materialize/materialize.ts",
    find: "Math.min(pointer.asOf, before?.asOf ?? -Infinity)",
    replace: "pointer.asOf",
    tests: push,
  },
  {
    name: "load-behind-what-is-kept-beside",
    file: "src/featurestore/materialize/materialize.ts",
    find: "  for (const [i, { name, files }] of plans.entries()) refusePast(name, files, pointers[i], asOf);\n",
    replace: "",
    tests: push,
  },
  {
    name: "deletions-forgotten-by-loads",
    file: "src/featurestore/materialize/row-sql.ts",
    find: "from (${best}) order",
    replace: 'from (${best})${relation.hasDeletions ? " where not (best.gone and later is null)" : ""} order',
    tests: push,
  },
  {
    name: "pushed-rows-known-by-the-load",
    file: "src/featurestore/offline/sources/source-relation.ts",
    find: '`${since ?? appliedSql(applied, k, "since")} as k`',
    replace: '`${appliedSql(applied, k, since === undefined ? "since" : "0::bigint")} as k`',
    tests: opened,
  },
  {
    name: "pushed-rows-of-an-erased-key-left-in-files",
    file: "src/featurestore/pushed/pushed-erasure.ts",
    find: "      found += await inParts(source, options, how);\n",
    replace: "",
    tests: opened,
  },
  {
    name: "rows-of-keys-erased-meanwhile-left",
    file: "src/featurestore/pushed/push-rows.ts",
    find: "if (gone.size > 0) await dropMoments",
    replace: "if (gone.size > 1e9) await dropMoments",
    tests: push,
  },
];

export default mutants;
