"""Where a browser puts the words and boxes of a picture: nothing may lie over anything else, or stick out."""

from __future__ import annotations

from playwright.sync_api import Page

MEASURE = """() => {
  const found = [];
  const svg = document.querySelector("svg.chart");
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const slack = 2 * scale;
  const words = (node) => node.textContent.trim().slice(0, 50);
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack;
  for (const chart of document.querySelectorAll("svg.chart")) {
    const frame = chart.getBoundingClientRect();
    const nodes = [...chart.querySelectorAll("text, .badge, .note > .box")];
    const things = nodes.map((node) => ({node, box: node.getBoundingClientRect()}));
    for (const {node, box} of things) {
      const beside = box.left < frame.left - 1 || box.right > frame.right + 1;
      if (beside || box.bottom > frame.bottom + 1 || box.top < frame.top - 1)
        found.push(`sticks out: ${node.classList} ${words(node)}`);
      const note = node.tagName === "text" && node.closest(".note");
      if (note) {
        const around = note.querySelector(".box").getBoundingClientRect();
        if (box.right > around.right + 0.5 || box.left < around.left - 0.5 || box.bottom > around.bottom + 0.5)
          found.push(`leaves its box: ${words(node)}`);
      }
    }
    things.sort((a, b) => a.box.top - b.box.top);
    for (let i = 0; i < things.length; i++) {
      for (let j = i + 1; j < things.length && things[j].box.top < things[i].box.bottom; j++) {
        const [a, b] = [things[i], things[j]];
        if (!meet(a.box, b.box)) continue;
        const is = (thing, kind) => thing.node.classList.contains(kind);
        const inside = (box, text) => is(box, "box") && box.node.parentNode.contains(text.node);
        const number = (badge, text) => is(badge, "badge") && badge.node.nextSibling === text.node;
        if (inside(a, b) || inside(b, a) || number(a, b) || number(b, a)) continue;
        found.push(`${a.node.classList} ${words(a.node)} over ${b.node.classList} ${words(b.node)}`);
      }
    }
  }
  return found;
}"""


def misplaced(page: Page) -> list[str]:
    """What lies over something else, leaves its box or sticks out of the picture, in words."""
    found: list[str] = page.evaluate(MEASURE)
    return found
