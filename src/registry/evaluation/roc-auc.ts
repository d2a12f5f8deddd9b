/**
 * The area under the ROC curve: the chance that a row of class 1 scores above one of class 0, ties counting half.
 * Labels are 0 and 1, already checked. `null` where one class is absent or weighs nothing. The order of rows changes
 * no bit.
 */
export function rocAuc(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number | null {
  return weights === undefined ? byCounting(labels, scores) : byWeight(labels, scores, weights);
}

/** Both classes sorted by score, then merged: twice the number of pairs in the right order is an exact integer. */
function byCounting(labels: ArrayLike<number>, scores: ArrayLike<number>): number | null {
  const rows = labels.length;
  // Class 1 fills it from the front, class 0 from the back.
  const both = new Float64Array(rows);
  let p = 0;
  let n = 0;
  for (let i = 0; i < rows; i++) both[labels[i] === 1 ? p++ : rows - ++n] = scores[i] ?? 0;
  if (p === 0 || n === 0) return null;
  const positive = both.subarray(0, p).sort();
  const negative = both.subarray(p).sort();
  let twice = 0;
  let below = 0;
  let upTo = 0;
  for (const score of positive) {
    while (below < n && (negative[below] ?? 0) < score) below++;
    if (upTo < below) upTo = below;
    while (upTo < n && (negative[upTo] ?? 0) === score) upTo++;
    twice += below + upTo;
  }
  return twice / 2 / p / n;
}

/** Rows in an order that their values alone decide, then one pass over groups of equal scores. */
function byWeight(labels: ArrayLike<number>, scores: ArrayLike<number>, weights: ArrayLike<number>): number | null {
  const order = new Uint32Array(labels.length).map((_, i) => i);
  const of = (column: ArrayLike<number>, i: number): number => column[i] ?? 0;
  order.sort(
    (i, j) => of(scores, i) - of(scores, j) || of(labels, i) - of(labels, j) || of(weights, i) - of(weights, j),
  );
  const negatives = new Compensated();
  const positives = new Compensated();
  const area = new Compensated();
  for (let start = 0; start < order.length;) {
    const score = of(scores, order[start] ?? 0);
    const below = negatives.value();
    const group = new Compensated();
    let end = start;
    for (; end < order.length; end++) {
      const row = order[end] ?? 0;
      if (of(scores, row) !== score) break;
      const weight = of(weights, row);
      if (of(labels, row) === 1) group.add(weight);
      else negatives.add(weight);
    }
    const weight = group.value();
    positives.add(weight);
    area.add(weight * (below + (negatives.value() - below) / 2));
    start = end;
  }
  const positive = positives.value();
  const negative = negatives.value();
  return positive > 0 && negative > 0 ? area.value() / positive / negative : null;
}

/** Neumaier's sum: what each addition rounds away is added up beside it. */
class Compensated {
  #sum = 0;
  #lost = 0;

  add(x: number): void {
    const sum = this.#sum + x;
    this.#lost += Math.abs(this.#sum) >= Math.abs(x) ? this.#sum - sum + x : x - sum + this.#sum;
    this.#sum = sum;
  }

  value(): number {
    return this.#sum + this.#lost;
  }
}
