import { isWord } from "../syntax/index.ts";
import type { Named, NamedKind } from "./named.ts";

/** What could stand at a place. */
export interface Candidate {
  readonly label: string;
  readonly kind: NamedKind | "keyword";
  /** Absent: the label, in backticks where it must be. */
  readonly insert?: string;
  readonly type?: string;
  readonly doc?: string;
  readonly rank: number;
  /** Where what it takes the place of begins; absent: with the word being written. */
  readonly from?: number;
}

/** A name with what is known of it. */
export function candidateOf(named: Named, rank: number): Candidate {
  return labelled(named, named.name, rank);
}

/** The same under a label of its own. */
export function labelled({ kind, type, doc }: Named, label: string, rank: number): Candidate {
  return { label, kind, ...(type === undefined ? {} : { type }), ...(doc === undefined ? {} : { doc }), rank };
}

/** A name as it is written, the version behind it included. */
export function quoted(name: string): string {
  const [, bare = name, version = ""] = /^(.*?)(@\d+)?$/s.exec(name) ?? [];
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(bare) && (!isWord(bare) || contextual.has(bare))
    ? name
    : `\`${bare}\`${version}`;
}

/** Words of the language that are names wherever a name is read. */
const contextual: ReadonlySet<string> = new Set([
  "id",
  "key",
  "first",
  "last",
  "label",
  "input",
  "description",
  "owner",
]);
