import { TondoError } from "../../../core/index.ts";
import { controlError } from "./cassandra-error.ts";
import { driverFailure } from "./driver-failure.ts";
import type { Session, Statement } from "./session.ts";
import { settleDecision } from "./settle-decision.ts";

/**
 * Decides conditional statements of one partition, and finds out what became of them: `false` where a condition does not hold.
 *
 * @throws TondoError where it is not known either; `details.isUnknown` says so
 */
export async function settleChange(
  session: Session,
  doing: string,
  statements: readonly Statement[],
  isTaken: () => Promise<boolean>,
): Promise<boolean> {
  const { where } = session.settled;
  try {
    return await settleDecision(() => session.decide(statements), isTaken);
  } catch (error) {
    if (error instanceof TondoError || !driverFailure(error).isUnknown) throw controlError(error, doing, where);
    const failure = controlError(error, doing, where);
    throw new TondoError(failure.code, `${failure.message}; it is not known whether it was done`, {
      where,
      hint: "Look at what is current once the nodes answer, and do it again where it was not done.",
      details: { ...failure.details, isUnknown: true },
      cause: error,
    });
  }
}
