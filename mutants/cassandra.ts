import type { Mutant } from "../scripts/mutants/mutant.ts";

const folder = "src/featurestore/online/cassandra";
const store = ["test/featurestore/online/cassandra/cassandra-store.cassandra.test.ts"];
const faults = ["test/featurestore/online/cassandra/cassandra-faults.cassandra.test.ts"];
const failures = ["test/featurestore/online/cassandra/cassandra-error.test.ts"];
const decisions = ["test/featurestore/online/cassandra/settle-decision.test.ts"];
const pointers = ["test/featurestore/online/cassandra/pointer-cache.test.ts"];
const refreshes = ["test/featurestore/online/cassandra/guarded-refresh.cassandra.test.ts"];
const slow = ["test/featurestore/online/cassandra/cassandra-slow.cassandra.test.ts"];
const gates = ["test/featurestore/online/cassandra/request-gate.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "claim-held-on-to-where-it-could-not-be-given-back",
    file: `${folder}/cassandra-store.ts`,
    find: "if (this.#leases.get(group)?.claim.generation === generation) this.#endLease(group);\n      throw",
    replace: "throw",
    tests: slow,
  },
  {
    name: "control-connection-made-anew-unguarded",
    file: `${folder}/session.ts`,
    find: "      guardRefresh(client, settled.limits.reconnectMs);\n",
    replace: "",
    tests: refreshes,
  },
  {
    name: "read-of-what-was-removed-not-repeated",
    file: "src/featurestore/online/lookup-reader.ts",
    find: "if (!isGone(error)) throw error;",
    replace: "throw error;",
    tests: ["test/featurestore/online/lookup-reader.test.ts"],
  },
  {
    name: "decision-in-doubt-taken-for-refused",
    file: `${folder}/settle-decision.ts`,
    find: "(isOpen && (await isTaken()))",
    replace: "false",
    tests: decisions,
  },
  {
    name: "decision-in-doubt-taken-for-made",
    file: `${folder}/settle-decision.ts`,
    find: "const taken = await isTaken().catch(() => false);",
    replace: "const taken = true;",
    tests: decisions,
  },
  {
    name: "somebody-elses-decision-taken-for-own",
    file: `${folder}/settle-decision.ts`,
    find: "(isOpen && (await isTaken()))",
    replace: "(await isTaken())",
    tests: decisions,
  },
  {
    name: "lost-answer-of-a-write-taken-for-a-refusal",
    file: `${folder}/driver-failure.ts`,
    find: 'return { reason: "timeout", message, isUnknown: true };',
    replace: 'return { reason: "timeout", message, isUnknown: false };',
    tests: failures,
  },
  {
    name: "pointers-count-from-their-answer",
    file: `${folder}/pointer-cache.ts`,
    find: "const snapshot = { pointers, overlays, readAt };",
    replace: "const snapshot = { pointers, overlays, readAt: this.#now() };",
    tests: pointers,
  },
  {
    name: "pointers-read-before-a-switch-served-after",
    file: `${folder}/pointer-cache.ts`,
    find: "if (epoch === this.#epoch && covers(snapshot, groups)) return snapshot;",
    replace: "if (covers(snapshot, groups)) return snapshot;",
    tests: pointers,
  },
  {
    name: "waits-for-its-turn-for-ever",
    file: `${folder}/request-gate.ts`,
    find: "<= this.#limits.waitMs",
    replace: "<= Infinity",
    tests: gates,
  },
  {
    name: "gate-leaks-a-place",
    file: `${folder}/request-gate.ts`,
    find: "this.#underWay--;",
    replace: "",
    tests: gates,
  },
  {
    name: "second-load-not-told-who-loads",
    file: `${folder}/cassandra-store.ts`,
    find: "if (state.holder !== null) throw busy(group, state);",
    replace: "",
    tests: store,
    testName: "lets one load a group",
  },
  {
    name: "switch-of-a-load-that-lost-its-lease",
    file: `${folder}/control-table.ts`,
    find: "const holder = holderOf(one);",
    replace: "const holder = expected === null ? holderOf(one) : undefined;",
    tests: store,
    testName: "does not hold any more",
  },
  {
    name: "switch-to-what-was-dropped",
    file: `${folder}/control-table.ts`,
    find: "\"IF state IN ('loading', 'ready')\"",
    replace: "\"IF state IN ('loading', 'ready', 'dropped')\"",
    tests: store,
    testName: "keeps the records of what was dropped",
  },
  {
    name: "removed-while-it-may-be-read",
    file: `${folder}/control-table.ts`,
    find: 'if (entryState === "ready") {',
    replace: 'if (entryState === "loading") {',
    tests: store,
    testName: "also where it is dropped meanwhile|keeps the records of what was dropped",
  },
  {
    name: "removed-record-never-was",
    file: `${folder}/partition-reads.ts`,
    find: "if (performance.now() > until) {",
    replace: "if (until < 0) {",
    tests: store,
    testName: "later than what was asked for",
  },
  {
    name: "removed-record-never-was-of-one-key",
    file: `${folder}/partition-reads.ts`,
    find: "if (performance.now() > until) return",
    replace: "if (until < 0) return",
    tests: store,
    testName: "later than what was asked for",
  },
  {
    name: "further-parts-of-a-record-left-out",
    file: `${folder}/partition-reads.ts`,
    find: "if (to - from === 1 && record) return record;",
    replace: "if (record) return record;",
    tests: store,
    testName: "parts that it does not know",
  },
  {
    name: "record-of-another-key",
    file: `${folder}/partition-reads.ts`,
    find: "visitAll(from + i, record);",
    replace: "visitAll(i, record);",
    tests: store,
    testName: "each of many keys",
  },
  {
    name: "second-place-of-a-key-forgotten",
    file: `${folder}/keys-once.ts`,
    find: 'if (typeof place === "number") places[known] = [place, i];',
    replace: 'if (typeof place === "number") places[known] = i;',
    tests: store,
    testName: "each of many keys",
  },
  {
    name: "load-goes-on-after-a-failed-write",
    file: `${folder}/record-writes.ts`,
    find: "failure ??= { error };",
    replace: "void error;",
    tests: faults,
    testName: "stands still",
    timeoutSeconds: 240,
  },
  {
    name: "any-certificate-taken",
    file: `${folder}/client-options.ts`,
    find: "rejectUnauthorized: true,",
    replace: "rejectUnauthorized: false,",
    tests: faults,
    testName: "lets in by password",
    timeoutSeconds: 240,
  },
];

export default mutants;
