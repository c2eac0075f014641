// Search over messages, fields, facts and checks. The index is made when somebody first searches.

import { fieldsOf, lane, said, steps, t, title } from "./data.js";
import { byId, element } from "./dom.js";

const MOST = 40;
const LONGEST = 90; // characters of a result: two lines at most
let index = null;

function makeIndex() {
  const entries = [];
  const add = (step, text, kind, field) => entries.push({ step: step.number, text, kind, field, folded: text.toLowerCase() });
  const [titled, inField, inData] = [t`step`, t`field`, t`data`];
  for (const step of steps) {
    add(step, title(step), titled);
    for (const field of fieldsOf(step)) {
      if (field.depth) add(step, field.meaning ? `${field.name}: ${field.meaning}` : field.name, inField, field.index);
    }
    for (const reaction of step.reactions || []) {
      for (const fact of reaction.learned || []) add(step, `${fact.name}: ${said(fact.value)}`, t`${lane[reaction.party]} learns`);
      for (const check of reaction.checks || []) add(step, said(check.claim), t`${lane[reaction.party]} checks`);
    }
    if (step.data) add(step, step.data, inData);
  }
  return entries;
}

/** Entries that have every word, those of titles first. */
export function find(words) {
  index ||= makeIndex();
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return [];
  const found = [];
  for (const entry of index) {
    if (wanted.every((word) => entry.folded.includes(word))) found.push(entry);
    if (found.length > 2000) break;
  }
  return found.sort((a, b) => (b.kind === t`step`) - (a.kind === t`step`)).slice(0, MOST);
}

/** Joins the search field to the page. */
export function startSearch(choose) {
  const input = byId("search");
  const list = byId("found");
  let entries = [];
  let at = -1;
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  };
  const pick = (entry) => {
    close();
    choose(entry.step, entry.field);
  };
  const move = (way) => {
    at = Math.max(0, Math.min(entries.length - 1, at + way));
    list.querySelectorAll("li").forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    if (list.children[at]) input.setAttribute("aria-activedescendant", list.children[at].id);
  };
  input.addEventListener("input", () => {
    entries = find(input.value);
    at = -1;
    list.replaceChildren(...entries.map((entry, i) => result(entry, i, pick)));
    if (input.value.trim() && !entries.length) list.append(element("li", { class: "none" }, t`Nothing found.`));
    list.hidden = !input.value.trim();
    input.setAttribute("aria-expanded", String(!list.hidden));
  });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && entries.length) pick(entries[Math.max(at, 0)]);
    else if (event.key === "Escape") {
      close();
      input.blur();
    } else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => event.target.closest(".search") || close());
}

function result(entry, i, pick) {
  const text = entry.text.length > LONGEST ? `${entry.text.slice(0, LONGEST)}…` : entry.text;
  const item = element("li", { role: "option", id: `found-${i}`, onmousedown: (event) => event.preventDefault(), onclick: () => pick(entry) });
  item.append(element("span", { class: "found-step" }, String(entry.step)), element("span", { class: "found-kind" }, entry.kind), text);
  return item;
}
