/**
 * uPlot makes a number format for the browser's language as soon as it is loaded, and that throws where
 * the language is no language tag, as with WebKitGTK under the locale C. The page itself writes numbers
 * in one way everywhere, so any tag will do. To be imported before uPlot.
 */

function isTag(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length > 0;
  } catch {
    return false;
  }
}

if (!isTag(navigator.language))
  Object.defineProperty(navigator, "language", { value: "en-US", configurable: true });
