/**
 * Runs inside a page: every visible text against the ground behind it, by the contrast of WCAG 2.2
 * (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). Gives how many texts were looked at and those
 * below the ratio of 4.5.
 */
export const contrastFaults = () => {
  const least = 4.5;
  /**
   * Red, green, blue from 0 to 255 and the share of opacity.
   *
   * @param {string} color
   */
  const read = (color) => {
    const found = color.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0];
    return found.length > 3 ? found : [...found, 1];
  };
  /** @param {readonly number[]} color */
  const luminance = (color) => {
    const [red = 0, green = 0, blue = 0] = color.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  /** @param {Element | null} element */
  const groundOf = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = read(getComputedStyle(at).backgroundColor);
      if ((color[3] ?? 0) > 0) return color;
    }
    return [255, 255, 255, 1];
  };
  const texts = [...document.body.querySelectorAll('*')].flatMap((element) => {
    const own = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.textContent?.trim() ?? '')
      .join(' ')
      .trim();
    const isCode = /^(SCRIPT|STYLE|NOSCRIPT)$/.test(element.tagName);
    return own === '' || isCode || element.getClientRects().length === 0 ? [] : [{ element, own }];
  });
  const faults = texts.flatMap(({ element, own }) => {
    const ink = luminance(read(getComputedStyle(element).color));
    const ground = luminance(groundOf(element));
    const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    return ratio < least ? [`${ratio.toFixed(2)} <${element.tagName}> ${own.slice(0, 40)}`] : [];
  });
  return { checked: texts.length, faults };
};
