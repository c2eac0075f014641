// The chart in other notations, to the clipboard.

import { sources, t, trace } from "./data.js";
import { byId, element, say } from "./dom.js";

async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = element("textarea", { class: "unseen" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

export function startCopying() {
  const names = { plantuml: "PlantUML", mermaid: "Mermaid", sequencediagram: "sequencediagram.org", markdown: "Markdown", text: t`Text` };
  const copy = async (button, text, name) => {
    await toClipboard(text());
    say(t`Copied as ${name}`);
    button.textContent = `${name} ✓`;
    setTimeout(() => (button.textContent = name), 1500);
  };
  const add = (name, text) => {
    const button = element("button", { "data-copy": name, onclick: () => copy(button, text, name) }, name);
    byId("copies").append(button);
  };
  for (const [kind, text] of Object.entries(sources)) add(names[kind] || kind, () => text);
  add(t`Trace (JSON)`, () => JSON.stringify(trace, null, 2));
}
