/**
 * The files that belong to the page. Nothing else of the page fetches: in the single file there is
 * nothing to fetch, and `single/asset.ts` unpacks them.
 */

/** Rejects when the file cannot be had. */
export async function asset(address: string): Promise<Response> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer;
}
