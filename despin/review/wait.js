"use strict";
(() => {
  const number = Number(document.body.dataset.waits);
  document.getElementById("again")?.addEventListener("click", async () => {
    await fetch("../reload", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ document: number }) });
    location.reload();
  });
  if (document.getElementById("again")) return;
  const look = async () => {
    try {
      const found = await (await fetch("../state")).json();
      if (found.documents[number - 1].state !== "waiting") return location.reload();
    } catch {
      document.querySelector("[role=status]").textContent = "连不上 despin；它可能已经结束。";
    }
    setTimeout(look, 300);
  };
  look();
})();
