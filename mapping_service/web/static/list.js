// The list of routes beside the map: search, only what is in view, hover and choice shared with the map.

export function connectList(page, { light, inView, show, onMoved }) {
  const list = document.getElementById("route-list");
  if (!list) return { light() {}, choose() {} };
  const items = [...list.querySelectorAll("[data-route]")].map((item) => ({ item, id: item.dataset.route, text: plain(item.querySelector("a").textContent) }));
  const search = document.getElementById("search");
  const onlyInView = document.getElementById("in-view");
  const shown = document.getElementById("shown");
  for (const hidden of document.querySelectorAll(".needs-script[hidden]")) hidden.hidden = false;

  const apply = () => {
    const wanted = plain(search.value).split(" ").filter(Boolean);
    const seen = onlyInView.checked ? inView() : null;
    let count = 0;
    for (const { item, id, text } of items) {
      item.hidden = !wanted.every((word) => text.includes(word)) || (seen !== null && !seen.has(id));
      count += item.hidden ? 0 : 1;
    }
    document.getElementById("no-match").hidden = count > 0;
    shown.textContent = page.text.shown.replace("{n}", count).replace("{total}", items.length);
  };
  search.addEventListener("input", apply);
  onlyInView.addEventListener("change", apply);
  onMoved(() => onlyInView.checked && apply());
  apply();

  const choose = (id) => {
    for (const { item, id: own } of items) item.classList.toggle("chosen", own === id);
    const chosen = items.find((one) => one.id === id);
    if (chosen && list.scrollHeight > list.clientHeight) chosen.item.scrollIntoView({ block: "nearest" });
  };
  for (const { item, id } of items) {
    item.addEventListener("pointerenter", () => light.hover(id));
    item.addEventListener("pointerleave", () => light.hover(null));
    item.addEventListener("focusin", () => light.hover(id));
    item.addEventListener("focusout", () => light.hover(null));
    item.querySelector(".locate").addEventListener("click", () => {
      choose(id);
      show(id);
      document.getElementById("map").scrollIntoView({ block: "nearest" });
    });
  }
  return { light: (id) => items.forEach(({ item, id: own }) => item.classList.toggle("lit", own === id)), choose };
}

// Without accents and case: riders type "adjame".
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
}
