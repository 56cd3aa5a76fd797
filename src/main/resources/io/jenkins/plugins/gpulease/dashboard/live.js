/* Keeps the page "GPUs" up to date: asks for what has changed, and shows it without loading the page again. */
(function () {
  "use strict";

  const SHORTEST_PAUSE = 3000;
  const LONGEST_PAUSE = 60000;
  const ROWS = 300;
  const QUIET = 30000;
  const STATES = ["idle", "leased", "offered", "returning", "occupied", "quarantined", "drained", "unknown"];

  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  /** Puts further arguments into a text with {0}, {1}, … */
  function format(text) {
    const values = Array.prototype.slice.call(arguments, 1);
    return text.replace(/\{(\d)\}/g, (whole, i) => (values[i] === undefined ? whole : values[i]));
  }

  function fill(parent, children) {
    parent.replaceChildren.apply(parent, children);
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) {
      made.className = className;
    }
    if (text !== undefined) {
      made.textContent = text;
    }
    return made;
  }

  function time(ms) {
    const s = Math.max(0, Math.round(ms / 1000));
    if (s < 60) {
      return s + " s";
    }
    const min = Math.floor(s / 60);
    if (min < 60) {
      return min + " min";
    }
    const h = Math.floor(min / 60);
    return h < 48 ? h + " h " + (min % 60) + " min" : Math.floor(h / 24) + " d " + (h % 24) + " h";
  }

  function memory(mib) {
    return mib < 1024 ? mib + "\u00a0MiB" : (mib / 1024).toFixed(mib < 10240 ? 1 : 0) + "\u00a0GiB";
  }

  /** Whole devices that can be leased: a GPU in MIG mode is only the frame of its instances. */
  function stateOf(device) {
    return device.frame ? "frame" : device.state;
  }

  function Live(root) {
    this.root = root;
    this.text = (name) => root.dataset["t" + name[0].toUpperCase() + name.slice(1)];
    this.rows = new Map();
    this.data = null;
    this.etag = null;
    this.offset = 0;
    this.sort = { key: root.dataset.node ? "index" : "node", down: false };
    this.only = null;
    this.all = false;
    this.openWaiter = null;
    this.announcedAt = 0;
    this.search = root.querySelector("input[type=search]");
    this.search.addEventListener("input", () => this.show());
    this.more = root.querySelector(".gpu-leases__more");
    this.more.addEventListener("click", () => {
      this.all = true;
      this.show();
    });
    root.querySelectorAll("th button[data-key]").forEach((button) =>
      button.addEventListener("click", () => this.sortBy(button.dataset.key))
    );
    document.addEventListener("visibilitychange", () => document.hidden || this.poll());
    this.poll();
    setInterval(() => this.showAges(), 1000);
  }

  Live.prototype = {
    // ---- asking

    poll() {
      clearTimeout(this.timer);
      if (document.hidden || this.asking) {
        return;
      }
      const begun = performance.now();
      this.asking = true;
      this.ask()
        .then(
          () => (this.answeredAt = Date.now()),
          () => this.showLost()
        )
        .finally(() => {
          this.asking = false;
          const pause = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, 20 * (performance.now() - begun)));
          this.timer = setTimeout(() => this.poll(), pause);
        });
    },

    ask() {
      const node = this.root.dataset.node;
      const address = this.root.dataset.url + "live" + (node ? "?node=" + encodeURIComponent(node) : "");
      const headers = this.etag ? { "If-None-Match": this.etag } : {};
      return fetch(address, { headers: headers, cache: "no-store" }).then((response) => {
        if (!response.ok && response.status !== 304) {
          throw new Error("status " + response.status);
        }
        this.root.querySelector(".gpu-leases__lost").classList.add("jenkins-hidden");
        return response.status === 304 ? null : response.json().then((data) => this.take(data, response.headers));
      });
    },

    take(data, headers) {
      this.data = data;
      this.etag = headers.get("ETag");
      this.offset = Date.parse(headers.get("Date")) - Date.now() || 0;
      this.show();
    },

    showLost() {
      const lost = this.root.querySelector(".gpu-leases__lost");
      lost.textContent = format(this.text("lost"), this.answeredAt ? time(Date.now() - this.answeredAt) : "?");
      lost.classList.remove("jenkins-hidden");
    },

    now() {
      return Date.now() + this.offset;
    },

    // ---- what is shown

    show() {
      if (!this.data) {
        return;
      }
      this.holders = new Map();
      this.data.leases.concat(this.data.waiters).forEach((holder) => this.holders.set(holder.id, holder));
      this.managed = new Set(this.data.manages.map((node) => node.name));
      this.root.querySelector(".gpu-leases__paused").classList.toggle("jenkins-hidden", !this.data.paused);
      const entries = this.entries();
      this.showCounts(entries);
      this.showDevices(entries);
      this.showWaiters();
      this.showHistory();
      this.showAges();
    },

    entries() {
      const entries = [];
      this.data.nodes.forEach((node) => {
        node.devices.forEach((device) => entries.push({ node: node, device: device, state: stateOf(device), key: node.name + " " + device.uuid }));
        if (!node.devices.length && node.reason) {
          const device = { uuid: "", state: "unknown", reason: node.reason };
          entries.push({ node: node, device: device, state: "unknown", key: node.name });
        }
      });
      return entries;
    },

    showCounts(entries) {
      const counts = {};
      entries.forEach((entry) => (counts[entry.state] = (counts[entry.state] || 0) + 1));
      const total = entries.filter((entry) => entry.state !== "frame").length;
      const bar = this.root.querySelector(".gpu-leases__counts");
      const wanted = STATES.filter((state) => counts[state] || state === "idle" || state === this.only);
      const buttons = [[null, total]].concat(wanted.map((state) => [state, counts[state] || 0]));
      const signature = JSON.stringify([buttons, this.only, this.data.waiters.length]);
      if (signature !== this.countsShown) {
        this.countsShown = signature;
        const focused = bar.contains(document.activeElement) ? document.activeElement.dataset.state : null;
        fill(bar, buttons.map((each) => this.countButton(each[0], each[1])));
        this.data.waiters.length && bar.append(this.waitingLink());
        if (focused !== null) {
          const again = bar.querySelector("button[data-state='" + focused + "']");
          again && again.focus();
        }
      }
      this.announce(format(this.text("summary"), counts.idle || 0, total, this.data.waiters.length));
    },

    countButton(state, count) {
      const button = element("button", "jenkins-button");
      button.type = "button";
      button.dataset.state = state || "";
      button.setAttribute("aria-pressed", String(this.only === state));
      button.append(element("span", "gpu-leases__number", count));
      button.append(element("span", state ? "gpu-leases__state gpu-leases__state--" + state : "", this.text(state || "all")));
      button.addEventListener("click", () => {
        this.only = this.only === state ? null : state;
        this.show();
      });
      return button;
    },

    waitingLink() {
      const link = element("a", "jenkins-button");
      link.href = "#" + this.root.querySelector(".gpu-leases__waiting").id;
      link.append(element("span", "gpu-leases__number", this.data.waiters.length), element("span", "", this.text("waiting")));
      return link;
    },

    /** Not at each change, since a screen reader reads all of it. */
    announce(summary) {
      if (summary !== this.announced && Date.now() - this.announcedAt > QUIET) {
        this.announced = summary;
        this.announcedAt = Date.now();
        this.root.querySelector("[aria-live]").textContent = summary;
      }
    },

    // ---- devices

    showDevices(entries) {
      const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const matching = entries.filter((entry) => this.matches(entry, words));
      matching.sort((one, other) => this.compare(one, other));
      this.markSorted();
      const shown = this.all ? matching : matching.slice(0, ROWS);
      const body = this.root.querySelector(".gpu-leases__devices tbody");
      const rows = shown.map((entry) => this.row(entry));
      const keys = new Set(shown.map((entry) => entry.key));
      Array.from(this.rows.keys()).filter((key) => !keys.has(key)).forEach((key) => this.rows.delete(key));
      this.place(body, rows);
      this.more.textContent = format(this.text("more"), matching.length);
      this.more.classList.toggle("jenkins-hidden", shown.length === matching.length);
      this.root.querySelector(".gpu-leases__none").classList.toggle("jenkins-hidden", matching.length > 0);
    },

    /** Moves only what isn't in its place, so that focus and selection stay. */
    place(body, rows) {
      rows.forEach((row, i) => {
        if (body.children[i] !== row) {
          body.insertBefore(row, body.children[i] || null);
        }
      });
      while (body.children.length > rows.length) {
        body.lastElementChild.remove();
      }
    },

    matches(entry, words) {
      if (this.only && entry.state !== this.only) {
        return false;
      }
      if (!words.length) {
        return true;
      }
      const node = entry.node;
      const device = entry.device;
      const text = [node.name, "gpu " + device.index, device.model, device.mig, device.uuid, device.pci, this.text(entry.state)]
        .concat([device.reason, device.drained, this.who(device)])
        .join(" ")
        .toLowerCase();
      return words.every((word) => text.includes(word));
    },

    holdersOf(device) {
      return (device.leases || []).map((id) => this.holders.get(id)).filter(Boolean);
    },

    who(device) {
      return this.holdersOf(device).map((holder) => holder.name || this.text("build")).join(", ");
    },

    sortBy(key) {
      this.sort = { key: key, down: this.sort.key === key && !this.sort.down };
      this.show();
    },

    markSorted() {
      const key = this.sort.key;
      const down = this.sort.down;
      this.root.querySelectorAll("th button[data-key]").forEach((button) => {
        const order = button.dataset.key === key ? (down ? "descending" : "ascending") : "none";
        button.parentElement.setAttribute("aria-sort", order);
      });
    },

    compare(one, other) {
      const key = this.sort.key;
      const down = this.sort.down;
      const first = this.value(one, key);
      const second = this.value(other, key);
      const order =
        typeof first === "number" && typeof second === "number" ? first - second : collator.compare(first, second);
      return (
        (down ? -order : order) ||
        collator.compare(one.node.name, other.node.name) ||
        one.device.index - other.device.index ||
        collator.compare(one.device.mig || "", other.device.mig || "") ||
        collator.compare(one.device.uuid, other.device.uuid)
      );
    },

    value(entry, key) {
      const device = entry.device;
      switch (key) {
        case "node":
          return entry.node.name;
        case "index":
          return device.index || 0;
        case "memory":
          return device.memory || 0;
        case "utilization":
        case "temperature":
          return device[key] === undefined ? -1 : device[key];
        case "since":
          return -this.since(device);
        case "state":
          return STATES.indexOf(entry.state);
        case "who":
          return this.who(device) || device.reason || device.drained || "";
        default:
          return device[key] || "";
      }
    },

    since(device) {
      const holders = this.holdersOf(device);
      return holders.length && device.state === "leased" ? holders[0].since : device.since || 0;
    },

    /** The row of a device, made anew only if something of it has changed. */
    row(entry) {
      const node = entry.node;
      const device = entry.device;
      const holders = this.holdersOf(device);
      const manages = this.managed.has(node.name);
      const signature = JSON.stringify([device, holders, manages]);
      const known = this.rows.get(entry.key);
      if (known && known.signature === signature) {
        return known.row;
      }
      const row = this.newRow(entry, holders, manages);
      if (known && known.row.contains(document.activeElement)) {
        const again = document.activeElement.dataset.action;
        setTimeout(() => this.focusAction(row, again));
      }
      this.rows.set(entry.key, { row: row, signature: signature });
      return row;
    },

    /** The same action of a row, or the one that took its place. */
    focusAction(row, action) {
      const button = row.querySelector("button[data-action='" + action + "']") || row.querySelector("button[data-action]");
      button && button.focus();
    },

    newRow(entry, holders, manages) {
      const node = entry.node;
      const device = entry.device;
      const state = entry.state;
      const row = element("tr");
      if (!this.root.dataset.node) {
        const cell = row.appendChild(element("td"));
        const link = cell.appendChild(element("a", "jenkins-table__link", node.name));
        link.href = this.root.dataset.root + "/" + node.url;
      }
      const name = row.appendChild(element("td", device.parent ? "gpu-leases__instance" : "", device.index));
      name.setAttribute("role", "rowheader");
      if (device.uuid) {
        name.title = device.uuid + " " + device.pci;
      }
      const model = row.appendChild(element("td", "gpu-leases__model", (device.model || "").replace(/\bNVIDIA /, "")));
      model.title = device.model || "";
      const notes = [device.mig, device.nvlink && format(this.text("nvlink"), device.nvlink)].filter(Boolean);
      notes.length && model.append(element("div", "gpu-leases__secondary", notes.join(", ")));
      row.append(this.memoryCell(device), this.numberCell(device, "utilization", "%"), this.numberCell(device, "temperature", "°C"));
      row.append(this.stateCell(device, state), this.whyCell(node, device, holders), this.ageCell(this.since(device), ""));
      row.append(this.actions(entry, holders, manages));
      return row;
    },

    memoryCell(device) {
      const cell = element("td");
      if (device.memory === undefined) {
        return cell;
      }
      const known = device.used !== undefined;
      const label = known ? format(this.text("of"), memory(device.used), memory(device.memory)) : memory(device.memory);
      cell.append(element("div", "gpu-leases__memory", label));
      if (known) {
        const meter = cell.appendChild(element("div", "gpu-leases__meter"));
        meter.setAttribute("aria-hidden", "true");
        const bar = meter.appendChild(element("span"));
        bar.style.width = Math.min(100, (100 * device.used) / Math.max(1, device.memory)) + "%";
        this.readAt(cell, device);
      }
      if (device.promised !== undefined) {
        const shared = format(this.text("shared"), memory(device.promised), memory(device.memory));
        cell.append(element("div", "gpu-leases__secondary", shared));
      }
      return cell;
    },

    numberCell(device, key, unit) {
      const cell = element("td", "gpu-leases__detail", device[key] === undefined ? "" : device[key] + "\u00a0" + unit);
      this.readAt(cell, device);
      return cell;
    },

    readAt(cell, device) {
      if (device.readAt) {
        cell.dataset.readAt = device.readAt;
      }
    },

    stateCell(device, state) {
      const cell = element("td");
      cell.append(element("span", "gpu-leases__state gpu-leases__state--" + state, this.text(state)));
      return cell;
    },

    whyCell(node, device, holders) {
      const cell = element("td", "gpu-leases__why");
      holders.forEach((holder) => cell.append(this.holder(holder)));
      const lines = [];
      device.reason && lines.push(device.reason);
      device.sick && device.sick !== device.reason && lines.push(device.sick);
      if (device.drained && device.drained !== device.reason) {
        lines.push(format(this.text("draining"), device.drained));
      }
      lines.forEach((line) => cell.append(element("div", "", line)));
      return cell;
    },

    holder(holder) {
      const line = element("div");
      if (holder.url) {
        const link = line.appendChild(element("a", "", holder.name));
        link.href = this.root.dataset.root + "/" + holder.url;
      } else {
        line.textContent = holder.name || this.text("build");
      }
      if (holder.budget) {
        line.append(" (" + memory(holder.budget) + ")");
      }
      return line;
    },

    ageCell(since, form) {
      const cell = element("td", "gpu-leases__age");
      if (since) {
        cell.dataset.since = since;
        cell.dataset.form = form;
      }
      return cell;
    },

    showAges() {
      const now = this.now();
      this.root.querySelectorAll("[data-since]").forEach((cell) => {
        const age = time(now - cell.dataset.since);
        const text = cell.dataset.form ? format(this.text(cell.dataset.form), age) : age;
        if (cell.textContent !== text) {
          cell.textContent = text;
        }
      });
      this.root.querySelectorAll("[data-read-at]").forEach((cell) => {
        const age = now - cell.dataset.readAt;
        cell.classList.toggle("gpu-leases__old", age > 60000);
        cell.title = format(this.text("readAt"), time(age));
      });
    },

    // ---- requests that wait, and history

    showWaiters() {
      const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const all = this.data.waiters;
      const found = all.filter((waiter) => {
        const text = [waiter.name, waiter.node, waiter.asked].join(" ").toLowerCase();
        return words.every((word) => text.includes(word));
      });
      this.root.querySelector(".gpu-leases__waiting").classList.toggle("jenkins-hidden", !all.length);
      const shown = (found.length || !words.length ? found : all).slice(0, ROWS);
      const signature = JSON.stringify(shown);
      if (signature !== this.waitersShown) {
        this.waitersShown = signature;
        const body = this.root.querySelector(".gpu-leases__waiters tbody");
        const focused = body.contains(document.activeElement) ? document.activeElement.dataset.waiter : null;
        fill(body, shown.map((waiter) => this.waiterRow(waiter)));
        body.querySelectorAll("button").forEach((button) => button.dataset.waiter === focused && button.focus());
      }
    },

    waiterRow(waiter) {
      const row = element("tr");
      row.append(element("td", "", format(this.text("of"), waiter.place, waiter.of)));
      const who = row.appendChild(element("td"));
      who.append(this.holder(waiter));
      row.append(element("td", "", waiter.asked));
      const where = waiter.parent ? format(this.text("inside"), waiter.node) : waiter.node || this.text("any");
      row.append(element("td", "", where), this.ageCell(waiter.since, ""));
      const why = row.appendChild(element("td", "gpu-leases__why", waiter.why));
      if (waiter.name) {
        why.append(" ", this.whyButton(waiter, why));
      }
      return row;
    },

    whyButton(waiter, cell) {
      const button = element("button", "jenkins-button", this.text("why"));
      button.type = "button";
      button.dataset.waiter = waiter.id;
      button.setAttribute("aria-label", this.text("why") + " " + waiter.name);
      const isOpen = this.openWaiter === waiter.id;
      button.setAttribute("aria-expanded", String(isOpen));
      const explanation = element("div", "gpu-leases__explanation jenkins-hidden");
      const open = () =>
        fetch(this.root.dataset.url + "explain?id=" + encodeURIComponent(waiter.id), { cache: "no-store" })
          .then((response) => (response.ok ? response.json() : { lines: [this.text("gone")] }))
          .then((answer) => {
            explanation.textContent = answer.lines.join("\n");
            explanation.classList.remove("jenkins-hidden");
          });
      button.addEventListener("click", () => {
        const opens = button.getAttribute("aria-expanded") !== "true";
        button.setAttribute("aria-expanded", String(opens));
        this.openWaiter = opens ? waiter.id : null;
        opens ? open() : explanation.classList.add("jenkins-hidden");
      });
      if (isOpen) {
        open();
      }
      setTimeout(() => cell.append(explanation));
      return button;
    },

    showHistory() {
      const history = this.data.history;
      this.root.querySelector(".gpu-leases__past").classList.toggle("jenkins-hidden", !history.length);
      const signature = JSON.stringify(history);
      if (signature === this.historyShown) {
        return;
      }
      this.historyShown = signature;
      fill(
        this.root.querySelector(".gpu-leases__history tbody"),
        history.map((entry) => {
          const row = element("tr");
          row.append(this.ageCell(entry.at, "ago"), element("td", "", entry.who), element("td", "", entry.node));
          row.append(element("td", "gpu-leases__why", [entry.what].concat(entry.names).join(" ")));
          return row;
        })
      );
    },

    // ---- what people do

    actions(entry, holders, manages) {
      const node = entry.node;
      const device = entry.device;
      const cell = element("td", "gpu-leases__actions");
      if (!manages || !device.uuid) {
        return cell;
      }
      const name = "GPU " + device.index + (device.mig ? " (" + device.mig + ")" : "") + ", " + node.name;
      holders
        .filter((holder) => holder.count && !holder.parent)
        .forEach((holder) => {
          const who = holder.name || this.text("build");
          cell.append(this.action("release", who, entry, () => this.release(holder, who, node)));
        });
      if (device.drained) {
        cell.append(this.action("undrain", name, entry, () => this.undrain(device, name)));
      } else {
        cell.append(this.action("drain", name, entry, () => this.drain(device, name)));
      }
      return cell;
    },

    action(id, object, entry, act) {
      const text = this.text(id);
      const button = element("button", "jenkins-button", text);
      button.type = "button";
      button.dataset.action = id;
      button.setAttribute("aria-label", text + ": " + object);
      button.addEventListener("click", () => act().then(() => this.focusAgain(entry.key, id)));
      return button;
    },

    /** The focus is lost with the dialog that had it, which closes in its own time. */
    focusAgain(key, action) {
      if (document.querySelector("dialog[open]")) {
        setTimeout(() => this.focusAgain(key, action), 50);
      } else if (document.activeElement === document.body && this.rows.has(key)) {
        this.focusAction(this.rows.get(key).row, action);
      }
    },

    release(holder, who, node) {
      const options = {
        message: format(this.text("confirmReleaseText"), node.name),
        okText: this.text("release"),
        type: "destructive",
      };
      return dialog.confirm(format(this.text("confirmRelease"), who), options).then(
        () => this.post("release", { lease: holder.id }),
        () => {}
      );
    },

    drain(device, name) {
      const options = { message: this.text("confirmDrainText"), okText: this.text("drain"), maxWidth: "600px" };
      return dialog.prompt(format(this.text("confirmDrain"), name), options).then(
        (reason) => this.post("drain", { device: device.uuid, reason: reason }),
        () => {}
      );
    },

    undrain(device, name) {
      const options = { message: format(this.text("confirmUndrainText"), device.drained), okText: this.text("undrain") };
      return dialog.confirm(format(this.text("confirmUndrain"), name), options).then(
        () => this.post("undrain", { device: device.uuid }),
        () => {}
      );
    },

    post(action, parameters) {
      const request = {
        method: "POST",
        headers: crumb.wrap({ "Content-Type": "application/x-www-form-urlencoded" }),
        body: new URLSearchParams(parameters),
      };
      fetch(this.root.dataset.url + action, request)
        .then((response) => response.json().catch(() => ({ error: response.status + " " + response.statusText })))
        .catch((failure) => ({ error: failure.message }))
        .then((answer) => {
          if (answer.error) {
            notificationBar.show(format(this.text("failed"), answer.error), notificationBar.ERROR);
          } else {
            notificationBar.show(answer.done, notificationBar.SUCCESS);
          }
          clearTimeout(this.timer);
          this.timer = setTimeout(() => this.poll(), 1100);
        });
    },
  };

  function start() {
    if (window.fetch) {
      document.querySelectorAll(".gpu-leases[data-url]").forEach((root) => new Live(root));
    }
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
