"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const edits = Array.from(document.querySelectorAll(".text b.e"));
  if (!edits.length && !data.review) return;
  const place = new Map(); // edit → its number
  const number = () => edits.forEach((edit, index) => place.set(edit, index));
  number();
  const decisions = new Map(); // edit → {kind: "accept" | "reject" | "own", original}
  const first = new Map(); // edit that was decided → its original as the page came
  const owned = new Map(); // edit → the latest original that was written for it
  const undone = []; // groups of [edit, decision before]
  let here = null; // the chosen edit
  let stop = null; // the edit that Tab stops at
  let keep = null; // takes what is decided, where a server keeps it: (groups of [edit, decision], whether they undo)
  const unsaved = new Set(); // documents with decisions that were not saved

  // What HTML cannot hold, or what would not be seen, stands as <i class="x" data-u="code point">.
  const textOf = (node) => {
    let text = "";
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) text += child.data;
      else if (child.className === "x") text += String.fromCodePoint(parseInt(child.dataset.u, 16));
      else text += textOf(child);
    }
    return text;
  };
  const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Surrogate}/gu;
  const seen = (text) => text.replace(unseen, (c) => `⟨${c.codePointAt(0).toString(16)}⟩`).replace(/\n/g, "↵") || "（无）";
  const spunOf = (edit) => ("j" in edit.dataset ? JSON.parse(edit.dataset.j) : edit.dataset.s);
  const firstOf = (edit) => (first.has(edit) ? first.get(edit) : textOf(edit));
  const originalOf = (edit) => decisions.get(edit)?.original ?? firstOf(edit);
  const reasonOf = (edit) => {
    const words = { s: spunOf(edit), o: firstOf(edit), r: alternatives(edit)[0]?.[0] ?? "" };
    return (data.reasons[edit.dataset.y] ?? "").replace(/\{([sor])\}/g, (_, name) => seen(words[name]));
  };
  const alternatives = (edit) => {
    const row = data.rows[edit.dataset.k];
    const found = [];
    for (let at = 1; at < row.length; at += 2) found.push([row[at], row[at + 1]]);
    return found;
  };

  // The notation [-spun-]{+original+}, as `despin restore --format wdiff` writes it.
  const inPlain = /\[-|\{\+|-\]|\+\}|\\(?=\[-|\{\+|-\]|\+\}|\\)/g;
  const beforeMark = /\[-|\{\+|-\]|\+\}|\\(?=\[-|\{\+|-\]|\+\}|\\|$)/g;
  const inBrackets = /\[-|\{\+|-\]|\+\}|\\/g;
  const inBraces = /\[-|\{\+|-\]|\+\}|[\\|]|^\?/g;
  const escaped = (pattern, text) => text.replace(pattern, (mark) => "\\" + mark);
  const wdiff = (doc) => {
    const pieces = [];
    let plain = "";
    const walk = (node) => {
      for (const child of node.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) plain += child.data;
        else if (child.className === "x") plain += String.fromCodePoint(parseInt(child.dataset.u, 16));
        else if (place.has(child)) {
          const spun = spunOf(child);
          if (decisions.get(child)?.kind === "reject" || (child.matches(".s") && !decisions.has(child))) plain += spun;
          else {
            pieces.push(escaped(beforeMark, plain), `[-${escaped(inBrackets, spun)}-]{+${escaped(inBraces, originalOf(child))}+}`);
            plain = "";
          }
        } else walk(child);
      }
    };
    walk(doc.querySelector(".text"));
    pieces.push(escaped(inPlain, plain));
    return pieces.join("").replace(/\p{Surrogate}/gu, (c) => "\\u" + c.charCodeAt(0).toString(16));
  };
  // The first edit that is in sight or below it; they stand in order, one below the other.
  const inSight = () => {
    let low = 0;
    let high = edits.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edits[middle].getBoundingClientRect().bottom > 60) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const save = () => {
    const doc = (here ?? edits[inSight()])?.closest(".doc") ?? document.querySelector(".doc");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([wdiff(doc)], { type: "text/plain;charset=utf-8" }));
    link.download = doc.dataset.file + ".wdiff";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    unsaved.delete(doc);
    say(`已保存 ${link.download}`);
  };
  addEventListener("beforeunload", (event) => {
    if (unsaved.size && !keep) event.preventDefault();
  });

  const say = (message) => {
    byId("status").textContent = message;
  };
  const wanted = {
    all: () => true,
    check: (edit) => edit.matches(".f, .u, .c0, .c1, .s"),
    suspects: (edit) => edit.matches(".s"),
    facts: (edit) => edit.matches(".f"),
    failed: (edit) => edit.matches(".u"),
    open: (edit) => !decisions.has(edit),
  };
  const show = () => {
    const decided = decisions.size ? `，已决定 ${decisions.size}` : "";
    const edit = here;
    byId("count").textContent = `${edit ? place.get(edit) + 1 + " / " : ""}${edits.length} 处${decided}`;
    byId("chosen").hidden = !edit;
    document.body.classList.toggle("chosen", Boolean(edit));
    if (!edit) return;
    const decision = decisions.get(edit);
    const kind = decision?.kind;
    const spun = spunOf(edit);
    byId("original").textContent = kind === "reject" ? seen(spun) : seen(originalOf(edit));
    byId("spun").textContent = seen(spun);
    byId("confidence").textContent = `${edit.matches(".s") ? "可疑" : "把握"} ${edit.dataset.c}%`;
    byId("entry").textContent = seen(data.entries[data.rows[edit.dataset.k][0]] || "—");
    byId("reason").textContent = reasonOf(edit);
    byId("reason").className = edit.matches(".f") ? "fact" : edit.matches(".u, .s") ? "doubt" : "";
    byId("accept").setAttribute("aria-pressed", kind === "accept");
    byId("reject").setAttribute("aria-pressed", kind === "reject");
    byId("undo").disabled = !undone.length;
    const others = alternatives(edit);
    byId("others-label").hidden = !others.length;
    byId("others").replaceChildren(
      ...others.map(([original, share], number) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        const key = document.createElement("kbd");
        const word = document.createElement("bdi");
        const chance = document.createElement("span");
        button.type = "button";
        key.textContent = number + 1;
        word.textContent = seen(original);
        chance.className = "share";
        chance.textContent = `${share}%`;
        button.append(key, word, chance);
        button.setAttribute("aria-pressed", kind === "own" ? decision.original === original : kind === "reject" && original === spun);
        button.addEventListener("click", () => choose(original));
        item.append(button);
        return item;
      })
    );
    byId("own").value = kind === "own" ? decision.original : "";
  };
  const select = (edit, focus) => {
    if (edit !== here) {
      here?.classList.remove("here");
      if (stop) stop.tabIndex = -1;
      here = stop = edit;
      edit.classList.add("here");
      edit.tabIndex = 0;
      show();
      say(`${seen(textOf(edit))}，网页上是“${seen(spunOf(edit))}”，${byId("confidence").textContent}。${byId("reason").textContent}`);
    }
    // On a narrow screen the panel lies over the text, and comes up under the finger before the word is let go.
    const narrow = matchMedia("(max-width: 60rem)").matches;
    if (focus || narrow) {
      const box = edit.getBoundingClientRect();
      const room = narrow ? byId("chosen").getBoundingClientRect().top - 10 : innerHeight - 60;
      if (box.top < 100 || box.bottom > room) edit.scrollIntoView({ block: narrow ? "start" : "center" });
      if (focus) edit.focus({ preventScroll: true });
    }
  };
  const move = (by) => {
    const fits = wanted[byId("filter").value];
    for (let index = here ? place.get(here) + by : inSight(); index >= 0 && index < edits.length; index += by) {
      if (fits(edits[index])) return select(edits[index], true);
    }
    say(by > 0 ? "后面没有了" : "前面没有了");
    document.dispatchEvent(new CustomEvent("despin:end", { detail: by }));
  };
  // A word that was deleted, or that is not seen, needs a name.
  const name = (edit) => {
    if (edit.textContent.trim()) edit.removeAttribute("aria-label");
    else edit.setAttribute("aria-label", textOf(edit) ? seen(textOf(edit)) : "删去");
  };
  const put = (edit, decision) => {
    if (!first.has(edit)) first.set(edit, textOf(edit));
    if (decision) decisions.set(edit, decision);
    else decisions.delete(edit);
    const kind = decision?.kind;
    if (kind === "own") owned.set(edit, decision.original);
    const text = kind === "reject" ? spunOf(edit) : originalOf(edit);
    if (textOf(edit) !== text) edit.textContent = text;
    name(edit);
    for (const [name, own] of [["ok", "accept"], ["no", "reject"], ["own", "own"]]) edit.classList.toggle(name, kind === own);
    if (!keep) unsaved.add(edit.closest(".doc"));
  };
  // Decide on several edits at once: [[edit, decision]]; they are undone at once too.
  const decideAll = (group) => {
    if (!group.length) return;
    // A word that a reader marked has no original but the reader's own; without it, it is no longer marked. One that
    // looks replaced is accepted as what it most likely was.
    const own = (edit, decision) => {
      if (decision?.kind === "accept" && edit.matches(".s, .m")) return { kind: "own", original: owned.get(edit) ?? alternatives(edit)[0]?.[0] };
      return decision?.kind === "reject" && edit.matches(".m") ? undefined : decision;
    };
    group = group.map(([edit, decision]) => [edit, own(edit, decision)]);
    undone.push(group.map(([edit]) => [edit, decisions.get(edit)]).reverse());
    for (const [edit, decision] of group) put(edit, decision);
    keep?.(group, false);
    show();
  };
  const decide = (kind, original) => {
    if (here) decideAll([[here, { kind, original }]]);
  };
  const choose = (original) => {
    // What stands on the page is among the runners-up where leaving it was considered.
    if (original === spunOf(here)) decide("reject");
    else decide("own", original);
    say(`改用 ${seen(original)}`);
    select(here, true);
  };
  const undo = () => {
    if (!undone.length) return;
    const group = undone.pop();
    for (const [edit, before] of group) put(edit, before);
    keep?.(group, true);
    const edit = group.map(([one]) => one).find((one) => one.isConnected);
    if (!edit) show();
    else {
      here === edit ? show() : select(edit, false);
      select(edit, true);
    }
    say("已撤销");
  };
  const step = (kind) => {
    if (!here) return;
    if (kind === "accept" && here.matches(".s") && !alternatives(here).length) return byId("own").focus();
    decide(kind);
    say(kind === "accept" ? "接受" : "退回");
    move(1);
  };
  const close = () => {
    const edit = here;
    if (!edit) return;
    edit.classList.remove("here");
    here = null;
    show();
    edit.focus({ preventScroll: true });
  };
  const open = () => {
    (byId("others").querySelector("button") ?? byId("accept")).focus();
  };

  const keys = {
    j: () => move(1), k: () => move(-1), a: () => step("accept"), r: () => step("reject"), u: undo, s: save,
    e: () => {
      if (!here) return;
      byId("own").focus();
      byId("own").select();
    },
    b: () => byId("beside").click(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest("dialog")) return;
    const inField = event.target.matches("input:not([type=checkbox]), select");
    if (event.key === "Escape" && here) {
      if (byId("panel").contains(event.target)) select(here, true);
      else close();
    } else if (inField) {
      if (event.key !== "Enter" || event.target.id !== "own") return;
      choose(event.target.value);
    } else if (event.key === "Enter" && place.has(event.target)) {
      select(event.target, false);
      open();
    } else if (/^[1-9]$/.test(event.key) && here) {
      const other = alternatives(here)[event.key - 1];
      if (!other) return;
      choose(other[0]);
    } else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const edit = event.target.closest(".text b.e");
    if (edit) return select(edit, true);
    const bar = event.target.closest("[data-i]");
    if (!bar) return;
    select(bar.closest(".doc").querySelectorAll(".text b.e:not(.s, .m)")[bar.dataset.i], true);
  });
  document.addEventListener("focusin", (event) => {
    if (place.has(event.target)) select(event.target, false);
  });
  for (const [id, act] of [["next", () => move(1)], ["previous", () => move(-1)], ["save", save], ["undo", undo], ["close", close]]) {
    byId(id).addEventListener("click", act);
  }
  const beside = () => document.body.classList.toggle("beside", byId("beside").checked);
  byId("beside").addEventListener("change", beside);
  byId("accept").addEventListener("click", () => step("accept"));
  byId("reject").addEventListener("click", () => step("reject"));
  for (const control of document.querySelectorAll(".tools [disabled]")) control.disabled = false;
  const prepare = (edit) => {
    edit.setAttribute("role", "button");
    edit.tabIndex = -1;
    name(edit);
  };
  edits.forEach(prepare);
  if (edits.length) {
    stop = edits[0];
    stop.tabIndex = 0;
  }
  beside();
  show();
  if (data.review) {
    globalThis.despin = {
      byId, data, edits, decisions, first, undone, keys, textOf, spunOf, originalOf, alternatives, seen, say, show, select, move, put, decideAll, prepare,
      number: () => {
        place.clear();
        number();
      },
      has: (edit) => place.has(edit),
      here: () => here,
      leave: close,
      fits: (edit) => wanted[byId("filter").value](edit),
      keepWith: (keeper) => {
        keep = keeper;
      },
    };
  }
})();
