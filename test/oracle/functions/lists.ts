import { intAt, listAt, type NaiveFunction, numberOption, numbersAt } from "./naive-function.ts";

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (const [i, x] of a.entries()) sum += x * (b[i] ?? 0);
  return sum;
}

function norm(a: readonly number[]): number {
  return Math.sqrt(dot(a, a));
}

/** Functions of lists and embeddings. */
export const listFunctions: Readonly<Record<string, NaiveFunction>> = {
  item: (args) => {
    const list = listAt(args, 0);
    const index = intAt(args, 1);
    return list[Number(index < 0n ? BigInt(list.length) + index : index)] ?? null;
  },
  dot: (args) => dot(numbersAt(args, 0), numbersAt(args, 1)),
  cosine: (args) => {
    const [a, b] = [numbersAt(args, 0), numbersAt(args, 1)];
    return dot(a, b) / (norm(a) * norm(b));
  },
  norm: (args) => norm(numbersAt(args, 0)),
  l2: (args) => norm(numbersAt(args, 0).map((x, i) => x - (numbersAt(args, 1)[i] ?? 0))),
  slice: (args, call) => numbersAt(args, 0).slice(numberOption(call, "from"), numberOption(call, "to")),
  element: (args, call) => numbersAt(args, 0)[numberOption(call, "index")] ?? null,
};
