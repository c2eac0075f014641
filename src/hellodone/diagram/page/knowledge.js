// What each party knows when a step is over, what of it is new, and why.

import { knowledge, lane, programs, t } from "./data.js";
import { breakable, element } from "./dom.js";

const PARTIES = ["client", "server", "eavesdropper", "ca"];
const HOW = { seen: t`seen`, chosen: t`chosen`, configured: t`configured`, computed: t`computed` };

/** Everything that the party learnt in a connection up to the step, in order. */
function known(party, step) {
  const items = [];
  for (const [number, connection, learned] of knowledge[party] || []) {
    if (number > step.number) break;
    if (connection === (step.connection || 0)) for (const item of learned.items) items.push({ ...item, step: number });
  }
  return items;
}

function readings(step) {
  const found = (knowledge.eavesdropper || []).find(([number]) => number === step.number);
  return found ? found[2].readings || [] : [];
}

/** Names of what the step taught, by party; for who listens to the page. */
export function news(step) {
  return PARTIES.flatMap((party) => {
    const names = known(party, step).filter((item) => item.step === step.number).map((item) => item.name);
    return names.length ? [t`${lane[party]} learns ${names.join(", ")}.`] : [];
  }).join(" ");
}

export function knowledgeView(step) {
  const columns = PARTIES.filter((party) => knowledge[party]).map((party) => column(party, step));
  return [element("div", { class: "minds" }, ...columns)];
}

function column(party, step) {
  const items = known(party, step);
  const fresh = items.filter((item) => item.step === step.number);
  const before = items.filter((item) => item.step !== step.number);
  const count = fresh.length ? t`${items.length} known, ${fresh.length} new` : t`${items.length} known`;
  const body = element("section", { class: `mind by-${party}` }, element("h3", {}, lane[party], element("span", { class: "count" }, count)));
  if (fresh.length) body.append(element("ul", { class: "fresh" }, ...fresh.map((item) => row(item, program(party, step, item)))));
  if (party === "eavesdropper") body.append(...readings(step).map(reading));
  if (before.length) {
    body.append(element("div", { class: "before" }, ...before.map((item) => chip(item, program(party, step, item)))));
  }
  if (!items.length) body.append(element("p", { class: "quiet" }, t`Nothing yet.`));
  return body;
}

/** The program that computes the value again, to be opened and copied; nothing where there is none. */
function program(party, step, item) {
  const source = (programs[`${step.connection || 0} ${party}`] || {})[item.name];
  return source && element("details", { class: "program" }, element("summary", {}, t`compute it again (Python)`), element("pre", {}, source));
}

function row(item, again) {
  return element(
    "li",
    { class: item.secret ? "secret" : "" },
    element("b", { "data-name": item.name }, ...breakable(item.name)),
    element("span", { class: "why" }, ...breakable(item.formula ? ` = ${item.formula}` : ` ${HOW[item.how]}: ${item.why}`)),
    item.value ? element("code", {}, item.value) : "",
    item.meaning ? element("small", {}, item.meaning) : "",
    again,
  );
}

function chip(item, again) {
  const details = element("details", { class: item.secret ? "chip secret" : "chip" }, element("summary", { "data-name": item.name }, ...breakable(item.name)));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) {
      const since = t`since step ${item.step}: ` + (item.formula ? `= ${item.formula}` : `${HOW[item.how]}, ${item.why}`);
      details.append(element("p", {}, ...breakable(since)), item.value ? element("code", {}, item.value) : "", element("small", {}, item.meaning || ""), again || "");
    }
  });
  return details;
}

function reading(read) {
  const kind = read.readable ? "opened" : "sealed";
  const [number, title, why] = [read.number, read.title, read.why];
  const text = read.readable ? t`reads step ${number}, ${title}: ${why}` : t`cannot read step ${number}, ${title}: ${why}`;
  return element("div", { class: `reading ${kind}` }, element("p", {}, text), ...(read.lines || []).map((line) => element("code", {}, line)));
}
