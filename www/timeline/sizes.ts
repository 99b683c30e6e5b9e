/** Sizes of elements, measured when they change: asking in every frame makes the browser lay out the page. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export class Sizes {
  private readonly known = new WeakMap<Element, Size>();
  private readonly observer: ResizeObserver;

  constructor(onChange: () => void) {
    this.observer = new ResizeObserver((entries) => {
      for (const { target } of entries) this.known.set(target, measure(target));
      onChange();
    });
  }

  /** The size of an element, which is watched from now on. */
  of(element: Element): Size {
    const known = this.known.get(element);
    if (known !== undefined) return known;
    const size = measure(element);
    this.known.set(element, size);
    this.observer.observe(element);
    return size;
  }
}

function measure({ clientWidth, clientHeight }: Element): Size {
  return { width: clientWidth, height: clientHeight };
}
