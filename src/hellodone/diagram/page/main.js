// The page put together: one current step, shown in the chart and in the inspector; keys, buttons and links move it.

import { dimAfter, mark, onChosen } from "./chart.js";
import { checksView } from "./checks.js";
import { startCopying } from "./copy.js";
import { called, stepAt, steps, subject, t, title } from "./data.js";
import { byId, say } from "./dom.js";
import { knowledgeView, news } from "./knowledge.js";
import { messageView, showField } from "./message.js";
import { recordsView } from "./records.js";
import { startSearch } from "./search.js";

const VIEWS = { message: messageView, knowledge: knowledgeView, checks: checksView, records: recordsView };
const state = { number: 0, view: "message", walking: false };

// --- the current step

/** Shows a step. While walking, what comes after it is dim; otherwise the whole chart stays as it is. */
function go(number, { walking = state.walking, field } = {}) {
  const step = stepAt(Math.max(1, Math.min(steps.length, number)));
  if (!step) return;
  state.number = step.number;
  state.walking = walking;
  document.body.classList.toggle("walking", walking);
  dimAfter(walking ? step.number : undefined);
  mark(step.number);
  byId("where").textContent = t`${step.number} of ${steps.length}`;
  byId("step-title").textContent = `${step.number}  ${title(step)}`;
  byId("step-way").textContent = way(step);
  showView();
  if (field !== undefined) showField(field);
  history.replaceState(null, "", `#step-${step.number}`);
  say(t`Step ${step.number} of ${steps.length}: ${title(step)}. ${way(step)} ${news(step)}`);
}

function way(step) {
  const seconds = step.time < 1 ? `${(step.time * 1000).toFixed(2)} ms` : `${step.time.toFixed(3)} s`;
  if (step.kind === "start") return t`${subject[step.sender]} acts; nothing travels yet. ${seconds} from the beginning.`;
  const how = step.kind === "tcp" ? t`by the kernel` : step.protection ? t`sealed with ${step.protection}` : t`in the clear`;
  const size = step.length ? t`, ${step.length} bytes` : "";
  return t`${called[step.sender]} to ${called[step.receiver]}, ${how}${size}. ${seconds} from the beginning.`;
}

function showView() {
  for (const name of Object.keys(VIEWS)) {
    const tab = byId(`tab-${name}`);
    tab.setAttribute("aria-selected", String(name === state.view));
    tab.tabIndex = name === state.view ? 0 : -1;
  }
  byId("view").setAttribute("aria-labelledby", `tab-${state.view}`);
  if (state.number) byId("view").replaceChildren(...VIEWS[state.view](stepAt(state.number), (number) => go(number)));
  byId("view").scrollTop = 0;
}

function choose(view) {
  state.view = view;
  showView();
}

function whole() {
  state.walking = false;
  document.body.classList.remove("walking");
  dimAfter();
}

// --- keys, buttons, links

const KEYS = {
  ArrowRight: () => go(state.number + 1, { walking: true }),
  ArrowLeft: () => go(state.number - 1, { walking: true }),
  " ": () => go(state.number + 1, { walking: true }),
  Home: () => go(1, { walking: true }),
  End: () => go(steps.length, { walking: true }),
  Escape: whole,
  "/": () => byId("search").focus(),
};

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [role=tablist]")) return;
  if (event.key === " " && event.target.closest("button, summary, a")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

/** After a click with the mouse the arrow keys walk on; within the tabs they are for who came by keyboard. */
function onTab(name, event) {
  choose(name);
  if (event.detail) byId("view").focus({ preventScroll: true });
}

function onTabKey(event) {
  const names = Object.keys(VIEWS);
  const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!move) return;
  event.preventDefault();
  choose(names[(names.indexOf(state.view) + move + names.length) % names.length]);
  byId(`tab-${state.view}`).focus();
}

/** Turns the style sheet's dark rules on or off, whatever the system prefers. */
function changeTheme() {
  const rules = Array.from(document.styleSheets[0].cssRules).filter((rule) => rule.media?.mediaText && rule.cssText.includes("--dark"));
  const dark = rules.some((rule) => matchMedia(rule.media.mediaText).matches);
  for (const rule of rules) rule.media.mediaText = dark ? "not all" : "screen";
}

function fromLink() {
  const found = /^#step-(\d+)$/.exec(location.hash);
  if (found) go(Number(found[1]), { walking: false });
}

function start() {
  onChosen((number) => go(number, { walking: false }));
  startSearch((number, field) => {
    if (field !== undefined) state.view = "message";
    go(number, { walking: false, field });
  });
  startCopying();
  document.addEventListener("keydown", onKey);
  document.querySelector(".tabs").addEventListener("keydown", onTabKey);
  for (const name of Object.keys(VIEWS)) byId(`tab-${name}`).addEventListener("click", (event) => onTab(name, event));
  byId("first").addEventListener("click", KEYS.Home);
  byId("back").addEventListener("click", KEYS.ArrowLeft);
  byId("on").addEventListener("click", KEYS.ArrowRight);
  byId("whole").addEventListener("click", whole);
  byId("print").addEventListener("click", () => print());
  byId("theme").addEventListener("click", changeTheme);
  addEventListener("hashchange", fromLink);
  addEventListener("load", () => setTimeout(fromLink)); // again, for the browser has scrolled to the link by itself
  fromLink();
  document.documentElement.dataset.ready = "true";
}

start();
