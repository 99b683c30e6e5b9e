/**
 * What the fragment of a link carries, packed and unpacked by the browser: 'a', then base64url of a
 * zlib stream. What the text in it means, and what is wrong with it, is the simulator's to say.
 */

/** A text longer than this is not read to its end; the simulator refuses it. */
const MAX_CHARS = 1_048_576;
const BASE64URL = /^[\w-]*$/;

/** The fragment that carries a text. */
export async function pack(body: string): Promise<string> {
  const deflated = new Blob([body]).stream().pipeThrough(new CompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `a${btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** The text that a fragment carries; empty if it was cut or changed, or never was one. */
export async function unpack(fragment: string): Promise<string> {
  const coded = fragment.slice(1);
  if (!BASE64URL.test(coded)) return "";
  try {
    const binary = atob(coded.replaceAll("-", "+").replaceAll("_", "/"));
    return await inflate(Uint8Array.from(binary, (byte) => byte.charCodeAt(0)));
  } catch {
    return "";
  }
}

async function inflate(deflated: BlobPart): Promise<string> {
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  while (text.length <= MAX_CHARS) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}
