/** In the place of `../asset.ts`: files of the page that lie packed in the single file. */

/** Unpacks "type;base64", as `packing.ts` made it. */
export async function asset(packed: string): Promise<Response> {
  const [type = "", coded = ""] = packed.split(";");
  const bytes = Uint8Array.from(atob(coded), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream, { headers: { "Content-Type": type } });
}
