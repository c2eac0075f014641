// The drawn chart: which group belongs to which step, which is current, which lie ahead.

import { steps } from "./data.js";

const chart = document.getElementById("chart");
const groups = Array.from(chart.querySelectorAll("g.step"));
const numbers = groups.map((group) => Number(group.dataset.step));
let current = null;
let frontier = groups.length; // groups from here on lie ahead

/** The index of the group that shows a step: its own, or the last one before it. */
function indexOf(number) {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numbers[middle] <= number) low = middle;
    else high = middle - 1;
  }
  while (low > 0 && numbers[low - 1] === numbers[low]) low--;
  return low;
}

/** Marks the step and brings it into sight. */
export function mark(number) {
  if (current) {
    current.classList.remove("current");
    current.setAttribute("tabindex", "-1");
    current.removeAttribute("aria-current");
  }
  current = groups[indexOf(number)] || null;
  if (!current) return;
  current.classList.add("current");
  current.setAttribute("tabindex", "0");
  current.setAttribute("aria-current", "step");
  reveal(current);
}

const HEADS = 70; // pixels that the heads of the lanes take
const ABOVE = 120; // pixels of what came before that stay in sight

/** Scrolls so that the arrow, or the note of a step without one, stands below what came before it. */
function reveal(group) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches || steps.length > 300;
  const place = () => {
    const box = (group.querySelector(".badge") || group).getBoundingClientRect();
    const frame = chart.getBoundingClientRect();
    if (box.top > frame.top + HEADS && box.bottom < frame.top + frame.height * 0.7) return;
    chart.scrollTo({ top: chart.scrollTop + box.top - frame.top - ABOVE, behavior: calm ? "instant" : "smooth" });
  };
  place();
  if (calm) requestAnimationFrame(place); // parts that came into sight have their true height now
}

/** While somebody walks, what comes after the step is dim. Without a number everything is seen. */
export function dimAfter(number) {
  let next = number === undefined ? groups.length : indexOf(number);
  while (number !== undefined && next < groups.length && numbers[next] <= number) next++;
  for (let i = Math.min(next, frontier); i < Math.max(next, frontier); i++) {
    groups[i].classList.toggle("ahead", i >= next);
  }
  frontier = next;
}

/** Calls back with the number of a step that was clicked, or entered with the keyboard. */
export function onChosen(choose) {
  chart.addEventListener("click", (event) => {
    const group = event.target.closest("g.step");
    if (group && getSelection().isCollapsed) choose(Number(group.dataset.step));
  });
  chart.addEventListener("keydown", (event) => {
    const group = event.target.closest("g.step");
    if (group && event.key === "Enter") choose(Number(group.dataset.step));
  });
}
