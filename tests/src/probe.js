// Loaded before the page's own scripts: keeps what went wrong where a test can read it, in every
// browser alike.
(() => {
  const faults = [];
  window.hintfaultFaults = faults;
  const show = (value) => (value instanceof Error ? `${value}\n${value.stack}` : String(value));
  const original = console.error;
  console.error = (...words) => {
    faults.push(`console.error: ${words.map(show).join(" ")}`);
    original.apply(console, words);
  };
  addEventListener(
    "error",
    (event) => {
      const file = event.target?.src ?? event.target?.href;
      faults.push(file ? `cannot load ${file}` : `error: ${event.message} ${show(event.error)}`);
    },
    true,
  );
  addEventListener("unhandledrejection", (event) => {
    faults.push(`unhandled rejection: ${show(event.reason)}`);
  });
  addEventListener("securitypolicyviolation", (event) => {
    faults.push(`policy: ${event.effectiveDirective} ${event.blockedURI}`);
  });
})();
