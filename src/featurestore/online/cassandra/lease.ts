import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { pid } from "node:process";
import type { Claim } from "./control-table.ts";

/** A name for who loads, that nobody else has. */
export function newHolder(): string {
  return `process ${String(pid)} on ${hostname()} (${randomUUID().slice(0, 8)})`;
}

/** A claim that is renewed until it is ended. */
export class Lease {
  readonly claim: Claim;
  readonly #leaseMs: number;
  readonly #renew: () => Promise<boolean>;
  readonly #timer: NodeJS.Timeout;
  #confirmed: number;
  #isTaken = false;

  /**
   * @param since when it was asked for, by `performance.now`
   * @param renew `false` where somebody else has the group
   */
  constructor(claim: Claim, leaseMs: number, since: number, renew: () => Promise<boolean>) {
    this.claim = claim;
    this.#leaseMs = leaseMs;
    this.#confirmed = since;
    this.#renew = renew;
    this.#timer = setInterval(() => void this.#tick(), leaseMs / 3).unref();
  }

  /** Whether somebody else may load the group by now. */
  get isLost(): boolean {
    return this.#isTaken || performance.now() - this.#confirmed > this.#leaseMs;
  }

  /** Ends the renewing. */
  end(): void {
    clearInterval(this.#timer);
  }

  async #tick(): Promise<void> {
    const asked = performance.now();
    try {
      if (await this.#renew()) this.#confirmed = asked;
      else this.#isTaken = true;
    } catch {
      // It counts as held until its time is over; the next one may be answered.
    }
  }
}
