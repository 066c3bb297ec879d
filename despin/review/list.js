"use strict";
(() => {
  const look = async () => {
    try {
      const found = await (await fetch("state")).json();
      const key = JSON.stringify(found);
      if (document.body.dataset.state && document.body.dataset.state !== key) {
        const page = new DOMParser().parseFromString(await (await fetch("./")).text(), "text/html");
        const focused = document.activeElement?.getAttribute?.("href");
        document.getElementById("list").replaceWith(document.importNode(page.getElementById("list"), true));
        document.title = page.title;
        document.querySelector(".bar h1").textContent = page.querySelector(".bar h1").textContent;
        if (focused) document.querySelector(`a[href="${focused}"]`)?.focus();
      }
      document.body.dataset.state = key;
    } catch {
      document.getElementById("sum").textContent = "连不上 despin；它可能已经结束。决定都已保存，再次运行 despin review 可以继续。";
    }
    setTimeout(look, 1500);
  };
  look();
  const links = () => Array.from(document.querySelectorAll("#list a"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea, input") || !["j", "k"].includes(event.key)) return;
    const found = links();
    const at = found.indexOf(document.activeElement);
    (found[at + (event.key === "j" ? 1 : -1)] ?? found[at < 0 ? 0 : at]).focus();
  });
})();
