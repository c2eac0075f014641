// The drawn chart: which group belongs to which step, which is current, which lie ahead. Of a long trace, parts are
// drawn when they come near; until then their place is kept.

import { later, steps } from "./data.js";

const HEADS = 70; // pixels that the heads of the lanes take
const ABOVE = 120; // pixels of what came before that stay in sight
const NEAR = "1200px";

const chart = document.getElementById("chart");
const parts = Array.from(chart.querySelectorAll(".part-of-chart"));
const firsts = parts.map((part) => Number(part.dataset.first));
const groupsOf = new Map(); // part -> the steps' groups in it, of parts that are drawn
let current = null;
let walked = Infinity; // steps after this one lie ahead
let border = null; // the part in which that step is

/** The last index whose value is not greater, or 0. */
function lastUpTo(values, number) {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle] <= number) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Puts a part into the page, unless it is there. It is our own drawing: every text in it was escaped as it was made. */
function draw(part) {
  if (groupsOf.has(part)) return groupsOf.get(part);
  if (part.dataset.later !== undefined) part.innerHTML = later[Number(part.dataset.later)].join("");
  const groups = Array.from(part.querySelectorAll("g.step"));
  groupsOf.set(part, groups);
  if (part === border) dimIn(part);
  return groups;
}

const numberOf = (group) => Number(group.dataset.step);

/** The group that shows a step: its own, or the last one before it. */
function groupAt(number) {
  const groups = draw(parts[lastUpTo(firsts, number)]);
  if (!groups.length) return null;
  const numbers = groups.map(numberOf);
  return groups[numbers.indexOf(numbers[lastUpTo(numbers, number)])];
}

/** Marks the step and brings it into sight. */
export function mark(number) {
  if (current) {
    current.classList.remove("current");
    current.setAttribute("tabindex", "-1");
    current.removeAttribute("aria-current");
  }
  current = groupAt(number);
  if (!current) return;
  current.classList.add("current");
  current.setAttribute("tabindex", "0");
  current.setAttribute("aria-current", "step");
  reveal(current);
}

/** Scrolls so that the arrow, or the note of a step without one, stands below what came before it. */
function reveal(group) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches || steps.length > 300 || document.readyState !== "complete";
  const box = (group.querySelector(".badge") || group).getBoundingClientRect();
  const frame = chart.getBoundingClientRect();
  if (box.top > frame.top + HEADS && box.bottom < frame.top + frame.height * 0.7) return;
  chart.scrollTo({ top: chart.scrollTop + box.top - frame.top - ABOVE, behavior: calm ? "instant" : "smooth" });
}

/** While somebody walks, what comes after the step is dim. Without a number everything is seen. */
export function dimAfter(number = Infinity) {
  const before = border;
  walked = number;
  border = number === Infinity ? null : parts[lastUpTo(firsts, number)];
  parts.forEach((part, index) => part.classList.toggle("ahead", index > 0 && part !== border && firsts[index] > number));
  for (const part of new Set([before, border])) if (part && groupsOf.has(part)) dimIn(part);
}

function dimIn(part) {
  const stepsAndWhatComesWithThem = part.querySelectorAll("g.step, g[data-at]");
  for (const group of stepsAndWhatComesWithThem) {
    const number = Number(group.dataset.step ?? group.dataset.at);
    group.classList.toggle("ahead", part === border && number > walked);
  }
}

/** Calls back with the number of a step that was clicked, or entered with the keyboard. */
export function onChosen(choose) {
  chart.addEventListener("click", (event) => {
    const group = event.target.closest("g.step");
    if (group && getSelection().isCollapsed) choose(numberOf(group));
  });
  chart.addEventListener("keydown", (event) => {
    const group = event.target.closest("g.step");
    if (group && event.key === "Enter") choose(numberOf(group));
  });
}

chart.scrollLeft = (chart.scrollWidth - chart.clientWidth) / 2; // where there is not room for all, the messages

const watcher = new IntersectionObserver(
  (seen) => seen.filter((entry) => entry.isIntersecting).forEach((entry) => draw(entry.target)),
  { root: chart, rootMargin: NEAR },
);
parts.forEach((part) => (part.dataset.later === undefined ? draw(part) : watcher.observe(part)));
addEventListener("beforeprint", () => parts.forEach(draw));
