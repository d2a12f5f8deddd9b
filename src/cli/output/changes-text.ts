import type { Change } from "../../featurestore/index.ts";
import { counted } from "./format.ts";
import type { Style } from "./style.ts";

const signs: Readonly<Record<Change["change"], string>> = {
  added: "+",
  changed: "~",
  extended: "*",
  described: "·",
  removed: "-",
  unchanged: " ",
};

const words: Readonly<Record<Change["change"], string>> = {
  added: "new",
  changed: "its meaning changes",
  extended: "new features; those it had mean the same",
  described: "only its description, owner, promises or paths change",
  removed: "no longer defined",
  unchanged: "unchanged",
};

/** The changes that a plan has, without what stays. */
export function effective(changes: readonly Change[]): readonly Change[] {
  return changes.filter(({ change }) => change !== "unchanged");
}

/** One line a change, and a summary: `+ group restaurant:kitchen`. */
export function changesText(changes: readonly Change[], style: Style, verbs: { readonly nothing: string }): string {
  const shown = effective(changes);
  const same = changes.length - shown.length;
  if (shown.length === 0) return `${verbs.nothing} (${counted(same, "definition")}, all unchanged)`;
  const paint = {
    added: style.green,
    changed: style.yellow,
    extended: style.green,
    described: style.dim,
    removed: style.red,
    unchanged: style.dim,
  };
  const widest = Math.max(...shown.map(({ kind }) => kind.length));
  const longest = Math.max(...shown.map(({ name }) => name.length));
  const lines = shown.map(
    ({ kind, name, change }) =>
      `${paint[change](signs[change])} ${kind.padEnd(widest)}  ${name.padEnd(longest)}  ${style.dim(words[change])}`,
  );
  const counts = (["added", "changed", "extended", "described", "removed"] as const).flatMap((change) => {
    const n = shown.filter((one) => one.change === change).length;
    return n === 0 ? [] : [`${String(n)} ${change}`];
  });
  return `${lines.join("\n")}\n\n${[...counts, `${String(same)} unchanged`].join(", ")}`;
}
