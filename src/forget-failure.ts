/** Waits for what is kept to be waited for again, and calls `forget` where it fails: the next one shall try anew. */
export async function forgetFailure<T>(promise: Promise<T>, forget: () => void): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    forget();
    throw error;
  }
}
