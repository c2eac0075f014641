"""How well words can be told from what they stand on, as the Web Content Accessibility Guidelines 2.2 reckon it."""

from __future__ import annotations

from playwright.sync_api import Page

LEAST = 4.5  # for text of ordinary size (1.4.3)

MEASURE = """(least) => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
  const brush = canvas.getContext("2d", {willReadFrequently: true});
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) {
      brush.clearRect(0, 0, 1, 1);
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = (top, below) => below.map((v, i) => (i < 3 ? top[3] * top[i] + (1 - top[3]) * v : 1));
  const linear = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => sum + weight * linear(c[i]), 0);
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const paint = (node) => {
    const style = getComputedStyle(node);
    const drawn = node instanceof SVGElement;
    if (drawn && (node.tagName === "text" || node.tagName === "tspan" || style.fill === "none")) return null;
    const [r, g, b, a] = rgba(drawn ? (node.ownerSVGElement ? style.fill : "transparent") : style.backgroundColor);
    return [r, g, b, a * (drawn ? Number(style.opacity) * Number(style.fillOpacity) : 1)];
  };
  const behind = (node, box) => {
    const at = document.elementsFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (!at.some((other) => node === other || node.contains(other))) return null;
    const layers = at.map(paint).filter(Boolean);
    const page = rgba(getComputedStyle(document.documentElement).backgroundColor);
    return layers.reduceRight((below, layer) => over(layer, below), page);
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let measured = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || node.closest("script, style, noscript, title, desc")) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getClientRects()[0];
    if (!box || !box.width) continue;
    const below = behind(node, box);
    if (!below) continue;
    measured++;
    const style = getComputedStyle(node);
    const ink = over(rgba(node instanceof SVGElement ? style.fill : style.color), below);
    const ratio = contrast(ink, below);
    const kind = node.closest("[class]")?.getAttribute("class");
    if (ratio < least) found.add(`${ratio.toFixed(2)}: ${kind} ${node.textContent.trim().slice(0, 40)}`);
  }
  return {measured, found: [...found]};
}"""


def faint(page: Page) -> tuple[int, list[str]]:
    """How many pieces of text in sight were measured, and those with too little contrast."""
    seen = page.evaluate(MEASURE, LEAST)
    return seen["measured"], seen["found"]
