/** Several documents as one page, in which their links to each other still lead somewhere. */

export interface Document {
  readonly name: string;
  readonly html: string;
}

/** The first document's head, and the bodies of all of them; names of headings begin with that of their document. */
export function onePage(documents: readonly Document[]): string {
  const head = documents[0]?.html.split("<main>")[0]?.replace(/<title>[^<]*/, "<title>Hintfault");
  const names = documents.map(({ name }) => name);
  const bodies = documents.map((document) => body(document, names));
  return `${head ?? ""}<main>\n${bodies.join("\n<hr>\n")}\n</main>\n</html>\n`;
}

function body({ name, html }: Document, names: readonly string[]): string {
  const main = /<main>([\s\S]*)<\/main>/.exec(html)?.[1] ?? "";
  const inside = main
    .replace(/ id="([^"]*)"/g, ` id="${name}.$1"`)
    .replace(
      / href="([^"]*)"/g,
      (_, address: string) => ` href="${relinked(address, name, names)}"`,
    );
  return `<article id="${name}">${inside}</article>`;
}

function relinked(address: string, name: string, names: readonly string[]): string {
  const [file = "", anchor] = address.split("#");
  const target = file === "" ? name : file.replace(/\.html$/, "");
  if (!names.includes(target)) return address;
  return anchor === undefined ? `#${target}` : `#${target}.${anchor}`;
}
