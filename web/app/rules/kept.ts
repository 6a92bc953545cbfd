import { read, write } from "../state/remembered";
import { Value } from "../state/value";
import { type Draft, readDraft } from "./draft";

const draftKey = "gridwatch.draft";

/** What was last tried from here: the service tells of the fences and permits of a back-test no more than their names. */
export const tried = new Value<{ id: string; draft: Draft } | null>(null);

/** The draft of this device, kept between visits until it is emptied. */
export const draft = new Value<Draft>(readDraft(read(draftKey)));
draft.watch((now) => write(draftKey, JSON.stringify(now)));
