// What this browser was told of, in whichever tab: nothing is told twice, not after a reload either.

const KEY = "rollcall.alerts.told";
const MOST = 300;

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

export function remember(crossings) {
  const before = read();
  const fresh = crossings.filter((crossing) => !before.includes(crossing));
  if (fresh.length) localStorage.setItem(KEY, JSON.stringify([...before, ...fresh].slice(-MOST)));
  return fresh;
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Those of `crossings` that no tab has told yet: they are this one's to tell. A tab that cannot be
    heard leaves the others the first turn. */
export async function claim(crossings, heard) {
  if (!heard) await pause(400);
  // Without a secure page there are no locks; two tabs may then tell the same.
  if (!navigator.locks) return remember(crossings);
  return navigator.locks.request(KEY, async () => {
    const fresh = remember(crossings);
    await pause(100); // what is stored reaches a tab that is a process of its own a moment later
    return fresh;
  });
}
