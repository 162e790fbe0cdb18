const SVG = 'http://www.w3.org/2000/svg';
const GAP = 0.2; // between two bars, as a part of a bar's place

/**
 * Bars, side by side, as wide as the page; the longest is as high as the chart. Colours are style.css's. For those who see
 * it: whoever uses it puts the same into words.
 * @param {{name: string, value: number}[]} bars
 * @returns {SVGElement}
 */
export function chart(bars) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const drawing = element('svg', { class: 'chart', viewBox: `0 0 ${bars.length} 1`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  bars.forEach(({ name, value }, place) => {
    const height = value / most;
    const bar = element('rect', { x: place + GAP / 2, y: 1 - height, width: 1 - GAP, height });
    const tip = element('title', {});
    tip.textContent = `${name}: ${value}`;
    bar.append(tip);
    drawing.append(bar);
  });
  return drawing;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @returns {SVGElement}
 */
function element(name, attributes) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
