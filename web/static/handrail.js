// Small comforts. Every page works without this file.

const root = document.documentElement;

function showTheme(form, chosen) {
  if (chosen === "system") delete root.dataset.theme;
  else root.dataset.theme = chosen;
  for (const button of form.querySelectorAll("button[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
}

// Switch the colours in place; the server still keeps the choice.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-theme-form]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  showTheme(form, event.submitter.value);
  // Shown already; where the network is away, the choice lasts until the next page.
  fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
});

// A slider is laid over its number box: the box holds the answer, so "not answered" stays possible.
function wordFor(words, value) {
  return words[Math.min(words.length - 1, Math.round((value / 100) * (words.length - 1)))];
}

function joinSlider(range) {
  const box = document.getElementById(range.dataset.mirrors);
  const words = JSON.parse(range.dataset.words);
  const say = () => {
    const blank = box.value === "";
    range.classList.toggle("is-blank", blank);
    range.setAttribute("aria-valuetext", blank ? range.dataset.blank : `${box.value}, ${wordFor(words, box.value)}`);
  };
  range.hidden = false;
  if (box.value !== "") range.value = box.value;
  range.addEventListener("input", () => { box.value = range.value; say(); });
  box.addEventListener("input", () => { if (box.value !== "") range.value = box.value; say(); });
  say();
}

function begin(part) {
  part.querySelectorAll("input[data-mirrors][hidden]").forEach(joinSlider);
}

begin(document);
document.addEventListener("htmx:after:swap", () => begin(document));
