// The phone's own database. A promise that resolves means: written, and there after the browser was killed.

const STORES = {
  settings: { keyPath: "name" },
  rides: { keyPath: "id" },
  fixes: { keyPath: ["ride", "n"] },
  reports: { keyPath: "id" },
  outbox: { keyPath: "n", autoIncrement: true },
};

const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export async function openStore(name) {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    for (const [store, options] of Object.entries(STORES)) opening.result.createObjectStore(store, options);
  };
  const db = await asked(opening);
  db.onversionchange = () => db.close();

  // Do several things or none. Inside `work` wait for nothing but its own reads. Strict: through to the disk.
  async function change(stores, work, durability = "strict") {
    const transaction = db.transaction(stores, "readwrite", { durability });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
    });
    done.catch(() => {});
    try {
      const result = await work({
        get: (store, key) => asked(transaction.objectStore(store).get(key)),
        all: (store, range) => asked(transaction.objectStore(store).getAll(range)),
        put: (store, value) => asked(transaction.objectStore(store).put(value)),
        delete: (store, key) => asked(transaction.objectStore(store).delete(key)),
      });
      await done;
      return result;
    } catch (error) {
      try { transaction.abort(); } catch { /* it has ended by itself */ }
      throw error;
    }
  }

  const read = (store) => db.transaction(store).objectStore(store);
  return {
    change,
    get: (store, key) => asked(read(store).get(key)),
    all: (store, range) => asked(read(store).getAll(range)),
    count: (store) => asked(read(store).count()),
    // The first value that `fits`, in the order of the keys.
    first: (store, fits) => new Promise((resolve, reject) => {
      const request = read(store).openCursor();
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor || fits(cursor.value)) resolve(cursor?.value);
        else cursor.continue();
      };
    }),
    setting: async (setting) => (await asked(read("settings").get(setting)))?.value,
    set: (setting, value) => change(["settings"], (in_) => in_.put("settings", { name: setting, value })),
  };
}

// All keys of one ride's fixes.
export const fixesOf = (ride) => IDBKeyRange.bound([ride, 0], [ride, Infinity]);
