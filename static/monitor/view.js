// What the monitor is asked to show: read from the address, written to it, and told to whoever shows it.

const MANY = ["status", "availability", "team", "queue"];
const ONE = { text: "", top: "", group: "", sort: "agent" };
const EVERYTHING = [...MANY, ...Object.keys(ONE)];
const form = document.getElementById("filters");
const listeners = [];

export const view = {};

/** Call `listener` after every change, with the names of what changed. */
export const changed = (listener) => listeners.push(listener);

/** What there is not, or not any more, is not asked for: as View.known in dashboard/table.py. */
function read(address) {
  const query = new URLSearchParams(address);
  for (const name of MANY) {
    view[name] = query.getAll(name).join().split(",").filter((value) => offered(name, value));
  }
  for (const [name, otherwise] of Object.entries(ONE)) view[name] = query.get(name) ?? otherwise;
  if (!offered("status", view.top)) view.top = "";
  if (![...form.elements.group.options].some(({ value }) => value === view.group)) view.group = "";
  const column = CSS.escape(view.sort.replace(/^-/, ""));
  if (!document.querySelector(`#agents thead [data-key="${column}"]`)) view.sort = ONE.sort;
}

const offered = (name, value) =>
  [...form.elements].some((field) => field.type === "checkbox" && field.name === name && field.value === value);

/** The address's query, as dashboard/table.py writes it. */
export function url() {
  const query = new URLSearchParams();
  for (const name of EVERYTHING) {
    const wanted = String(view[name]).trim();
    if (wanted) query.set(name, wanted);
  }
  return `?${query}`.replaceAll("%2C", ",");
}

/** Show something else. Whoever goes back comes to what was shown before, unless it is `brief`. */
export function change(wanted, { brief = false } = {}) {
  Object.assign(view, wanted);
  if (url() !== location.search) history[brief ? "replaceState" : "pushState"](null, "", url());
  tell(Object.keys(wanted));
}

const tell = (names) => listeners.forEach((listener) => listener(names));

/** Show what an address asks for. */
export function open(address) {
  read(address);
  history.pushState(null, "", url());
  tell(EVERYTHING);
}

export const clear = () => change({ ...Object.fromEntries(MANY.map((name) => [name, []])), text: "", top: "" });

/** Whether there is anything to clear. */
export const narrow = () => Boolean(view.text || view.top || MANY.some((name) => view[name].length));

export function toggle(name, value) {
  change({ [name]: view[name].join() === value ? [] : [value] });
}

addEventListener("popstate", () => {
  read(location.search);
  tell(EVERYTHING);
});
read(location.search);
