// The setup page: the live check keeps itself fresh, and addresses can be copied by a button.

const page = JSON.parse(document.getElementById("page").textContent);
const live = document.getElementById("live");
const EVERY_MS = 5000;

async function look() {
  if (document.visibilityState === "visible") {
    const answer = await fetch(page.status, { cache: "no-store" }).then((one) => one.json()).catch(() => null);
    const said = answer?.said ?? page.failed;
    live.dataset.level = answer?.level ?? "none";
    const text = live.querySelector("span");
    if (text.textContent !== said) text.textContent = said;
  }
  setTimeout(look, EVERY_MS);
}
setTimeout(look, EVERY_MS);

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    // Over plain http a browser has no clipboard: then the selected text is copied by hand.
    await navigator.clipboard?.writeText(field.value);
    if (navigator.clipboard) button.textContent = page.copied;
  });
}
