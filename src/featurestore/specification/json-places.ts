import { type Path, pathText } from "./path.ts";
import { maxPath } from "./shape.ts";

/** Where the members of a JSON text stand. */
export interface JsonPlaces {
  /** Offsets by path as a text: of a member its name's, of an element its value's. */
  readonly offsets: ReadonlyMap<string, number>;
  /** The paths of members whose name stands twice in their object: JSON itself would keep the last one without a word. */
  readonly twice: readonly Path[];
}

/** Finds the places in a text that is JSON, as `JSON.parse` has said before; what is nested too deep to be read has none. */
export function jsonPlaces(json: string): JsonPlaces {
  const offsets = new Map<string, number>([["$", 0]]);
  const twice: Path[] = [];
  /** The objects and lists that are open, with the member or the place in the list that is read now. */
  const open: { readonly path: Path; readonly isList: boolean; readonly names: Set<string>; step: string | number }[] =
    [];
  let isName = false;
  const startValue = (offset: number): void => {
    const around = open.at(-1);
    if (around?.isList === true && open.length <= maxPath) offsets.set(pathText([...around.path, around.step]), offset);
  };
  for (const { 0: token, index } of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs)) {
    const around = open.at(-1);
    if (token === "{" || token === "[") {
      startValue(index);
      const path = around === undefined ? [] : open.length > maxPath ? around.path : [...around.path, around.step];
      open.push({ path, isList: token === "[", names: new Set(), step: token === "[" ? 0 : "" });
      isName = token === "{";
    } else if (token === "}" || token === "]") {
      open.pop();
      isName = false;
    } else if (token === ",") {
      if (typeof around?.step === "number") around.step++;
      isName = around?.isList === false;
    } else if (token === ":") {
      isName = false;
    } else if (isName && around !== undefined) {
      const name = JSON.parse(token) as string;
      around.step = name;
      if (open.length > maxPath) continue;
      const path = [...around.path, name];
      if (around.names.has(name)) twice.push(path);
      around.names.add(name);
      offsets.set(pathText(path), index);
    } else {
      startValue(index);
    }
  }
  return { offsets, twice };
}

/** `line:column` of an offset, both from 1. */
export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return `${String(line)}:${String(offset - before.lastIndexOf("\n"))}`;
}
