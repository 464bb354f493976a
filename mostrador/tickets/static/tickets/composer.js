/*
 * Where the desk writes (data-composer): answer and internal note take turns, and what was typed in either stays. Without
 * this file both are there, one under the other.
 */
import { eachFound } from "../shared/found.js";

eachFound("[data-composer]", (composer) => {
  const tabs = [...composer.querySelectorAll(".tabs a")];
  if (tabs.length === 0) return;
  const panelOf = (tab) => composer.querySelector(tab.hash);

  const show = (chosen) => {
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      panelOf(tab).hidden = !isChosen;
      if (isChosen) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
  };

  for (const tab of tabs) {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      show(tab);
      panelOf(tab).querySelector("textarea").focus();
    });
  }
  show(tabs.find((tab) => panelOf(tab).querySelector("[data-focus]")) ?? tabs[0]);
});
