"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const say = (text, kind = "bad") => {
    byId("said").textContent = text;
    byId("said").className = `saved ${kind}`;
  };
  // The number of the text that the server made of a file, or 0 where it was not taken; the text is then still here.
  const send = async (name, body) => {
    if (body.size > 8 * 2 ** 20) return say("文章超过 8 MB，没有发送，仍在框里；请存为文件，用 despin restore 还原。"), 0;
    say("正在还原…", "busy");
    try {
      const answer = await fetch(`paste?name=${encodeURIComponent(name)}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body });
      const found = await answer.json();
      if (answer.ok) return found.document;
      say(`${answer.status === 507 ? "磁盘写不进去，文章没有保存。请腾出空间再试。" : ""} ${found.error}`);
    } catch {
      say("连不上 despin；它可能已经结束。文章仍在框里。");
    }
    return 0;
  };
  const take = async (files) => {
    let last = 0;
    for (const file of files) {
      last = await send(file.name, file);
      if (!last) return;
    }
    if (files.length === 1) location.href = `d/${last}`;
    else say("", "");
  };
  const paste = async () => {
    const text = byId("pasted").value;
    if (!text.trim()) return say("先粘贴文章");
    const number = await send("", new Blob([text]));
    if (number) location.href = `d/${number}`;
  };
  byId("paste").addEventListener("submit", (event) => {
    event.preventDefault();
    paste();
  });
  byId("pasted").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) paste();
  });
  byId("open").addEventListener("click", () => byId("files").click());
  byId("files").addEventListener("change", () => {
    take(Array.from(byId("files").files));
    byId("files").value = "";
  });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) take(Array.from(event.dataTransfer.files));
    else byId("pasted").value ||= event.dataTransfer.getData("text");
  });
})();
