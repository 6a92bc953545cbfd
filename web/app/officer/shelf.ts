import type { Item, Shelf } from "./outbox";

const store = "outbox";

/** The browser's own database, which takes photos as they are and more of them than its store of texts does. */
export function deviceShelf(person: number): Shelf {
  const name = `${person}`;
  return {
    read: () => inStore("readonly", (items) => items.get(name)),
    write: async (items: readonly Item[]) => {
      await inStore("readwrite", (kept) => kept.put(items, name));
    },
  };
}

/** Does one thing with the store, and resolves when it is on the device. */
async function inStore<T>(
  mode: IDBTransactionMode,
  act: (items: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const db = await answer(opening());
  try {
    const doing = db.transaction(store, mode);
    const done = new Promise<void>((resolve, reject) => {
      doing.oncomplete = () => resolve();
      doing.onabort = () => reject(doing.error);
    });
    const result = await answer(act(doing.objectStore(store)));
    await done;
    return result;
  } finally {
    db.close();
  }
}

function opening(): IDBOpenDBRequest {
  const request = indexedDB.open("gridwatch", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(store);
  return request;
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
