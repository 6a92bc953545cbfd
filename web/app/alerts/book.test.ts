import { describe, expect, test } from "vitest";
import { apply, emptyBook, mostUrgentFirst, newestFirst, put, snapshot } from "./book";
import { anAlert, anEvent } from "./sample";

const at = (minute: number) => `2026-11-22T08:${String(minute).padStart(2, "0")}:00Z`;

describe("the book", () => {
  test("is the snapshot first", () => {
    const book = snapshot([anAlert({ id: 1 }), anAlert({ id: 2 })], 40);
    expect([...book.byId.keys()]).toEqual([1, 2]);
    expect(book.seq).toBe(40);
  });

  test("adds and replaces what events bring", () => {
    const before = snapshot([anAlert({ id: 1, handling: "new" })], 40);
    const after = apply(before, [
      anEvent(41, anAlert({ id: 1, handling: "acknowledged" })),
      anEvent(42, anAlert({ id: 2 })),
    ]);
    expect(after.byId.get(1)?.handling).toBe("acknowledged");
    expect(after.byId.has(2)).toBe(true);
    expect(after.seq).toBe(42);
    expect(before.byId.get(1)?.handling).toBe("new");
  });

  test("passes over events that the snapshot already contains", () => {
    const book = snapshot([anAlert({ id: 1, state: "cleared" })], 40);
    expect(apply(book, [anEvent(39, anAlert({ id: 1, state: "raised" }))])).toBe(book);
  });

  test("moves on with events that are not about alerts", () => {
    expect(apply(emptyBook, [{ seq: 5, type: "camera.offline", at: at(0) }]).seq).toBe(5);
  });

  test("takes the answer to an action without moving the event number", () => {
    const book = put(snapshot([anAlert({ id: 1 })], 40), anAlert({ id: 1, handling: "arrived" }));
    expect(book.byId.get(1)?.handling).toBe("arrived");
    expect(book.seq).toBe(40);
  });

  test("lists the newest first, and of one moment the highest number", () => {
    const book = snapshot(
      [
        anAlert({ id: 1, raised_at: at(3) }),
        anAlert({ id: 2, raised_at: at(5) }),
        anAlert({ id: 3, raised_at: at(3) }),
      ],
      1,
    );
    expect(newestFirst(book).map(({ id }) => id)).toEqual([2, 3, 1]);
  });

  test("lists what waits before what is in hand, and that before what is clear", () => {
    const alerts = [
      anAlert({ id: 1, state: "cleared", handling: "new", raised_at: at(9) }),
      anAlert({ id: 2, state: "raised", handling: "arrived", raised_at: at(8) }),
      anAlert({ id: 3, state: "escalated", handling: "new", raised_at: at(1) }),
      anAlert({ id: 4, state: "raised", handling: "new", raised_at: at(2) }),
      anAlert({ id: 5, state: "raised", handling: "new", raised_at: at(9), rule: "camera_offline" }),
    ];
    expect(mostUrgentFirst(alerts).map(({ id }) => id)).toEqual([4, 3, 5, 2, 1]);
  });

  test("when full, forgets the oldest cleared ones before any that is open", () => {
    const alerts = [
      anAlert({ id: 1, state: "raised", raised_at: at(1) }),
      anAlert({ id: 2, state: "cleared", raised_at: at(2) }),
      anAlert({ id: 3, state: "cleared", raised_at: at(3) }),
      anAlert({ id: 4, state: "raised", raised_at: at(4) }),
    ];
    expect([...snapshot(alerts, 1, 3).byId.keys()]).toEqual([1, 3, 4]);
    expect([...snapshot(alerts, 1, 1).byId.keys()]).toEqual([4]);
    const fuller = apply(snapshot(alerts, 1, 4), [anEvent(2, anAlert({ id: 5, raised_at: at(5) }))], 4);
    expect([...fuller.byId.keys()]).toEqual([1, 3, 4, 5]);
  });
});
