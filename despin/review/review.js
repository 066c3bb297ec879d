"use strict";
(() => {
  const core = globalThis.despin;
  delete globalThis.despin;
  const { byId, data, edits, decisions, undone, keys, spunOf, originalOf, seen, say, select, put, decideAll, prepare } = core;
  const review = data.review;
  let revision = review.revision;
  const points = (text) => Array.from(text).length; // code points
  const startOf = (edit) => Number(edit.dataset.o);
  const rowOf = ([edit, decision]) => {
    const start = startOf(edit);
    const kind = decision?.kind ?? "";
    return [start, start + points(spunOf(edit)), kind, kind === "own" ? [decision.original] : []];
  };
  const decisionOf = ([, , kind, originals]) => (kind ? { kind, original: originals[0] } : undefined);
  // The edit at a place, found by bisection: edits stand in the order of their places.
  const bisect = (list, start) => {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (startOf(list[middle]) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const editAt = (start, end) => {
    for (let at = bisect(edits, start); at < edits.length && startOf(edits[at]) === start; at++) {
      if (start + points(spunOf(edits[at])) === end) return edits[at];
    }
    return null;
  };

  // What is decided goes to the server at once, one request after the other.
  const queue = [];
  let sending = null;
  let stopped = false;
  // The page is being loaded again: what is decided meanwhile would be sent with what it no longer knows.
  let leaving = false;
  let saved = 0;
  let afterwards = null;
  const post = (name, body) =>
    fetch(`../${name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ document: review.document, ...body }) });
  const state = (text, kind = "") => {
    const box = byId("saved");
    if (box.textContent === text) return;
    box.textContent = text;
    box.className = `saved ${kind}`;
  };
  const notices = (list) => {
    const items = list.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      item.lang = "en";
      return item;
    });
    for (const old of byId("notices").querySelectorAll(":scope > :not(.kept)")) old.remove();
    byId("notices").append(...items);
  };
  const progress = () => {
    byId("progress").max = Math.max(1, edits.length);
    byId("progress").value = edits.length ? decisions.size : 1;
  };
  const attempt = async () => {
    let answer;
    let found = {};
    try {
      answer = await post("save", { revision, groups: sending.groups, ticket: sending.ticket });
      found = await answer.json();
    } catch {
      state(`未保存 ${queue.length} 次决定：连不上 despin，仍在重试`, "bad");
      setTimeout(attempt, 1000);
      return;
    }
    if (answer.ok) {
      revision = found.revision;
      queue.splice(0, sending.groups.length);
      saved += sending.groups.length;
      document.body.dataset.saved = saved;
      document.body.dataset.unsaved = queue.length;
      sending = null;
      notices(found.notices);
      if (queue.length) return flush();
      state(`已保存 ${found.decided} / ${found.total}`);
      if (afterwards) {
        const act = afterwards;
        afterwards = null;
        act();
      }
    } else if (answer.status === 507) {
      state(`未保存：${found.error}`, "bad");
      setTimeout(attempt, 2000);
    } else conflict(found);
  };
  const flush = () => {
    if (sending || stopped || !queue.length) return;
    sending = { ticket: crypto.randomUUID(), groups: queue.slice(0, 500).map(({ put, undo }) => ({ put, undo })) };
    state("保存中…", "busy");
    attempt();
  };
  const reasons = {
    revision: "本文已在别的标签页中改动。",
    source: "文章已被别的程序改动。",
    wdiff: "保存决定的 wdiff 已被别的程序改动。",
  };
  const pending = `despin-pending-${review.document}`;
  const conflict = (found) => {
    stopped = true;
    state("未保存", "bad");
    byId("conflict-said").textContent = `${reasons[found.reason] ?? ""}${found.error}`;
    const lost = queue.flatMap((group) => group.put.map((row, number) => [row, group.words[number]]));
    byId("conflict-lost").textContent = `没有保存 ${lost.length} 处；载入后可以重新应用。`;
    byId("conflict-load").onclick = async () => {
      sessionStorage.setItem(pending, JSON.stringify(lost));
      queue.length = 0;
      if (found.reason === "source") core.leave(); // places are others now
      try {
        if (found.reason !== "revision") await post("reload", {});
      } finally {
        location.reload();
      }
    };
    byId("conflict").showModal();
  };
  byId("conflict").addEventListener("cancel", (event) => event.preventDefault());
  addEventListener("beforeunload", (event) => {
    if (queue.length) event.preventDefault();
  });

  // The source of a paragraph, from its nodes: [node, where it begins, length], in UTF-16 units.
  const segments = (paragraph) => {
    const found = [];
    let at = 0;
    const walk = (node) => {
      for (const child of node.childNodes) {
        const text = child.nodeType === Node.TEXT_NODE ? child.data : child.className === "x" ? String.fromCodePoint(parseInt(child.dataset.u, 16)) : core.has(child) ? spunOf(child) : null;
        if (text === null) walk(child);
        else {
          found.push([child, at, text.length, text]);
          at += text.length;
        }
      }
    };
    walk(paragraph);
    return found;
  };
  const sources = new WeakMap();
  const sourceOf = (paragraph) => {
    if (!sources.has(paragraph)) sources.set(paragraph, segments(paragraph).map(([, , , text]) => text).join(""));
    return sources.get(paragraph);
  };
  const paragraphs = Array.from(document.querySelectorAll(".text p[data-o]"));
  const placeOf = ({ paragraph, from, to }) => {
    const source = sourceOf(paragraph);
    const start = startOf(paragraph) + points(source.slice(0, from));
    return [start, start + points(source.slice(from, to))];
  };
  const spotOf = (start, end) => {
    const paragraph = paragraphs[bisect(paragraphs, start + 1) - 1];
    if (!paragraph) return null;
    const text = Array.from(sourceOf(paragraph));
    const [low, high] = [start - startOf(paragraph), end - startOf(paragraph)];
    if (high > text.length) return null;
    const from = text.slice(0, low).join("").length;
    return { paragraph, from, to: from + text.slice(low, high).join("").length };
  };

  // Words that were missed. What stood in their place is kept, to be put back.
  const replaced = new Map();
  let plainRow = -1;
  const known = new Map(); // "start-end" → the element of a word that was marked there, shown or not
  const elementAt = (start, end, spun) => {
    const key = `${start}-${end}`;
    if (!known.has(key)) {
      if (plainRow < 0) plainRow = data.rows.push([data.entries.push("") - 1]) - 1;
      const made = document.createElement("b");
      made.className = "e c4 m";
      made.dataset.s = seen(spun);
      if (made.dataset.s !== spun) made.dataset.j = JSON.stringify(spun);
      made.dataset.c = 100;
      made.dataset.k = plainRow;
      made.dataset.o = start;
      made.textContent = spun;
      core.first.set(made, spun);
      prepare(made);
      known.set(key, made);
    }
    return known.get(key);
  };
  const makeMark = (spot, again) => {
    const { paragraph } = spot;
    let { from, to } = spot;
    const found = segments(paragraph);
    for (const [node, at, size] of found) {
      if (!core.has(node) || at >= to || at + size <= from) continue;
      if (node.matches(".m")) return node;
      [from, to] = [Math.min(from, at), Math.max(to, at + size)];
    }
    // Not half a character, and no end of a line.
    const whole = sourceOf(paragraph);
    const isLow = (at) => /[\udc00-\udfff]/.test(whole[at] ?? "") && /[\ud800-\udbff]/.test(whole[at - 1] ?? "");
    if (isLow(from)) from--;
    if (isLow(to)) to++;
    const ends = (at) => found.some(([node, begin, size]) => core.has(node) && begin < at && at <= begin + size);
    while (to > from && /[\r\n]/.test(whole[to - 1]) && !ends(to)) to--;
    if (from === to) return null;
    const [start, end] = placeOf({ paragraph, from, to });
    const there = editAt(start, end);
    if (there) return there;
    const range = document.createRange();
    for (const [node, at, size] of found) {
      const isText = node.nodeType === Node.TEXT_NODE;
      if (at <= from && from < at + size) isText ? range.setStart(node, from - at) : range.setStartBefore(node);
      if (at < to && to <= at + size) isText ? range.setEnd(node, to - at) : range.setEndAfter(node);
    }
    const fragment = range.extractContents();
    const gone = Array.from(fragment.querySelectorAll("b.e"));
    if (gone.includes(core.here())) core.leave();
    const made = again ?? elementAt(start, end, whole.slice(from, to));
    range.insertNode(made);
    edits.splice(gone.length ? edits.indexOf(gone[0]) : bisect(edits, start), gone.length, made);
    replaced.set(made, [fragment, gone, gone.map((one) => decisions.get(one))]);
    for (const one of gone) decisions.delete(one);
    core.number();
    return made;
  };
  const unmark = (made) => {
    const kept = replaced.get(made);
    if (!kept) {
      // It was there when the page came: what stands below it, the server knows.
      afterwards = () => {
        leaving = true;
        location.reload();
      };
      return;
    }
    const at = edits.indexOf(made);
    if (core.here() === made) {
      core.leave();
      if (at) select(edits[at - 1], false);
    }
    made.replaceWith(kept[0]);
    edits.splice(at, 1, ...kept[1]);
    kept[1].forEach((one, number) => kept[2][number] && decisions.set(one, kept[2][number]));
    replaced.delete(made);
    core.number();
  };
  const markAll = (spots, original) => {
    const group = [];
    for (const spot of spots) {
      const made = makeMark(spot);
      if (!made) continue;
      const kind = original === spunOf(made) ? "reject" : "own";
      if (!(kind === "reject" && made.matches(".m"))) group.push([made, { kind, original }]);
    }
    if (!group.length) return say("与网页用词相同，没有标出");
    decideAll(group);
    select(group[0][0], true);
    say(`标出 ${group.length} 处`);
  };

  core.keepWith((group, undo) => {
    if (leaving) return;
    queue.push({ put: group.map(rowOf), undo, words: group.map(([edit]) => spunOf(edit)) });
    document.body.dataset.unsaved = queue.length;
    for (const [edit, decision] of group) {
      if (!edit.matches(".m")) continue;
      if (!decision && edit.isConnected) unmark(edit);
      else if (decision && !edit.isConnected) makeMark(spotOf(startOf(edit), startOf(edit) + points(spunOf(edit))), edit);
    }
    progress();
    if (stopped && !byId("conflict").open) byId("conflict").showModal();
    flush();
  });
  for (const [index, kind, original] of review.decided) {
    // What is accepted is shown so already.
    if (kind === "accept") decisions.set(edits[index], { kind });
    else put(edits[index], { kind, original });
  }
  const elementOf = ([start, end]) => {
    const edit = editAt(start, end);
    if (edit || start === end) return edit;
    const where = spotOf(start, end);
    return where && elementAt(start, end, sourceOf(where.paragraph).slice(where.from, where.to));
  };
  for (const group of review.history.reverse()) {
    const found = group.map((row) => [elementOf(row), decisionOf(row)]);
    if (found.some(([edit]) => !edit)) break;
    undone.unshift(found);
  }

  // Where the mouse selected something: within one paragraph, in UTF-16 units of its source.
  const selected = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const inside = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".text p[data-o]");
    const paragraph = inside(range.startContainer);
    if (!paragraph || paragraph !== inside(range.endContainer)) return null;
    const found = segments(paragraph);
    let [from, to] = [null, 0];
    for (const [node, at, size] of found) {
      const around = document.createRange();
      around.selectNode(node);
      if (range.compareBoundaryPoints(Range.START_TO_END, around) <= 0 || range.compareBoundaryPoints(Range.END_TO_START, around) >= 0) {
        continue;
      }
      const isText = node.nodeType === Node.TEXT_NODE;
      const low = isText && node === range.startContainer ? at + range.startOffset : at;
      const high = isText && node === range.endContainer ? at + range.endOffset : at + size;
      if (low >= high) continue;
      from ??= low;
      to = high;
    }
    return from === null ? null : { paragraph, from, to };
  };

  const dialog = byId("missed");
  let spots = [];
  let spot = 0;
  const showSpot = () => {
    const box = byId("missed-place");
    if (!spots.length) {
      box.textContent = byId("missed-spun").value ? "本文没有这个词" : "";
      return;
    }
    const { paragraph, from, to } = spots[spot];
    const source = sourceOf(paragraph);
    const word = document.createElement("mark");
    word.textContent = seen(source.slice(from, to));
    const count = spots.length > 1 ? `${spot + 1} / ${spots.length}　` : "";
    box.replaceChildren(`${count}…${source.slice(Math.max(0, from - 12), from)}`, word, `${source.slice(to, to + 12).trimEnd()}…`);
  };
  const search = () => {
    const word = byId("missed-spun").value;
    spots = [];
    spot = 0;
    const near = core.here() ? startOf(core.here()) : 0;
    if (word) {
      for (const paragraph of paragraphs) {
        const source = sourceOf(paragraph);
        for (let at = source.indexOf(word); at >= 0; at = source.indexOf(word, at + word.length)) {
          if (startOf(paragraph) + at < near) spot = spots.length + 1;
          spots.push({ paragraph, from: at, to: at + word.length });
        }
      }
      spot = Math.min(spot, Math.max(0, spots.length - 1));
    }
    showSpot();
  };
  const openMissed = () => {
    const odd = core.here()?.matches(".s") ? core.here() : null;
    const paragraph = odd?.closest("p");
    const place = odd && segments(paragraph).find(([node]) => node === odd);
    const own = selected() ?? (odd && { paragraph, from: place[1], to: place[1] + place[2] });
    const [start, end] = own ? placeOf(own) : [];
    const there = own && editAt(start, end);
    byId("missed-original").value = (there && core.alternatives(there)[0]?.[0]) ?? "";
    byId("missed-all").checked = false;
    if (own) {
      byId("missed-spun").value = sourceOf(own.paragraph).slice(own.from, own.to);
      search();
      const same = spots.findIndex((one) => one.paragraph === own.paragraph && one.from === own.from && one.to === own.to);
      if (same >= 0) spot = same;
      else [spots, spot] = [[own], 0];
      showSpot();
    } else {
      byId("missed-spun").value = "";
      search();
    }
    dialog.showModal();
    byId(own ? "missed-original" : "missed-spun").focus();
    if (own) byId("missed-original").select();
  };
  byId("missed-spun").addEventListener("input", search);
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && spots.length) {
      spot = (spot + by + spots.length) % spots.length;
      showSpot();
      event.preventDefault();
    } else if (event.key === "Enter" && event.target.id === "missed-spun") {
      if (spots.length) byId("missed-original").focus();
      event.preventDefault();
    }
  });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!spots.length) return byId("missed-spun").focus();
    dialog.close();
    getSelection().removeAllRanges();
    markAll(byId("missed-all").checked ? spots : [spots[spot]], byId("missed-original").value);
  });
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());

  const confirm = (title, text, act) => {
    byId("ask-title").textContent = title;
    byId("ask-said").textContent = text;
    byId("ask-yes").onclick = () => {
      byId("ask").close();
      act();
    };
    byId("ask").showModal();
    byId("ask-yes").focus();
  };
  const same = (kind) => {
    const edit = core.here();
    if (!edit) return;
    const [spun, original] = [spunOf(edit), core.first.get(edit) ?? core.textOf(edit)];
    const alike = (one) => spunOf(one) === spun && (core.first.get(one) ?? core.textOf(one)) === original;
    const group = edits.filter((one) => one === edit || (!decisions.has(one) && !one.matches(".m") && alike(one)));
    decideAll(group.map((one) => [one, { kind }]));
    say(`${kind === "accept" ? "接受" : "退回"} ${group.length} 处`);
    core.move(1);
  };
  const rest = () => {
    const open = edits.filter((edit) => !decisions.has(edit) && core.fits(edit) && !edit.matches(".s"));
    const label = byId("filter").selectedOptions[0].textContent;
    if (!open.length) return say("没有尚未决定的修改");
    confirm("接受其余", `“${label}”中尚未决定的 ${open.length} 处都接受？（可以撤销）`, () => {
      decideAll(open.map((edit) => [edit, { kind: "accept" }]));
      say(`接受 ${open.length} 处`);
    });
  };

  // Entries and protected words: what they change is looked at first, and the page comes again with it.
  const request = async (name, body) => {
    const answer = await post(name, body);
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.error);
    return found;
  };
  const wordHere = () => {
    const own = selected();
    if (own) return sourceOf(own.paragraph).slice(own.from, own.to);
    return core.here() ? spunOf(core.here()) : "";
  };
  const whenSaved = (act) => {
    if (queue.length) afterwards = act;
    else act();
  };
  const again = (said) => {
    sessionStorage.setItem("despin-said", said);
    location.reload();
  };
  for (const [index, target] of review.targets.entries()) byId("entry-target").append(new Option(target, index));
  byId("entry-target").value = sessionStorage.getItem("despin-target") ?? "0";
  let looked = null; // the preview that may be written
  const change = (one) => {
    const item = document.createElement("li");
    const word = document.createElement("del");
    const now = document.createElement("ins");
    word.textContent = seen(one.was ?? one.spun);
    now.textContent = seen(one.now ?? one.spun);
    item.append(`…${one.before}`, word, " ", now, `${one.after.trimEnd()}… `);
    const where = document.createElement("span");
    where.className = one.against ? "against" : "where";
    where.textContent = one.against ? `${one.name}（与已作的决定不合）` : one.name;
    item.append(where);
    return item;
  };
  const preview = async () => {
    looked = null;
    byId("entry-write").disabled = true;
    byId("entry-changes").replaceChildren();
    if (!byId("entry-spun").value) return;
    byId("entry-said").textContent = "正在看它改变什么…";
    const asked = JSON.stringify([byId("entry-spun").value, byId("entry-original").value, byId("entry-target").value]);
    try {
      const found = await request("preview", { spun: byId("entry-spun").value, original: byId("entry-original").value, target: Number(byId("entry-target").value) });
      const against = found.against ? `，其中 ${found.against} 处与已作的决定不合` : "";
      const left = found.left ? `；另有 ${found.left} 篇太长，没有看` : "";
      const more = found.count > found.changes.length ? `（列出 ${found.changes.length} 处）` : "";
      byId("entry-said").textContent = found.count
        ? `在 ${found.documents} 篇文章中改变 ${found.count} 处${against}${more}${left}。`
        : `在含有这个词的 ${found.looked} 篇文章中没有改变${left}。`;
      byId("entry-changes").append(...found.changes.map(change));
      looked = [found.ticket, asked];
      byId("entry-write").disabled = false;
      byId("entry-write").focus();
    } catch (error) {
      byId("entry-said").textContent = error.message;
    }
  };
  const openEntry = () => {
    const edit = core.here();
    byId("entry-spun").value = wordHere();
    byId("entry-original").value = edit && spunOf(edit) === byId("entry-spun").value ? (decisions.get(edit)?.original ?? core.first.get(edit) ?? core.textOf(edit)) : "";
    byId("entry-said").textContent = "";
    byId("entry-changes").replaceChildren();
    byId("entry-write").disabled = true;
    byId("lexicon").showModal();
    byId("entry-original").focus();
    byId("entry-original").select();
  };
  byId("lexicon").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    preview();
  });
  for (const id of ["entry-spun", "entry-original", "entry-target"]) {
    byId(id).addEventListener("input", () => {
      byId("entry-write").disabled = true;
    });
  }
  byId("entry-write").addEventListener("click", () => {
    if (!looked) return;
    sessionStorage.setItem("despin-target", byId("entry-target").value);
    byId("entry-write").disabled = true;
    whenSaved(async () => {
      try {
        again((await request("entry", { ticket: looked[0] })).said);
      } catch (error) {
        byId("entry-said").textContent = error.message;
      }
    });
  });
  const count = async () => {
    const word = byId("guard-word").value;
    byId("guard-said").textContent = "";
    if (!word.trim()) return;
    try {
      const found = await request("touched", { word });
      if (byId("guard-word").value === word) byId("guard-said").textContent = `${found.documents} 篇文章中有 ${found.count} 处修改碰到它。`;
    } catch (error) {
      byId("guard-said").textContent = error.message;
    }
  };
  const openGuard = () => {
    byId("guard-word").value = wordHere();
    byId("guard").showModal();
    byId("guard-word").focus();
    byId("guard-word").select();
    count();
  };
  byId("guard-word").addEventListener("input", count);
  byId("guard").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    whenSaved(async () => {
      try {
        again((await request("protect", { word: byId("guard-word").value })).said);
      } catch (error) {
        byId("guard-said").textContent = error.message;
      }
    });
  });

  const lookUp = () => {
    const word = wordHere();
    if (!word) return say("先选中一个词");
    byId("word").href = `../word?word=${encodeURIComponent(word)}`;
    byId("word").click();
  };
  // Pressed with the mouse, the link has to be there already.
  byId("word").addEventListener("pointerdown", () => {
    byId("word").href = `../word?word=${encodeURIComponent(wordHere())}`;
  });
  byId("word").href = "../word";

  // What stands on the page, as it reads now.
  const copy = async () => {
    const text = core.textOf(document.querySelector(".text"));
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page that does not come from this machine may not write there by itself.
      const box = document.createElement("textarea");
      box.value = text;
      document.body.append(box);
      box.select();
      const done = document.execCommand("copy");
      box.remove();
      if (!done) return state("浏览器不让复制；请用“下载结果”", "bad");
    }
    document.body.dataset.copied = points(text);
    state(`已复制 ${points(text)} 字`);
  };
  // The text as it came stands beside the result, as the value of an attribute: it is no part of the text.
  const beside = () => {
    const wanted = byId("source").checked;
    for (const old of document.querySelectorAll(".text .src")) old.remove();
    document.body.classList.toggle("two", wanted);
    for (const paragraph of wanted ? paragraphs : []) {
      const made = document.createElement("div");
      made.className = "src";
      made.dataset.t = sourceOf(paragraph).trimEnd();
      paragraph.before(made);
    }
  };
  byId("source").addEventListener("change", beside);
  byId("copy").addEventListener("click", copy);

  const go = (number) => {
    if (number) location.href = `./${number}`;
    else say("没有了");
  };
  if (review.previous) byId("to-previous").href = `./${review.previous}`;
  if (review.next) byId("to-next").href = `./${review.next}`;
  Object.assign(keys, {
    c: copy, o: () => byId("source").click(), A: () => same("accept"), R: () => same("reject"), m: openMissed, l: openEntry, p: openGuard, i: lookUp, "[": () => go(review.previous), "]": () => go(review.next), N: () => go(review.previous), n: () => go(review.next),
  });
  byId("mark").addEventListener("pointerdown", (event) => event.preventDefault()); // the selection stays
  byId("mark").addEventListener("click", openMissed);
  byId("rest").addEventListener("click", rest);
  byId("entry-open").addEventListener("click", openEntry);
  byId("protect").addEventListener("pointerdown", (event) => event.preventDefault());
  byId("protect").addEventListener("click", openGuard);
  byId("accept-all").addEventListener("click", () => same("accept"));
  byId("reject-all").addEventListener("click", () => same("reject"));
  document.addEventListener("despin:end", (event) => {
    if (event.detail > 0) state(review.next ? "本文到头了；按 ] 去下一篇" : "本文到头了");
  });

  const box = document.createElement("ul");
  box.id = "notices";
  box.className = "notices";
  document.querySelector(".doc h2").after(box);
  notices(review.notices);
  const said = sessionStorage.getItem("despin-said");
  if (said) {
    const item = document.createElement("li");
    item.className = "kept";
    item.lang = "en";
    item.textContent = said;
    box.append(item);
    sessionStorage.removeItem("despin-said");
  }
  const lost = JSON.parse(sessionStorage.getItem(pending) ?? "[]");
  if (lost.length) {
    const item = document.createElement("li");
    item.className = "kept";
    const words = lost.slice(0, 5).map(([row, spun]) => {
      const done = { accept: "（接受）", reject: "（退回）", own: `→${seen(row[3][0] ?? "")}` }[row[2]] ?? "（撤销）";
      return seen(spun) + done;
    });
    item.append(`没有保存的 ${lost.length} 处：${words.join("、")}`);
    const done = (act) => () => {
      sessionStorage.removeItem(pending);
      item.remove();
      act();
    };
    const button = (text, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      made.addEventListener("click", done(act));
      item.append(" ", made);
      return made;
    };
    button("重新应用", () => {
      const group = [];
      for (const [row, spun] of lost) {
        const where = spotOf(row[0], row[1]);
        // The text may have changed: what does not stand where it stood is left to the reader.
        if (!where || sourceOf(where.paragraph).slice(where.from, where.to) !== spun) continue;
        const edit = editAt(row[0], row[1]) ?? (row[2] === "own" ? makeMark(where) : null);
        if (edit) group.push([edit, decisionOf(row)]);
      }
      decideAll(group);
      say(`重新应用 ${group.length} 处${group.length < lost.length ? `，${lost.length - group.length} 处已不在原位` : ""}`);
    }).id = "apply-again";
    button("丢弃", () => say("已丢弃"));
    byId("notices").append(item);
  }

  const at = `despin-at-${review.document}`;
  addEventListener("pagehide", () => {
    if (core.here()) sessionStorage.setItem(at, core.here().dataset.o);
    else sessionStorage.removeItem(at);
  });
  const asked = location.hash.match(/^#at-(\d+)$/)?.[1];
  const last = asked ?? sessionStorage.getItem(at);
  // Where the server is gone, or another tab decided something, it is said before the next decision is made.
  let lonely = "";
  const look = async () => {
    if (!queue.length && !stopped && !afterwards) {
      const known = revision;
      try {
        const found = (await (await fetch("../state")).json()).documents[review.document - 1];
        if (lonely) state(lonely);
        lonely = "";
        const other = found.state !== "ready" || found.revision !== revision;
        if (other && known === revision && !queue.length) state("本文已在别处改动，请重新载入", "bad");
      } catch {
        lonely ||= byId("saved").textContent;
        if (!queue.length) state("连不上 despin；它可能已经结束，决定都已保存", "bad");
      }
    }
    setTimeout(look, 4000);
  };
  setTimeout(look, 4000);

  // What was pasted is shown beside the result where there is room for both.
  if (review.pasted && matchMedia("(min-width: 70rem)").matches) byId("source").click();
  const begin = last === null ? (decisions.size ? edits.find((edit) => !decisions.has(edit)) : null) : edits[bisect(edits, Number(last))];
  if (begin && (!asked || startOf(begin) === Number(asked))) select(begin, true);
  else if (asked) paragraphs[bisect(paragraphs, Number(asked) + 1) - 1]?.scrollIntoView({ block: "center" });
  progress();
  state(`${decisions.size ? `已保存 ${decisions.size} / ${edits.length}` : "尚无决定"}`);
  document.body.dataset.ready = "1";
})();
