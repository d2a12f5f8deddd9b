import type { policies, types } from "cassandra-driver";
import type { CassandraDriver } from "./cassandra-module.ts";

type Retry = policies.retry.RetryPolicy;
type Operation = policies.retry.OperationInfo;
type Decision = policies.retry.DecisionInfo;

/** Sends a request again so often at the most. The driver asks it only of what may be sent twice, or was never begun. */
export function boundedRetry(driver: CassandraDriver, retries: number): Retry {
  class BoundedRetry extends driver.policies.retry.RetryPolicy {
    override onReadTimeout(operation: Operation, consistency: types.consistencies): Decision {
      return this.#again(operation, consistency, true);
    }

    override onWriteTimeout(operation: Operation, consistency: types.consistencies): Decision {
      return this.#again(operation, consistency, true);
    }

    override onUnavailable(operation: Operation, consistency: types.consistencies): Decision {
      return this.#again(operation, consistency, false);
    }

    override onRequestError(operation: Operation, consistency: types.consistencies): Decision {
      return this.#again(operation, consistency, false);
    }

    #again({ nbRetry }: Operation, consistency: types.consistencies, sameNode: boolean): Decision {
      return nbRetry < retries ? this.retryResult(consistency, sameNode) : this.rethrowResult();
    }
  }
  return new BoundedRetry();
}
