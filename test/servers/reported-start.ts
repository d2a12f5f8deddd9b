/** What the start of a shared server comes to. */
export type StartReport<Address> = { readonly address: Address } | { readonly error: string };

/**
 * Where a shared server is. Waits until it answers: it is started as the run begins, which does not wait for it.
 *
 * @param url - where its start is told
 * @throws Error with what kept it from starting
 */
export async function reportedStart<Address>(url: string): Promise<Address> {
  const answer = await fetch(url);
  const report = (await answer.json()) as StartReport<Address>;
  if ("error" in report) throw new Error(report.error);
  return report.address;
}
